#include "controlplane/domain/porting/decide.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/porting/require.h"

namespace dialtone::porting {

namespace {

constexpr std::size_t kSha256Bytes = 32;

// Sorted, each once.
template <class Request>
void SetNumbers(PortOrder& order, const Request& request) {
  order.clear_numbers();
  const std::set<std::string> numbers(request.numbers().begin(), request.numbers().end());
  for (const std::string& e164 : numbers) {
    PortNumber& number = *order.add_numbers();
    number.set_e164(e164);
    number.set_state(PortNumber::WAITING);
  }
}

bool ChangesTheDateOnly(const UpdatePortOrderRequest& request) {
  return !request.requested_date().empty() && request.display_name().empty() &&
         request.type() == PORT_TYPE_UNSPECIFIED && request.extent() == PORT_EXTENT_UNSPECIFIED &&
         !request.has_losing_account() && request.numbers().empty();
}

// What the letter was signed for.
bool AffectsTheLetter(const UpdatePortOrderRequest& request) {
  return request.has_losing_account() || !request.numbers().empty() ||
         request.type() != PORT_TYPE_UNSPECIFIED;
}

PortOrder Edited(PortOrder order, const UpdatePortOrderRequest& request) {
  if (!request.display_name().empty()) order.set_display_name(request.display_name());
  if (request.type() != PORT_TYPE_UNSPECIFIED) order.set_type(request.type());
  if (request.extent() != PORT_EXTENT_UNSPECIFIED) order.set_extent(request.extent());
  if (request.has_losing_account()) *order.mutable_losing_account() = request.losing_account();
  if (!request.numbers().empty()) SetNumbers(order, request);
  if (!request.requested_date().empty()) order.set_requested_date(request.requested_date());
  if (AffectsTheLetter(request)) order.clear_letter();
  if (order.state() == PortOrder::CANCELLED) order.set_state(PortOrder::DRAFT);
  return order;
}

}  // namespace

Verdict<PortOrder> Decide(const CreatePortOrderRequest& request, const Organization& organization,
                          Context& context) {
  Rules rules = context.rules();
  RequireRoomForDrafts(rules, organization.porting, context.policy(), 1);
  if (!rules) return rules.refusal();

  PortOrder order;
  order.set_name(NewOrderName(request.parent(), context));
  order.set_state(PortOrder::DRAFT);
  order.set_display_name(request.display_name());
  order.set_country(request.country());
  order.set_type(request.type());
  order.set_extent(request.extent());
  if (request.has_losing_account()) *order.mutable_losing_account() = request.losing_account();
  SetNumbers(order, request);
  order.set_requested_date(request.requested_date());
  *order.mutable_create_time() = ToProto(context.now());
  return Changed<PortOrderCreated>(std::move(order), context);
}

// Of an approved order the date only, until it is locked; the carrier is asked again, and what it
// has committed itself to holds until then: domain.md 4.3, 13. The date of a queued one may have to
// wait with it.
Verdict<PortOrder> Decide(const UpdatePortOrderRequest& request, const Organization& organization,
                          Context& context) {
  const PortOrder* const order = organization.porting.orders.Find(request.name());
  if (order == nullptr) return NoOrder(request.name());
  const bool is_approved = order->state() == PortOrder::TRANSFER_APPROVED;
  const bool is_dated = is_approved || order->state() == PortOrder::QUEUED;
  const PortAction action = is_dated && ChangesTheDateOnly(request) ? EDIT_DATE : EDIT;
  PortOrder edited = Edited(*order, request);

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), order->etag());
  RequireAllowed(rules, *order, action, context.now());
  if (is_dated) RequireDate(rules, edited, context.policy(), context.now());
  if (order->state() == PortOrder::CANCELLED)
    RequireRoomForDrafts(rules, organization.porting, context.policy(), 1);
  if (!rules) return rules.refusal();

  if (is_approved) StartAnswerClock(edited, context.policy(), context.now());
  if (order->state() == PortOrder::QUEUED) Forecast(edited, context.policy(), context.now());
  auto [reply, event] = ChangeTo<PortOrderUpdated>(std::move(edited), context);
  ShowPlace(reply, organization.porting);
  return Replied(std::move(reply), std::move(event));
}

// No paper: the authorizing person's name, typed: domain.md 4.2.
Verdict<PortOrder> Decide(const AttachLetterOfAuthorizationRequest& request,
                          const Organization& organization, Context& context) {
  const PortOrder* const order = organization.porting.orders.Find(request.name());
  if (order == nullptr) return NoOrder(request.name());
  const bool has_account = order->has_losing_account();
  const std::string& authorizer = order->losing_account().facts().authorizer_key();

  Rules rules = context.rules();
  RequireAllowed(rules, *order, SIGN, context.now());
  RequireComplete(rules, has_account ? "" : "losing_account")
      .Require(request.sha256().size() == kSha256Bytes, LETTER_MALFORMED,
               Named{"bytes", request.sha256().size()})
      .Require(request.signature_key() == authorizer, SIGNATURE_DIFFERS,
               Named{"port_order", request.name()});
  if (!rules) return rules.refusal();

  PortOrder with_letter = *order;
  LetterOfAuthorization& letter = *with_letter.mutable_letter();
  letter.set_reference(request.reference());
  letter.set_sha256(request.sha256());
  *letter.mutable_sign_time() = ToProto(context.now());
  return Changed<LetterAttached>(std::move(with_letter), context);
}

Verdict<PortOrder> Decide(const CancelPortOrderRequest& request, const Organization& organization,
                          Context& context) {
  const PortOrder* const order = organization.porting.orders.Find(request.name());
  if (order == nullptr) return NoOrder(request.name());

  Rules rules = context.rules();
  RequireAllowed(rules, *order, CANCEL, context.now());
  if (!rules) return rules.refusal();

  auto [reply, event] = Cancelled(*order, context);
  return Replied(std::move(reply), std::move(event));
}

// 6 to 10 digits; only where carriers ask for it, at home or for a number from elsewhere: domain.md
// 4.6.
Verdict<SetPortOutPinResponse> Decide(const SetPortOutPinRequest& request,
                                      const Organization& organization, Context& context) {
  const auto& limits = context.policy().porting();
  const std::string& country = organization.organizations.organization.get().country();
  const auto asks = [&](std::string_view of) {
    return context.policy().RulesAt(of, context.now()).port_out_pin();
  };
  const auto& numbers = organization.inventory.numbers;
  const bool has_pins =
      asks(country) || std::any_of(numbers.begin(), numbers.end(), [&](const auto& row) {
        return asks(inventory::CountryOf(row.second, context.policy()));
      });
  const auto digits = request.pin_digits();

  Rules rules = context.rules();
  rules.Require(has_pins, PORT_OUT_PIN_UNKNOWN_THERE, Named{"country", country})
      .Require(
          digits >= limits.port_out_pin_digits_min() && digits <= limits.port_out_pin_digits_max(),
          PORT_OUT_PIN_MALFORMED, Named{"digits", digits},
          Named{"min", limits.port_out_pin_digits_min()},
          Named{"max", limits.port_out_pin_digits_max()});
  if (!rules) return rules.refusal();

  PortOutPinSet set;
  set.set_organization(request.parent());
  set.mutable_pin()->set_hash(request.pin_hash());
  *set.mutable_pin()->mutable_set_time() = ToProto(context.now());
  SetPortOutPinResponse response;
  *response.mutable_set_time() = set.pin().set_time();
  return Replied(std::move(response), std::move(set));
}

}  // namespace dialtone::porting
