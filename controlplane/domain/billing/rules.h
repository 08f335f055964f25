// What other slices may ask of an organization's credits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "controlplane/domain/billing/state.h"
#include "controlplane/kernel/money.h"

namespace dialtone::billing {

// Credits were bought at least once.
bool HasCreditsAccount(const State& state);
// Something is there to be spent: what toll-free numbers need, domain.md 9.
bool HasFunds(const State& state);
// Something is there, even if it is put aside.
bool HoldsCredits(const State& state);
// Asked of the provider, and not answered yet.
std::uint64_t PendingPayments(const State& state);
// What may be spent now. REQUIRES: an account.
Money Available(const State& state);

// `organizations/contoso/creditAccount`.
std::string AccountName(std::string_view organization);

// What is due first. REQUIRES: a deadline.
ExpireCredits Due(const State& state);

}  // namespace dialtone::billing
