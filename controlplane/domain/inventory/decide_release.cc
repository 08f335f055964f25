// Numbers that go back to the stock, and those that come back from there: domain.md 3.6.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/domain/emergency/rules.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/quota.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/policy/policy.h"

namespace dialtone::inventory {

namespace {

struct ReleaseTag {
  static constexpr const char* kPrefix = "rel";
};
struct RestoreTag {
  static constexpr const char* kPrefix = "res";
};

// In order, each once.
template <class Request>
std::vector<E164> Numbers(const Request& request) {
  std::set<E164> numbers;
  for (const std::string& number : request.numbers()) numbers.insert(*E164::Parse(number));
  return {numbers.begin(), numbers.end()};
}

Duration Aging(NumberType type, const policy::Policy& policy) {
  const auto& lifecycle = policy.number_lifecycle();
  if (type == SUBSCRIBER) return FromProto(lifecycle.aging_subscriber());
  return FromProto(type == TOLL ? lifecycle.aging_service() : lifecycle.aging_toll_free());
}

// The blocks that have the numbers are asked for just these.
NumbersRequested AskBack(const std::vector<E164>& numbers, const State& state,
                         const std::string& organization, Context& context) {
  NumbersRequested event;
  PendingHold& hold = *event.mutable_pending();
  hold.mutable_reservation()->set_name(organization + "/restorations/" +
                                       context.NewId<RestoreTag>().text());
  hold.set_request_id(context.request_id().bytes());
  hold.set_quantity(static_cast<std::uint32_t>(numbers.size()));
  std::set<std::uint64_t> blocks;
  for (const E164 number : numbers) {
    blocks.insert(number.block());
    hold.add_wanted(number.text());
    *hold.add_restoring() = state.released.Find(number.digits())->number();
  }
  for (const std::uint64_t block : blocks) hold.add_blocks(block);
  return event;
}

// The type whose quota the numbers would exceed; unspecified: none.
struct OverQuota {
  NumberType type = NUMBER_TYPE_UNSPECIFIED;
  std::uint64_t quota = 0, held = 0, asked = 0;
};

OverQuota FindOverQuota(const std::vector<E164>& numbers, const Organization& organization,
                        const policy::Policy& policy) {
  std::map<NumberType, std::uint64_t> asked;
  for (const E164 number : numbers)
    ++asked[organization.inventory.released.Find(number.digits())->number().type()];
  for (const auto& [type, count] : asked) {
    const std::uint64_t quota = NumberQuota(type, organization.licensing, policy);
    const std::uint64_t held = NumbersCounted(organization.inventory, type);
    if (held + count > quota) return {type, quota, held, count};
  }
  return {};
}

template <class Missing>
std::string FirstMissing(const std::vector<E164>& numbers, Missing is_missing) {
  const auto found = std::find_if(numbers.begin(), numbers.end(), is_missing);
  return found == numbers.end() ? "" : found->text();
}

}  // namespace

NumbersReleased GiveUp(const std::vector<E164>& numbers, const State& state,
                       const std::string& organization, Context& context) {
  NumbersReleased event;
  Release& release = *event.mutable_release();
  release.set_name(organization + "/releases/" + context.NewId<ReleaseTag>().text());
  *release.mutable_create_time() = ToProto(context.now());
  *release.mutable_restore_time() =
      ToProto(context.now() + context.policy().number_lifecycle().restore_window());
  std::map<std::pair<std::string, NumberType>, ReleasedNumbers> groups;
  for (const E164 number : numbers) {
    const Number& held = *FindNumber(state, number);
    groups[{held.hold(), held.type()}].add_numbers(number.digits());
    if (held.source() == Number::STOCK) release.add_numbers(number.digits());
  }
  for (auto& [key, group] : groups) {
    group.set_hold(key.first);
    group.set_cool_until_micros((context.now() + Aging(key.second, context.policy())).micros());
    *event.add_numbers() = std::move(group);
  }
  return event;
}

// Only what nobody has. Ported numbers go back to their code holder: their blocks see to that.
Verdict<Release> Decide(const ReleaseNumbersRequest& request, const Organization& organization,
                        Context& context) {
  const State& state = organization.inventory;
  const auto numbers = Numbers(request);
  const auto max = context.policy().number_lifecycle().release_max();
  const std::string unknown =
      FirstMissing(numbers, [&](E164 number) { return FindNumber(state, number) == nullptr; });
  if (!unknown.empty()) return tl::unexpected(Reject(NUMBER_NOT_HELD, Named{"number", unknown}));
  const std::string used = FirstMissing(
      numbers, [&](E164 number) { return !FindNumber(state, number)->assignee().empty(); });
  const std::string assignee =
      used.empty() ? "" : FindNumber(state, *E164::Parse(used))->assignee();
  const std::string leaving = FirstMissing(
      numbers, [&](E164 number) { return !FindNumber(state, number)->port_out().empty(); });

  Rules rules = context.rules();
  rules
      .Require(numbers.size() <= max, TOO_MANY_NUMBERS_AT_ONCE, Named{"asked", numbers.size()},
               Named{"max", max})
      .Require(used.empty(), NUMBER_IN_USE, Named{"number", used}, Named{"assignee", assignee})
      .Require(leaving.empty(), NUMBER_LEAVING, Named{"number", leaving});
  if (!rules) return rules.refusal();

  const NumbersReleased released = GiveUp(numbers, state, request.parent(), context);
  return Replied(released.release(), released);
}

// The window is the policy's; whether somebody else has a number by now, its block knows.
Verdict<RestoreNumbersResponse> Decide(const RestoreNumbersRequest& request,
                                       const Organization& organization, Context& context) {
  const State& state = organization.inventory;
  const auto numbers = Numbers(request);
  const std::string unknown =
      FirstMissing(numbers, [&](E164 number) { return !state.released.Has(number.digits()); });
  if (!unknown.empty())
    return tl::unexpected(Reject(NUMBER_NOT_RELEASED, Named{"number", unknown}));
  const OverQuota over = FindOverQuota(numbers, organization, context.policy());

  Rules rules = context.rules();
  rules.Require(over.type == NUMBER_TYPE_UNSPECIFIED, QUOTA_EXCEEDED, Named{"type", over.type},
                Named{"quota", over.quota}, Named{"held", over.held}, Named{"asked", over.asked});
  if (!rules) return rules.refusal();

  return Pending(AskBack(numbers, state, request.parent(), context));
}

Verdict<Nothing> Decide(const ForgetRelease& due, const Organization&, Context&) {
  ReleaseForgotten forgotten;
  forgotten.set_release(due.release());
  return Done(std::move(forgotten));
}

// A location that was deleted meanwhile is gone for the number too. Nobody has it: what the carrier
// was asked for is over.
Decision<Nothing> SettleRestore(const PendingHold& hold, const emergency::State& emergency,
                                Timestamp now) {
  const std::set<std::string> held(hold.held().begin(), hold.held().end());
  NumbersRestored restored;
  RestoreNumbersResponse response;
  restored.set_hold(hold.reservation().name());
  for (const Number& number : hold.restoring()) {
    if (!held.contains(number.e164())) {
      response.add_lost(number.e164());
      continue;
    }
    Number& back = *restored.add_numbers();
    back = number;
    back.set_hold(hold.reservation().name());
    back.clear_activation();
    if (emergency::FindLocation(emergency, back.location()) == nullptr) back.clear_location();
  }
  for (const Number& back : restored.numbers())
    *response.add_numbers() = Shown(back, PortProgress::kNone, now);
  return Answered(RequestId(hold.request_id()), response, std::move(restored));
}

}  // namespace dialtone::inventory
