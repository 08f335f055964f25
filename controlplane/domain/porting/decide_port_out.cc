// Numbers that other carriers take away: domain.md 4.6.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/porting/decide.h"
#include "controlplane/domain/porting/require.h"
#include "controlplane/domain/porting/rules_port_out.h"

namespace dialtone::porting {

namespace {

struct PortOutTag {
  static constexpr const char* kPrefix = "out";
};

tl::unexpected<Rejection> NoPortOut(const std::string& name) {
  return tl::unexpected(Reject(PORT_OUT_NOT_FOUND, Named{"port_out_request", name}));
}

template <class Numbers>
std::vector<E164> Parsed(const Numbers& texts) {
  std::set<E164> numbers;
  for (const std::string& text : texts) numbers.insert(*E164::Parse(text));
  return {numbers.begin(), numbers.end()};
}

// The first number that `is_so`; empty: none.
template <class Is>
std::string FirstThat(const std::vector<E164>& numbers, Is is_so) {
  const auto found = std::find_if(numbers.begin(), numbers.end(), is_so);
  return found == numbers.end() ? "" : found->text();
}

Rules& RequireAllowed(Rules& rules, const PortOutRequest& request, PortOutAction action) {
  const auto allowed = AllowedActions(request.state());
  std::string text;
  for (const PortOutAction one : allowed) text += (text.empty() ? "" : ", ") + FactText(one);
  return rules.Require(std::find(allowed.begin(), allowed.end(), action) != allowed.end(),
                       PORT_OUT_ACTION_NOT_ALLOWED, Named{"state", request.state()},
                       Named{"action", action}, Named{"allowed", text});
}

// The event carries the request as it is from now on, which is the reply too.
template <class E>
std::pair<PortOutRequest, E> Becomes(PortOutRequest request, Context& context) {
  request.set_etag(NewEtag(context));
  E event;
  *event.mutable_port_out() = request;
  return {Shown(std::move(request)), std::move(event)};
}

PortOutPinTried Tried(const std::string& organization, PortOutPin pin, std::uint32_t wrong_tries) {
  PortOutPinTried tried;
  tried.set_organization(organization);
  pin.set_wrong_tries(wrong_tries);
  *tried.mutable_pin() = std::move(pin);
  return tried;
}

// A refusal that leaves a trace: after some of them the PIN opens nothing any more.
Decision<PortOutRequest> WrongPin(const std::string& organization, const PortOutPin& pin,
                                  Context& context) {
  const std::uint32_t tries = pin.wrong_tries() + 1;
  const std::uint32_t left = context.policy().porting().port_out_pin_tries_max() - tries;
  auto refused =
      Refused(context.request_id(), Reject(PORT_OUT_PIN_WRONG, Named{"tries_left", left}),
              Tried(organization, pin, tries));
  return {std::move(refused.events), std::nullopt, std::move(refused.answers)};
}

inventory::NumbersStaying Staying(const PortOutRequest& request) {
  inventory::NumbersStaying staying;
  for (const E164 number : Parsed(request.numbers())) staying.add_numbers(number.digits());
  return staying;
}

// By the hold under which the blocks know them.
inventory::NumbersPortedOut Gone(const PortOutRequest& request, const inventory::State& state) {
  std::map<std::string, inventory::PortedOutNumbers> by_hold;
  for (const E164 number : Parsed(request.numbers())) {
    const inventory::Number& held = *inventory::FindNumber(state, number);
    auto& gone = *by_hold[held.hold()].add_numbers();
    gone.set_digits(number.digits());
    gone.set_assignee(held.assignee());
  }
  inventory::NumbersPortedOut event;
  event.set_port_out(request.name());
  event.set_gaining_carrier(request.gaining_carrier());
  for (auto& [hold, numbers] : by_hold) {
    numbers.set_hold(hold);
    *event.add_numbers() = std::move(numbers);
  }
  return event;
}

PortOutRequest Opened(const RequestPortOutRequest& request, const std::vector<E164>& numbers,
                      Context& context) {
  PortOutRequest opened;
  opened.set_name(request.parent() + "/portOutRequests/" + context.NewId<PortOutTag>().text());
  opened.set_gaining_carrier(request.gaining_carrier());
  opened.set_reference(request.reference());
  for (const E164 number : numbers) opened.add_numbers(number.text());
  *opened.mutable_create_time() = ToProto(context.now());
  return opened;
}

// Whoever knows the PIN has the organization's consent, to numbers of countries that have PINs
// alone; for any other number it is asked.
enum class Consent : std::uint8_t { kByPin, kAsked };

PortOutRequest Answerable(PortOutRequest request, Consent consent, const std::string& home,
                          Context& context) {
  if (consent == Consent::kByPin) {
    request.set_state(PortOutRequest::RELEASED);
    *request.mutable_answer_time() = ToProto(context.now());
    return request;
  }
  const auto& policy = context.policy();
  request.set_state(PortOutRequest::REQUESTED);
  request.set_answer_due_date(policy::ToText(policy.AddBusinessDays(
      home, policy::DayOf(context.now()), policy.porting().port_out_answer_days())));
  return request;
}

}  // namespace

Verdict<PortOutRequest> Decide(const RequestPortOutRequest& request,
                               const Organization& organization, Context& context) {
  const auto& policy = context.policy();
  const auto& limits = policy.porting();
  const State& state = organization.porting;
  const std::vector<E164> numbers = Parsed(request.numbers());
  const auto held = [&](E164 number) {
    return inventory::FindNumber(organization.inventory, number);
  };
  const std::string unknown = FirstThat(numbers, [&](E164 n) { return held(n) == nullptr; });
  if (!unknown.empty())
    return tl::unexpected(Reject(inventory::NUMBER_NOT_HELD, Named{"number", unknown}));
  const std::string leaving =
      FirstThat(numbers, [&](E164 n) { return !held(n)->port_out().empty(); });
  const auto open = std::count_if(state.port_outs.begin(), state.port_outs.end(),
                                  [](const auto& row) { return IsOpen(row.second.state()); });
  std::string pin_country;
  Consent consent = Consent::kByPin;
  for (const E164 number : numbers) {
    const std::string country = inventory::CountryOf(*held(number), policy);
    if (policy.RulesAt(country, context.now()).port_out_pin()) {
      pin_country = country;
    } else {
      consent = Consent::kAsked;
    }
  }
  const PortOutPin& pin = state.port_out_pin.get();

  Rules rules = context.rules();
  rules
      .Require(numbers.size() <= limits.port_out_numbers_max(), PORT_OUT_TOO_LARGE,
               Named{"numbers", numbers.size()}, Named{"max", limits.port_out_numbers_max()})
      .Require(leaving.empty(), PORT_OUT_UNDER_WAY, Named{"number", leaving})
      .Require(open < limits.port_outs_max(), TOO_MANY_PORT_OUTS, Named{"open", open},
               Named{"max", limits.port_outs_max()})
      .Require(pin_country.empty() || state.port_out_pin.exists(), PORT_OUT_PIN_MISSING,
               Named{"country", pin_country})
      .Require(pin_country.empty() || pin.wrong_tries() < limits.port_out_pin_tries_max(),
               PORT_OUT_PIN_LOCKED, Named{"tries", pin.wrong_tries()});
  if (!rules) return rules.refusal();

  // The last rule, by hand: a wrong PIN is refused with an event.
  if (!pin_country.empty() && !SameSecret(pin.hash(), request.pin_hash()))
    return WrongPin(request.parent(), pin, context);
  const std::string& home = organization.organizations.organization.get().country();
  PortOutRequest opened = Answerable(Opened(request, numbers, context), consent, home, context);
  inventory::NumbersLeaving goes;
  goes.set_port_out(opened.name());
  for (const E164 number : numbers) goes.add_numbers(number.digits());
  auto [reply, event] = Becomes<PortOutRequested>(std::move(opened), context);
  auto decision = Replied(std::move(reply), std::move(event), std::move(goes));
  if (!pin_country.empty() && pin.wrong_tries() > 0)
    decision.events.push_back(ToEvent(Tried(request.parent(), pin, 0)));
  return decision;
}

Verdict<PortOutRequest> Decide(const ReleasePortOutRequest& request,
                               const Organization& organization, Context& context) {
  const PortOutRequest* const asked = organization.porting.port_outs.Find(request.name());
  if (asked == nullptr) return NoPortOut(request.name());

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), asked->etag());
  RequireAllowed(rules, *asked, RELEASE_PORT_OUT);
  if (!rules) return rules.refusal();

  PortOutRequest released = *asked;
  released.set_state(PortOutRequest::RELEASED);
  *released.mutable_answer_time() = ToProto(context.now());
  auto [reply, event] = Becomes<PortOutReleased>(std::move(released), context);
  return Replied(std::move(reply), std::move(event));
}

