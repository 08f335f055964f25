// Decides about one block's numbers: who has which.
#pragma once

#include "controlplane/domain/aggregates/number_block.h"
#include "controlplane/domain/stock/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "dialtone/stock/v1/stock_service.pb.h"

namespace dialtone::stock {

Verdict<LoadNumbersResponse> Decide(const LoadNumbersRequest& request,
                                    const dialtone::NumberBlock& block, Context& context);
Verdict<WithdrawNumbersResponse> Decide(const WithdrawNumbersRequest& request,
                                        const dialtone::NumberBlock& block, Context& context);

// Never refused: what cannot be held is not in the answer, what is not held by the one who frees it
// stays.
Verdict<Nothing> Decide(const HoldNumbers& hold, const dialtone::NumberBlock& block,
                        Context& context);
Verdict<Nothing> Decide(const FreeNumbers& free, const dialtone::NumberBlock& block,
                        Context& context);

Verdict<Nothing> Decide(const PortOutNumbers& out, const dialtone::NumberBlock& block,
                        Context& context);

inline constexpr auto kDecide = [](const auto& command, const dialtone::NumberBlock& block,
                                   Context& context) { return Decide(command, block, context); };

}  // namespace dialtone::stock
