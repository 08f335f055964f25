// Many numbers in one command, each with a result of its own: domain.md 3.5, 3.6. What is right
// happens, the others are told why not; each sees what those before it have left.
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/domain/emergency/rules.h"
#include "controlplane/domain/inventory/change.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/kernel/item_status.h"
#include "controlplane/policy/policy.h"

namespace dialtone::inventory {

namespace {

using google::rpc::Status;

constexpr char kUsers[] = "/users/";

Rules JudgeCount(int asked, Context& context) {
  const auto max = context.policy().number_lifecycle().bulk_max();
  Rules rules = context.rules();
  rules.Require(static_cast<std::uint32_t>(asked) <= max, TOO_MANY_NUMBERS_AT_ONCE,
                Named{"asked", asked}, Named{"max", max});
  return rules;
}

// The rules of an assignment are of two slices.
Status StatusOf(const Rejection& rejection) {
  const auto* const mine = google::protobuf::GetEnumDescriptor<InventoryRefusal>();
  return mine->FindValueByName(rejection.reason) != nullptr
             ? ItemStatus<InventoryRefusal>(rejection)
             : ItemStatus<emergency::v1::EmergencyRefusal>(rejection);
}

Status NotHeldStatus(const std::string& e164) { return StatusOf(NotHeld(e164).value()); }

// Who has what, as it becomes row by row.
class AssignmentSheet {
 public:
  AssignmentSheet(const Organization& organization, Context& context)
      : organization_(organization), context_(context) {}

  Status Assign(const NumberAssignmentRow& row);
  bool is_changed() const { return event_.assignments_size() > 0; }
  NumbersAssigned ToEvent();

 private:
  std::uint32_t IndexOf(const std::string& location);

  const Organization& organization_;
  Context& context_;
  std::map<E164, std::string> users_;             // by number that was given here
  std::map<std::string, std::string> numbers_;    // E.164, by user that it was given to
  std::map<std::string, std::uint32_t> indices_;  // of the event's locations
  NumbersAssigned event_;
};

Status AssignmentSheet::Assign(const NumberAssignmentRow& row) {
  const State& state = organization_.inventory;
  const E164 digits = *E164::Parse(row.number());
  const Number* const held = FindNumber(state, digits);
  if (held == nullptr) return NotHeldStatus(row.number());
  const auto* const user = organizations::FindUser(organization_.organizations, row.user());
  if (user == nullptr) {
    return ItemStatus<organizations::OrganizationsRefusal>(
        Reject(organizations::USER_NOT_FOUND, Named{"user", row.user()}));
  }
  Number number = *held;
  if (const auto given = users_.find(digits); given != users_.end())
    number.set_assignee(given->second);
  const auto given = numbers_.find(row.user());
  const std::string had = given == numbers_.end() ? NumberHadBy(state, row.user()) : given->second;
  const std::string& location = row.location().empty() ? held->location() : row.location();
  const Assignment asked{
      number, *user, location, had, organization_.licensing, organization_.emergency};

  Rules rules = context_.rules();
  RequireAssignable(rules, asked, context_);
  if (!rules) return StatusOf(rules.refusal().value());

  users_.emplace(digits, row.user());
  numbers_.emplace(row.user(), row.number());
  NumberAssignment& assignment = *event_.add_assignments();
  assignment.set_number(digits.digits());
  assignment.set_user(row.user().substr(row.user().rfind('/') + 1));
  assignment.set_location(IndexOf(location));
  return {};
}

std::uint32_t AssignmentSheet::IndexOf(const std::string& location) {
  const auto next = static_cast<std::uint32_t>(indices_.size());
  const auto [found, is_new] = indices_.emplace(location, next);
  if (is_new) event_.add_locations(location);
  return found->second;
}

NumbersAssigned AssignmentSheet::ToEvent() {
  event_.set_users(organizations::OrganizationName(organization_.organizations) + kUsers);
  *event_.mutable_activation() = NewActivation(Activation::ASSIGNMENT_PENDING, context_);
  return event_;
}

// `before`: what the batch has taken already.
Status StatusOfUnassigned(const std::string& e164, const State& state,
                          const std::set<E164>& before) {
  const E164 number = *E164::Parse(e164);
  const Number* const held = FindNumber(state, number);
  if (held == nullptr) return NotHeldStatus(e164);
  if (held->assignee().empty() || before.contains(number))
    return StatusOf(Reject(NUMBER_NOT_ASSIGNED, Named{"number", e164}));
  return {};
}

Status StatusOfReleased(const std::string& e164, const State& state, const std::set<E164>& before) {
  const E164 number = *E164::Parse(e164);
  const Number* const held = FindNumber(state, number);
  if (held == nullptr || before.contains(number)) return NotHeldStatus(e164);
  if (!held->assignee().empty()) {
    return StatusOf(
        Reject(NUMBER_IN_USE, Named{"number", e164}, Named{"assignee", held->assignee()}));
  }
  if (!held->port_out().empty()) {
    return StatusOf(
        Reject(NUMBER_LEAVING, Named{"number", e164}, Named{"port_out", held->port_out()}));
  }
  return {};
}

// Those that nothing stands against, in order; each number's result goes to the response.
template <class Request, class Response, class Judge>
std::set<E164> Sift(const Request& request, const State& state, Judge judge, Response& response) {
  std::set<E164> taken;
  for (const std::string& e164 : request.numbers()) {
    Status& status = *response.add_results()->mutable_status();
    status = judge(e164, state, taken);
    if (status.code() == 0) taken.insert(*E164::Parse(e164));
  }
  return taken;
}

}  // namespace

Verdict<BatchAssignNumbersResponse> Decide(const BatchAssignNumbersRequest& request,
                                           const Organization& organization, Context& context) {
  if (Rules rules = JudgeCount(request.assignments_size(), context); !rules) return rules.refusal();
  AssignmentSheet sheet(organization, context);
  BatchAssignNumbersResponse response;
  for (const NumberAssignmentRow& row : request.assignments())
    *response.add_results()->mutable_status() = sheet.Assign(row);

  if (!sheet.is_changed()) return Replied(std::move(response));
  return Replied(std::move(response), sheet.ToEvent());
}

Verdict<BatchUnassignNumbersResponse> Decide(const BatchUnassignNumbersRequest& request,
                                             const Organization& organization, Context& context) {
  if (Rules rules = JudgeCount(request.numbers_size(), context); !rules) return rules.refusal();
  BatchUnassignNumbersResponse response;
  const auto idle = Sift(request, organization.inventory, StatusOfUnassigned, response);

  if (idle.empty()) return Replied(std::move(response));
  std::vector<std::uint64_t> digits;
  for (const E164 number : idle) digits.push_back(number.digits());
  return Replied(std::move(response), Unassign(digits, organization.inventory, context));
}

Verdict<BatchReleaseNumbersResponse> Decide(const BatchReleaseNumbersRequest& request,
                                            const Organization& organization, Context& context) {
  if (Rules rules = JudgeCount(request.numbers_size(), context); !rules) return rules.refusal();
  BatchReleaseNumbersResponse response;
  const auto released = Sift(request, organization.inventory, StatusOfReleased, response);

  if (released.empty()) return Replied(std::move(response));
  NumbersReleased event =
      GiveUp({released.begin(), released.end()}, organization.inventory, request.parent(), context);
  *response.mutable_release() = event.release();
  return Replied(std::move(response), std::move(event));
}

}  // namespace dialtone::inventory