Verdict<PortOutRequest> Decide(const RejectPortOutRequest& request,
                               const Organization& organization, Context& context) {
  const PortOutRequest* const asked = organization.porting.port_outs.Find(request.name());
  if (asked == nullptr) return NoPortOut(request.name());

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), asked->etag());
  RequireAllowed(rules, *asked, REJECT_PORT_OUT);
  if (!rules) return rules.refusal();

  PortOutRequest rejected = *asked;
  rejected.set_state(PortOutRequest::REJECTED);
  rejected.set_cause(request.cause());
  *rejected.mutable_answer_time() = ToProto(context.now());
  *rejected.mutable_end_time() = ToProto(context.now());
  auto [reply, event] = Becomes<PortOutRejected>(std::move(rejected), context);
  return Replied(std::move(reply), std::move(event), Staying(*asked));
}

// Of a rejected one the numbers stay already.
Verdict<PortOutRequest> Decide(const WithdrawPortOutRequest& request,
                               const Organization& organization, Context& context) {
  const PortOutRequest* const asked = organization.porting.port_outs.Find(request.name());
  if (asked == nullptr) return NoPortOut(request.name());

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), asked->etag());
  RequireAllowed(rules, *asked, WITHDRAW_PORT_OUT);
  if (!rules) return rules.refusal();

  PortOutRequest withdrawn = *asked;
  withdrawn.set_state(PortOutRequest::WITHDRAWN);
  *withdrawn.mutable_end_time() = ToProto(context.now());
  auto [reply, event] = Becomes<PortOutWithdrawn>(std::move(withdrawn), context);
  if (!IsOpen(asked->state())) return Replied(std::move(reply), std::move(event));
  return Replied(std::move(reply), std::move(event), Staying(*asked));
}

Verdict<PortOutRequest> Decide(const CompletePortOutRequest& request,
                               const Organization& organization, Context& context) {
  const PortOutRequest* const asked = organization.porting.port_outs.Find(request.name());
  if (asked == nullptr) return NoPortOut(request.name());

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), asked->etag());
  RequireAllowed(rules, *asked, COMPLETE_PORT_OUT);
  if (!rules) return rules.refusal();

  PortOutRequest completed = *asked;
  completed.set_state(PortOutRequest::COMPLETED);
  *completed.mutable_end_time() = ToProto(context.now());
  auto [reply, event] = Becomes<PortOutCompleted>(std::move(completed), context);
  return Replied(std::move(reply), std::move(event), Gone(*asked, organization.inventory));
}

}  // namespace dialtone::porting
