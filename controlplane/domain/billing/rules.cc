#include "controlplane/domain/billing/rules.h"

namespace dialtone::billing {

bool HasCreditsAccount(const State& state) { return state.account.get().lots_booked() > 0; }

bool HasFunds(const State& state) {
  return HasCreditsAccount(state) && state.account.get().available().micros() > 0;
}

bool HoldsCredits(const State& state) {
  const CreditAccount& account = state.account.get();
  return HasCreditsAccount(state) &&
         (account.available().micros() > 0 || account.held().micros() > 0);
}

std::uint64_t PendingPayments(const State& state) { return state.waiting_payments; }

Money Available(const State& state) { return FromProto(state.account.get().available()); }

std::string AccountName(std::string_view organization) {
  return std::string(organization) + "/creditAccount";
}

ExpireCredits Due(const State& state) {
  ExpireCredits due;
  due.set_name(state.deadlines.First()->what);
  return due;
}

}  // namespace dialtone::billing
