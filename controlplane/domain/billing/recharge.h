// Auto-recharge: when an account asks for money by itself. domain.md 9, 13.
#pragma once

#include <optional>
#include <utility>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/billing/bookkeeping.h"
#include "controlplane/domain/billing/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"

namespace dialtone::billing {

// What the account, as it is after these movements, asks for, if it does: one payment for each time
// that it is below its trigger, within the month's cap, and not after too many failures. Only an
// organization that is active is charged: never one that was deleted.
std::optional<PaymentRequested> Recharge(const Organization& organization, const Bookkeeping& books,
                                         Context& context);

// The payment is settled: the account waits no more.
void SettleRecharge(CreditAccount& account, const Payment& payment);

// The decision, and the recharge that the account as it is after it asks for.
template <class Reply>
Decision<Reply> Recharged(Decision<Reply> decision, const Organization& organization,
                          const Bookkeeping& books, Context& context) {
  if (auto asked = Recharge(organization, books, context))
    decision.events.push_back(ToEvent(std::move(*asked)));
  return decision;
}

}  // namespace dialtone::billing
