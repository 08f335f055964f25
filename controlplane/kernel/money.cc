#include "controlplane/kernel/money.h"

namespace dialtone {

namespace {

constexpr std::uint64_t kMicros = 1'000'000;
constexpr std::size_t kDecimalsMin = 2;

__extension__ using Wide = __int128;

}  // namespace

std::string Money::text() const {
  const std::uint64_t size =
      micros_ < 0 ? 0 - static_cast<std::uint64_t>(micros_) : static_cast<std::uint64_t>(micros_);
  std::string decimals = std::to_string(kMicros + size % kMicros).substr(1);
  while (decimals.size() > kDecimalsMin && decimals.back() == '0') decimals.pop_back();
  return (micros_ < 0 ? "-" : "") + std::to_string(size / kMicros) + "." + decimals + " " +
         currency_.text();
}

std::int64_t MultiplyRounded(std::int64_t amount, std::int64_t numerator,
                             std::int64_t denominator) {
  DIALTONE_CHECK(denominator > 0, "division by " + std::to_string(denominator));
  const Wide product = Wide{amount} * numerator;
  const Wide half = denominator / 2;
  const Wide rounded =
      product < 0 ? -((-product + half) / denominator) : (product + half) / denominator;
  DIALTONE_CHECK(rounded >= INT64_MIN && rounded <= INT64_MAX, "an amount beyond 64 bits");
  return static_cast<std::int64_t>(rounded);
}

type::v1::Money ToProto(const Money& money) {
  type::v1::Money proto;
  proto.set_currency_code(money.currency().text());
  proto.set_micros(money.micros());
  return proto;
}

Money FromProto(const type::v1::Money& money) {
  return {money.micros(), Currency(money.currency_code())};
}

}  // namespace dialtone
