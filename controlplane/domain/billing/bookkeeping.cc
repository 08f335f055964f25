#include "controlplane/domain/billing/bookkeeping.h"

#include <algorithm>
#include <string>

#include "controlplane/kernel/check.h"

namespace dialtone::billing {

Bookkeeping& Bookkeeping::Move(Account debit, Account credit, std::int64_t micros) {
  if (micros == 0) return *this;
  Post(debit, micros);
  Post(credit, -micros);
  return *this;
}

// Cash is what was funded; the other accounts are owed or earned, and so grow with credits.
void Bookkeeping::Post(Account account, std::int64_t micros) {
  auto& balance = Balance(account);
  balance.set_micros(balance.micros() + (account == ACCOUNT_CASH ? micros : -micros));
  DIALTONE_CHECK(balance.micros() >= 0,
                 account_.name() + ": " + Account_Name(account) + " below its floor");
  Posting& posting = postings_.emplace_back();
  posting.set_account(account);
  *posting.mutable_amount() = ToProto(Money(micros, Currency(account_.currency_code())));
}

type::v1::Money& Bookkeeping::Balance(Account account) {
  const auto named = [&](type::v1::Money& money) -> type::v1::Money& {
    money.set_currency_code(account_.currency_code());
    return money;
  };
  switch (account) {
    case ACCOUNT_CASH:
      return named(*account_.mutable_funded());
    case ACCOUNT_CREDITS:
      return named(*account_.mutable_available());
    case ACCOUNT_HELD:
      return named(*account_.mutable_held());
    case ACCOUNT_REVENUE:
      return named(*account_.mutable_consumed());
    case ACCOUNT_EXPIRED:
      return named(*account_.mutable_expired());
    case ACCOUNT_UNSPECIFIED:
    case Account_INT_MIN_SENTINEL_DO_NOT_USE_:
    case Account_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  CheckFailed(__FILE__, __LINE__, "an account is one of five", std::to_string(account));
}

std::vector<LotPart> OldestLots(const State& state, std::int64_t micros) {
  std::vector<LotPart> parts;
  for (auto lot = state.lots.From(state.open_from); micros > 0; ++lot) {
    DIALTONE_CHECK(lot != state.lots.end(), "lots hold less than is available");
    const std::int64_t taken = std::min(micros, lot->second.remaining().micros());
    if (taken == 0) continue;
    parts.emplace_back().set_lot(lot->first);
    parts.back().set_micros(taken);
    micros -= taken;
  }
  return parts;
}

}  // namespace dialtone::billing
