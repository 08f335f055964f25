// What may be done with a number, by the number alone: domain.md 3.4, 3.6, 12.
#include <algorithm>
#include <string>
#include <utility>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/porting/rules.h"
#include "controlplane/kernel/etag.h"

namespace dialtone::inventory {

namespace {

constexpr NumberAction kActions[] = {
    ASSIGN,         UNASSIGN, RELEASE, BLOCK, UNBLOCK, CHANGE_USE, TAG, LOCATE, COMPLETE_ACTIVATION,
    FAIL_ACTIVATION};

bool HasFailed(const Activation& activation) {
  return activation.state() == Activation::ASSIGNMENT_FAILED ||
         activation.state() == Activation::UPDATE_FAILED;
}

}  // namespace

PortProgress PortOf(const Number& number, const porting::State& ports) {
  if (number.source() != Number::PORTED) return PortProgress::kNone;
  const auto* const order = ports.orders.Find(number.hold());
  return order == nullptr ? PortProgress::kNone : ProgressOf(order->state());
}

PortProgress ProgressOf(porting::v1::PortOrder::State order) {
  return porting::IsOpen(order) ? PortProgress::kUnderWay : PortProgress::kNone;
}

const AssignmentBlock* BlockAt(const Number& number, Timestamp at) {
  if (!number.has_assignment_block()) return nullptr;
  const AssignmentBlock& block = number.assignment_block();
  return !block.has_end_time() || at < FromProto(block.end_time()) ? &block : nullptr;
}

bool IsPending(const Activation& activation) {
  return activation.state() == Activation::ASSIGNMENT_PENDING ||
         activation.state() == Activation::UPDATE_PENDING;
}

// What a command asks of the user, the licences, the quota or the place is not asked here.
bool Allows(const Number& number, PortProgress port, NumberAction action, Timestamp at) {
  const bool is_idle = number.assignee().empty();
  const bool is_blocked = BlockAt(number, at) != nullptr;
  const bool is_leaving = !number.port_out().empty();
  switch (action) {
    case ASSIGN:
      return is_idle && !is_blocked && !is_leaving && number.type() == SUBSCRIBER;
    case UNASSIGN:
      return !is_idle;
    case RELEASE:
      return is_idle && !is_leaving;
    case BLOCK:
      return is_idle;
    case UNBLOCK:
      return is_blocked;
    case CHANGE_USE:
      return is_idle && !is_leaving && number.type() != TOLL_FREE && port == PortProgress::kNone;
    case TAG:
    case LOCATE:
      return true;
    case COMPLETE_ACTIVATION:
      return IsPending(number.activation()) || HasFailed(number.activation());
    case FAIL_ACTIVATION:
      return IsPending(number.activation());
    case NUMBER_ACTION_UNSPECIFIED:
    case NumberAction_INT_MIN_SENTINEL_DO_NOT_USE_:
    case NumberAction_INT_MAX_SENTINEL_DO_NOT_USE_:
      return false;
  }
  return false;
}

std::vector<NumberAction> AllowedActions(const Number& number, PortProgress port, Timestamp at) {
  std::vector<NumberAction> allowed;
  std::copy_if(std::begin(kActions), std::end(kActions), std::back_inserter(allowed),
               [&](NumberAction action) { return Allows(number, port, action, at); });
  return allowed;
}

Number Shown(Number number, PortProgress port, Timestamp at) {
  number.clear_allowed_actions();
  for (const NumberAction action : AllowedActions(number, port, at))
    number.add_allowed_actions(action);
  if (BlockAt(number, at) == nullptr) number.clear_assignment_block();
  return number;
}

Number ForCarrier(Number number) {
  number.clear_hold();
  number.clear_tags();
  number.clear_assignment_block();
  number.clear_allowed_actions();
  return number;
}

Activation NewActivation(Activation::State state, Context& context) {
  Activation activation;
  activation.set_state(state);
  activation.set_etag(NewEtag(context));
  *activation.mutable_request_time() = ToProto(context.now());
  return activation;
}

std::optional<AssignmentBlock> CoolingOff(const State& state, const Context& context) {
  const auto days = state.settings.get().cooling_off_days();
  if (days == 0) return std::nullopt;
  AssignmentBlock block;
  block.set_cause(AssignmentBlock::COOLING_OFF);
  *block.mutable_start_time() = ToProto(context.now());
  *block.mutable_end_time() = ToProto(context.now() + Duration::Days(days));
  return block;
}

NumbersUnassigned Unassign(const std::vector<std::uint64_t>& numbers, const State& state,
                           Context& context) {
  NumbersUnassigned unassigned;
  unassigned.mutable_numbers()->Add(numbers.begin(), numbers.end());
  *unassigned.mutable_activation() = NewActivation(Activation::UPDATE_PENDING, context);
  if (auto cooling_off = CoolingOff(state, context))
    *unassigned.mutable_cooling_off() = std::move(*cooling_off);
  return unassigned;
}

}  // namespace dialtone::inventory
