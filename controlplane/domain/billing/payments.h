// What the decisions about payments share: how one begins, and how it ends without an answer.
#pragma once

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/billing/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"

namespace dialtone::billing {

// A payment of the organization that waits for its provider.
Payment NewPayment(const type::v1::Money& amount, Payment::Purpose purpose,
                   const CreditAccount& account, Context& context);

// It waits no more; it is known for a while, so that an answer that comes again changes nothing.
Payment Settled(Payment payment, Payment::State state, const Context& context);

// What the provider may still be asked for: the rest of all that the account may ever hold. Below
// zero if the policy has become narrower.
std::int64_t RoomForFunds(const State& state, const Context& context);

// The time of a payment is over: one that waits is given up, one that is settled is forgotten.
Decision<Nothing> End(const Payment& payment, const State& state, const Context& context);

}  // namespace dialtone::billing
