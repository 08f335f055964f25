#include "controlplane/domain/billing/credits.h"

#include "controlplane/domain/billing/rules.h"
#include "controlplane/domain/licensing/rules.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/policy/policy.h"

namespace dialtone::billing {

const CreditAccount& AccountOf(const Organization& organization, CreditAccount& fresh) {
  if (organization.billing.account.exists()) return organization.billing.account.get();
  fresh.set_name(AccountName(organizations::OrganizationName(organization.organizations)));
  fresh.set_currency_code(organizations::Currency(organization.organizations));
  const auto zero = ToProto(Money::Zero(Currency(fresh.currency_code())));
  for (auto* const amount :
       {fresh.mutable_available(), fresh.mutable_held(), fresh.mutable_funded(),
        fresh.mutable_consumed(), fresh.mutable_expired()}) {
    *amount = zero;
  }
  return fresh;
}

bool AreCreditsSold(const Organization& organization, const Context& context) {
  const auto* const country =
      context.policy().CountryAt(organizations::Country(organization.organizations), context.now());
  return country != nullptr && country->communications_credits() != policy::v1::AVAILABILITY_NO;
}

bool IsOwnCurrency(const type::v1::Money& amount, const CreditAccount& account,
                   const Context& context) {
  return amount.currency_code() == account.currency_code() &&
         amount.currency_code() == context.policy().rating().currency_code();
}

Rules& RequireCredits(Rules& rules, const std::string& user, const Organization& organization,
                      const Context& context) {
  const bool can_consume =
      licensing::CanConsumeCredits(organization.licensing, user, context.policy());
  return rules
      .Require(AreCreditsSold(organization, context), ORGANIZATION_WITHOUT_CREDITS,
               Named{"code", kOrganizationWithoutCredits})
      .Require(HasCreditsAccount(organization.billing), CREDIT_BALANCE_NOT_FOUND,
               Named{"code", kBalanceNotFound})
      .Require(can_consume, USER_WITHOUT_CREDITS_LICENSE, Named{"code", kUserWithoutCredits},
               Named{"user", user});
}

}  // namespace dialtone::billing
