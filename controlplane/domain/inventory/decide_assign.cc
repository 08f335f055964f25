// Which user has which number: domain.md 3.1, 3.5.
#include <string>
#include <utility>

#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/organizations/rules.h"

namespace dialtone::inventory {

// Help is sent to where is said, or to what the number came with.
Verdict<Number> Decide(const AssignNumberRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr)
    return tl::unexpected(Reject(NUMBER_NOT_HELD, Named{"number", request.name()}));
  const auto* const user = organizations::FindUser(organization.organizations, request.user());
  if (user == nullptr)
    return tl::unexpected(Reject(organizations::USER_NOT_FOUND, Named{"user", request.user()}));
  const std::string& location =
      request.location().empty() ? number->location() : request.location();
  const Assignment asked{*number,
                         *user,
                         location,
                         organization.inventory,
                         organization.licensing,
                         organization.emergency};

  Rules rules = context.rules();
  RequireAssignable(rules, asked, context);
  if (!rules) return rules.refusal();

  const NumberAssigned assigned = Assign(asked);
  return Replied(assigned.number(), assigned);
}

Verdict<Number> Decide(const UnassignNumberRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr)
    return tl::unexpected(Reject(NUMBER_NOT_HELD, Named{"number", request.name()}));

  Rules rules = context.rules();
  rules.Require(!number->assignee().empty(), NUMBER_NOT_ASSIGNED, Named{"number", number->e164()});
  if (!rules) return rules.refusal();

  const NumberUnassigned unassigned = Unassign(*number);
  return Replied(unassigned.number(), unassigned);
}

}  // namespace dialtone::inventory
