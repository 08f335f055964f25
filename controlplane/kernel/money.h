// Money: an integer of micro-units with its currency, never a fraction, never two currencies in one
// sum.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "controlplane/kernel/check.h"
#include "dialtone/type/v1/money.pb.h"

namespace dialtone {

class Currency {
 public:
  // REQUIRES: three capital letters; the border has checked it (FORMAT_CURRENCY).
  explicit Currency(std::string_view code) {
    DIALTONE_CHECK(code.size() == sizeof(code_), "no currency: " + std::string(code));
    code.copy(code_, sizeof(code_));
  }
  std::string text() const { return {code_, sizeof(code_)}; }
  friend constexpr bool operator==(const Currency&, const Currency&) = default;

 private:
  char code_[3];
};

class Money {
 public:
  Money(std::int64_t micros, Currency currency) : micros_(micros), currency_(currency) {}
  static Money Zero(Currency currency) { return {0, currency}; }

  std::int64_t micros() const { return micros_; }
  Currency currency() const { return currency_; }

  // REQUIRES: the same currency; the sum fits 64 bits.
  friend Money operator+(Money a, Money b) {
    std::int64_t sum = 0;
    DIALTONE_CHECK(
        a.currency_ == b.currency_ && !__builtin_add_overflow(a.micros_, b.micros_, &sum),
        a.text() + " + " + b.text());
    return {sum, a.currency_};
  }
  friend Money operator-(Money a, Money b) { return a + Money(-b.micros_, b.currency_); }
  Money& operator+=(Money other) { return *this = *this + other; }
  Money& operator-=(Money other) { return *this = *this - other; }
  // REQUIRES: the same currency.
  friend std::strong_ordering operator<=>(Money a, Money b) {
    DIALTONE_CHECK(a.currency_ == b.currency_, a.text() + " against " + b.text());
    return a.micros_ <=> b.micros_;
  }
  friend bool operator==(Money a, Money b) { return (a <=> b) == 0; }

  // "1.50 USD": at least two decimals, no more than are needed.
  std::string text() const;

 private:
  std::int64_t micros_;
  Currency currency_;
};

// amount × numerator ÷ denominator, the exact half away from zero: the one rounding rule of
// Dialtone, with 128 bits in between. REQUIRES: denominator > 0.
std::int64_t MultiplyRounded(std::int64_t amount, std::int64_t numerator, std::int64_t denominator);

type::v1::Money ToProto(const Money& money);
// REQUIRES: a currency code of three letters.
Money FromProto(const type::v1::Money& money);

}  // namespace dialtone
