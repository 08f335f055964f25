// Which user has which number: domain.md 3.1, 3.4, 3.5.
#include <string>
#include <utility>

#include "controlplane/domain/inventory/change.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/organizations/rules.h"

namespace dialtone::inventory {

// Help is sent to where is said, or to what the number came with.
Verdict<Number> Decide(const AssignNumberRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr) return NotHeld(request.name());
  const auto* const user = organizations::FindUser(organization.organizations, request.user());
  if (user == nullptr)
    return tl::unexpected(Reject(organizations::USER_NOT_FOUND, Named{"user", request.user()}));
  const std::string& location =
      request.location().empty() ? number->location() : request.location();
  const std::string had = NumberHadBy(organization.inventory, user->name());
  const Assignment asked{
      *number, *user, location, had, organization.licensing, organization.emergency};

  Rules rules = context.rules();
  RequireAssignable(rules, asked, context);
  if (!rules) return rules.refusal();

  const NumberAssigned assigned = Assign(asked, context);
  return Replied(ShownNow(assigned.number(), organization, context), assigned);
}

// Only its user goes: the number keeps the location that help is sent to.
Verdict<Number> Decide(const UnassignNumberRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr) return NotHeld(request.name());

  Rules rules = context.rules();
  rules.Require(!number->assignee().empty(), NUMBER_NOT_ASSIGNED, Named{"number", number->e164()});
  if (!rules) return rules.refusal();

  NumberUnassigned unassigned;
  Number& idle = *unassigned.mutable_number();
  idle = *number;
  idle.clear_assignee();
  idle.set_state(Number::UNASSIGNED);
  *idle.mutable_activation() = NewActivation(Activation::UPDATE_PENDING, context);
  if (auto cooling_off = CoolingOff(organization.inventory, context))
    *idle.mutable_assignment_block() = std::move(*cooling_off);
  unassigned.set_assignee(number->assignee());
  return Replied(ShownNow(idle, organization, context), unassigned);
}

}  // namespace dialtone::inventory
