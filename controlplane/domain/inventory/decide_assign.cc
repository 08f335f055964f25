// Which user has which number: domain.md 3.1, 3.5.
#include <string>
#include <utility>

#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/location.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/licensing/rules.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/policy/policy.h"

namespace dialtone::inventory {

namespace {

// Phone System, and a plan or pay-as-you-go: domain.md 2.2, 3.5.
bool MayHaveNumber(const licensing::State& licenses, const std::string& user,
                   const policy::Policy& policy) {
  return licensing::Has(licenses, user, policy::v1::SKU_KIND_PHONE_SYSTEM, policy) &&
         licensing::HasPlan(licenses, user, policy);
}

// Where help is to be sent: what is asked for, or what the number came with.
const std::string& LocationOf(const AssignNumberRequest& request, const Number& number) {
  return request.location().empty() ? number.location() : request.location();
}

NumberAssigned Assign(const Number& number, const AssignNumberRequest& request) {
  NumberAssigned assigned;
  *assigned.mutable_number() = number;
  assigned.mutable_number()->set_assignee(request.user());
  assigned.mutable_number()->set_state(Number::ASSIGNED);
  assigned.mutable_number()->set_location(LocationOf(request, number));
  return assigned;
}

}  // namespace

// Licence, then number, then location: 3.5.
Verdict<Number> Decide(const AssignNumberRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr)
    return tl::unexpected(Reject(NUMBER_NOT_HELD, Named{"number", request.name()}));
  const auto* const user = organizations::FindUser(organization.organizations, request.user());
  if (user == nullptr)
    return tl::unexpected(Reject(organizations::USER_NOT_FOUND, Named{"user", request.user()}));
  const auto had = NumbersOf(organization.inventory, request.user());
  const std::string other = had.empty() ? "" : had.front()->e164();
  const std::string country = CountryOf(*number, context.policy());
  const bool is_licensed = MayHaveNumber(organization.licensing, request.user(), context.policy());
  const std::string& location = LocationOf(request, *number);

  Rules rules = context.rules();
  rules
      .Require(number->assignee().empty(), NUMBER_IN_USE, Named{"number", number->e164()},
               Named{"assignee", number->assignee()})
      .Require(number->type() == SUBSCRIBER, NUMBER_NOT_FOR_USERS, Named{"type", number->type()})
      .Require(other.empty(), USER_HAS_NUMBER, Named{"number", other})
      .Require(is_licensed, USER_WITHOUT_LICENSE, Named{"user", request.user()})
      .Require(country == user->usage_location(), NUMBER_OF_OTHER_COUNTRY,
               Named{"number_country", country}, Named{"usage_location", user->usage_location()})
      .Require(!location.empty(), NUMBER_LOCATION_MISSING, Named{"country", country});
  if (!location.empty()) RequireFits(rules, *number, location, organization.emergency, context);
  if (!rules) return rules.refusal();

  const NumberAssigned assigned = Assign(*number, request);
  return Replied(assigned.number(), assigned);
}

// What a number of an address has by its country it keeps: only the one who has it changes.
Verdict<Number> Decide(const UnassignNumberRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr)
    return tl::unexpected(Reject(NUMBER_NOT_HELD, Named{"number", request.name()}));

  Rules rules = context.rules();
  rules.Require(!number->assignee().empty(), NUMBER_NOT_ASSIGNED, Named{"number", number->e164()});
  if (!rules) return rules.refusal();

  NumberUnassigned unassigned;
  *unassigned.mutable_number() = *number;
  unassigned.mutable_number()->clear_assignee();
  unassigned.mutable_number()->set_state(Number::UNASSIGNED);
  unassigned.set_assignee(number->assignee());
  return Replied(unassigned.number(), unassigned);
}

}  // namespace dialtone::inventory
