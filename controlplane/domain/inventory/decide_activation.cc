// What the carrier says of a number that it was to bring into its network: domain.md 3.4, 12.
#include <string>
#include <utility>

#include "controlplane/domain/inventory/change.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/kernel/etag.h"

namespace dialtone::inventory {

namespace {

// The answer is to what was asked last, and the number is in a state that the answer fits.
Rules Judge(const Number& number, NumberAction answer, const std::string& etag,
            const Context& context) {
  const Activation& activation = number.activation();
  const bool fits = Allows(number, PortProgress::kNone, answer, context.now());
  Rules rules = context.rules();
  RequireEtag(rules, etag, activation.etag());
  rules.Require(fits, ACTIVATION_SETTLED, Named{"number", number.e164()},
                Named{"state", activation.state()});
  return rules;
}

template <class E>
Decision<Number> Settled(Number number, Activation::State state, const Context& context) {
  Activation& activation = *number.mutable_activation();
  activation.set_state(state);
  *activation.mutable_answer_time() = ToProto(context.now());
  E event;
  *event.mutable_number() = number;
  return Replied(ForCarrier(std::move(number)), std::move(event));
}

}  // namespace

// Also of what had failed: people have mended it.
Verdict<Number> Decide(const CompleteActivationRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr) return NotHeld(request.name());

  Rules rules = Judge(*number, COMPLETE_ACTIVATION, request.etag(), context);
  if (!rules) return rules.refusal();

  Number activated = *number;
  activated.mutable_activation()->clear_problem();
  activated.mutable_activation()->clear_detail();
  return Settled<ActivationCompleted>(std::move(activated), Activation::ACTIVATED, context);
}

Verdict<Number> Decide(const FailActivationRequest& request, const Organization& organization,
                       Context& context) {
  const Number* const number = FindNumber(organization.inventory, request.name());
  if (number == nullptr) return NotHeld(request.name());

  Rules rules = Judge(*number, FAIL_ACTIVATION, request.etag(), context);
  if (!rules) return rules.refusal();

  Number failed = *number;
  failed.mutable_activation()->set_problem(request.problem());
  failed.mutable_activation()->set_detail(request.detail());
  const bool was_assignment = number->activation().state() == Activation::ASSIGNMENT_PENDING;
  return Settled<ActivationFailed>(
      std::move(failed), was_assignment ? Activation::ASSIGNMENT_FAILED : Activation::UPDATE_FAILED,
      context);
}

}  // namespace dialtone::inventory
