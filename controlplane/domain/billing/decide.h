// Decides about an organization's credits and usage: domain.md sections 2.3, 9, 12 and 13.
#pragma once

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/billing/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "dialtone/billing/v1/billing_service.pb.h"

namespace dialtone::billing {

Verdict<Payment> Decide(const FundCreditsRequest& request, const Organization& organization,
                        Context& context);
Verdict<Payment> Decide(const CompletePaymentRequest& request, const Organization& organization,
                        Context& context);
Verdict<CreditAccount> Decide(const SetAutoRechargeRequest& request,
                              const Organization& organization, Context& context);

Verdict<CreditHold> Decide(const PlaceHoldRequest& request, const Organization& organization,
                           Context& context);
Verdict<CreditHold> Decide(const CaptureHoldRequest& request, const Organization& organization,
                           Context& context);
Verdict<CreditHold> Decide(const VoidHoldRequest& request, const Organization& organization,
                           Context& context);
Verdict<Consumption> Decide(const ConsumeCreditsRequest& request, const Organization& organization,
                            Context& context);

Verdict<UsageSource> Decide(const RegisterUsageSourceRequest& request,
                            const Organization& organization, Context& context);
Verdict<UsageSource> Decide(const SkipUsageRequest& request, const Organization& organization,
                            Context& context);
// Rates the records that are new. What is refused is told record by record, and never stops the
// others.
Verdict<UsageBatchResult> Decide(const UsageBatch& batch, const Organization& organization,
                                 Context& context);

Verdict<Nothing> Decide(const ExpireCredits& due, const Organization& organization,
                        Context& context);

inline constexpr auto kDecide = [](const auto& command, const Organization& organization,
                                   Context& context) {
  return Decide(command, organization, context);
};

}  // namespace dialtone::billing
