// What the decisions about credits share: the account, and who may use it.
#pragma once

#include <string>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/billing/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/money.h"
#include "controlplane/kernel/rules.h"

namespace dialtone::billing {

// The codes that callers know from the yardstick: domain.md 9.
inline constexpr char kBalanceNotFound[] = "580406";
inline constexpr char kOrganizationWithoutCredits[] = "580462";
inline constexpr char kUserWithoutCredits[] = "580464";

// The account. There is none yet: `fresh`, made an empty one of the organization.
const CreditAccount& AccountOf(const Organization& organization, CreditAccount& fresh);

// Credits are sold in the organization's country: domain.md 1.3.
bool AreCreditsSold(const Organization& organization, const Context& context);
// The amount is of the account's currency, which is the one that the rates are in.
bool IsOwnCurrency(const type::v1::Money& amount, const CreditAccount& account,
                   const Context& context);

// The rules that everything passes that a user consumes: enum values 13 to 15, in their order.
Rules& RequireCredits(Rules& rules, const std::string& user, const Organization& organization,
                      const Context& context);

}  // namespace dialtone::billing
