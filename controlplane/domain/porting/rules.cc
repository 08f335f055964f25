#include "controlplane/domain/porting/rules.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <utility>

namespace dialtone::porting {

namespace {

using Prefix = policy::v1::NumberPrefix;

// Universal international freephone numbers: a calling code of their own.
constexpr std::string_view kUniversalFreephone = "800";

bool StaysForever(const Prefix& prefix) {
  return prefix.kind() == policy::v1::PREFIX_KIND_SHARED_COST ||
         prefix.kind() == policy::v1::PREFIX_KIND_PREMIUM || prefix.prefix() == kUniversalFreephone;
}

PortType TypeOf(const Prefix& prefix) {
  if (prefix.kind() == policy::v1::PREFIX_KIND_TOLL_FREE) return TOLL_FREE;
  if (prefix.kind() == policy::v1::PREFIX_KIND_MOBILE) return MOBILE;
  return SUBSCRIBER;
}

// Digits tell toll-free numbers everywhere, mobile ones in some countries.
bool Fits(const Prefix& prefix, PortType type) {
  const PortType told = TypeOf(prefix);
  return told == SUBSCRIBER ? type != TOLL_FREE : type == told;
}

// Toll-free numbers of +1 are of no one country.
bool IsIn(const Prefix& prefix, std::string_view country) {
  return prefix.iso() == country || (prefix.iso().empty() && TypeOf(prefix) == TOLL_FREE);
}

// Only what we serve there can come to us: domain.md 4.1. Numbers of no one country are asked for
// their kind only.
bool IsServed(std::string_view country, PortType type, const policy::Policy& policy, Timestamp at) {
  using policy::v1::Availability;
  if (country.empty()) return true;
  const auto* const features = policy.CountryAt(country, at);
  if (features == nullptr) return false;
  const Availability served = type == TOLL        ? features->toll()
                              : type == TOLL_FREE ? features->toll_free()
                                                  : features->calling_plan();
  return served != policy::v1::AVAILABILITY_NO && served != policy::v1::AVAILABILITY_UNSPECIFIED;
}

// UTF-8: a character ends where the next one begins.
void Cut(std::string& text, std::uint32_t characters_max) {
  std::uint32_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (begins && characters++ == characters_max) return text.resize(i);
  }
}

void StripBlanksAndDashes(std::string& text) {
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '-'; }),
             text.end());
}

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

PortOrder::State StateAt(const PortOrder& order, Timestamp at) {
  const bool locked =
      order.state() == PortOrder::TRANSFER_APPROVED && at >= FromProto(order.lock_time());
  return locked ? PortOrder::TRANSFER_PENDING : order.state();
}

std::vector<PortAction> AllowedActions(PortOrder::State state) {
  switch (state) {
    case PortOrder::DRAFT:
      return {EDIT, SIGN, SUBMIT, CANCEL};
    case PortOrder::PROCESSING:
      return {CANCEL, ACCEPT};
    case PortOrder::CONTACTING_CARRIER:
      return {CANCEL, CONFIRM, REJECT};
    case PortOrder::TRANSFER_APPROVED:
      return {EDIT_DATE, CANCEL, CONFIRM, REJECT};
    case PortOrder::TRANSFER_PENDING:
      return {SETTLE_NUMBER};
    case PortOrder::ERROR:
      return {EDIT, SIGN, RESUBMIT, CANCEL};
    case PortOrder::CANCELLED:
      return {EDIT};
    case PortOrder::QUEUED:
      return {EDIT_DATE, CANCEL};
    case PortOrder::SUBMITTING:
    case PortOrder::COMPLETED:
    case PortOrder::STATE_UNSPECIFIED:
    case PortOrder_State_PortOrder_State_INT_MIN_SENTINEL_DO_NOT_USE_:
    case PortOrder_State_PortOrder_State_INT_MAX_SENTINEL_DO_NOT_USE_:
      return {};
  }
  return {};
}

bool Allows(PortOrder::State state, PortAction action) {
  const auto allowed = AllowedActions(state);
  return std::find(allowed.begin(), allowed.end(), action) != allowed.end();
}

PortOrder Shown(PortOrder order) {
  order.clear_allowed_actions();
  for (const PortAction action : AllowedActions(order.state())) order.add_allowed_actions(action);
  return order;
}

bool IsOpen(PortOrder::State state) {
  return state == PortOrder::SUBMITTING || state == PortOrder::PROCESSING ||
         state == PortOrder::CONTACTING_CARRIER || state == PortOrder::TRANSFER_APPROVED ||
         state == PortOrder::TRANSFER_PENDING;
}

bool StandsInLine(PortOrder::State state) { return IsOpen(state) || state == PortOrder::QUEUED; }

void ShowPlace(PortOrder& order, const State& state) {
  if (order.state() != PortOrder::QUEUED) return;
  const auto line = state.lines.find(order.losing_account().facts().account_key());
  if (line == state.lines.end()) return;
  for (const auto& place : line->second) {
    if (place >= std::make_pair(order.queue_ticket(), order.name())) return;
    order.set_queue_position(order.queue_position() + 1);
    order.set_order_ahead(place.second);
  }
}

int IndexOf(const PortOrder& order, const std::string& e164) {
  const auto& numbers = order.numbers();
  const auto found = std::lower_bound(
      numbers.begin(), numbers.end(), e164,
      [](const PortNumber& number, const std::string& text) { return number.e164() < text; });
  if (found == numbers.end() || found->e164() != e164) return -1;
  return static_cast<int>(std::distance(numbers.begin(), found));
}

std::vector<std::string> WaitingNumbers(const PortOrder& order) {
  std::vector<std::string> waiting;
  for (const PortNumber& number : order.numbers()) {
    if (number.state() == PortNumber::WAITING) waiting.push_back(number.e164());
  }
  return waiting;
}

PortType TypeOf(E164 number, const policy::Policy& policy) {
  const Prefix* const prefix = policy.PrefixOf(number);
  return prefix == nullptr ? SUBSCRIBER : TypeOf(*prefix);
}

PortingRefusal Obstacle(E164 number, std::string_view country, PortType type,
                        const policy::Policy& policy, Timestamp at) {
  const Prefix* const prefix = policy.PrefixOf(number);
  if (prefix == nullptr) return PORTED_FROM_OTHER_COUNTRY;
  const std::string_view of = country.empty() ? std::string_view(prefix->iso()) : country;
  if (!IsServed(of, type, policy, at)) return PORTING_NOT_OFFERED;
  if (type == MOBILE && !policy.RulesAt(of, at).mobile_porting()) return MOBILE_NOT_PORTED;
  if (StaysForever(*prefix)) return NUMBER_NEVER_PORTED;
  if (!IsIn(*prefix, of)) return PORTED_FROM_OTHER_COUNTRY;
  if (!Fits(*prefix, type)) return PORT_TYPES_MIXED;
  return PORTING_REFUSAL_UNSPECIFIED;
}

PortHandling HandlingOf(std::string_view country, PortType type, int numbers,
                        const policy::Policy& policy, Timestamp at) {
  const bool of_users = type == SUBSCRIBER || type == MOBILE;
  const bool is_small = static_cast<std::uint32_t>(numbers) <= policy.porting().self_service_max();
  const bool by_machines =
      of_users && is_small && policy.RulesAt(country, at).self_service_porting();
  return by_machines ? SELF_SERVICE : MANUAL;
}

CheckPortabilityResponse Check(const CheckPortabilityRequest& request,
                               const std::set<std::string>& taken, const policy::Policy& policy,
                               Timestamp at) {
  CheckPortabilityResponse response;
  std::map<std::pair<std::string, PortType>, std::vector<std::string>> groups;
  bool any_of_north_america = false;
  for (const std::string& text :
       std::set<std::string>(request.numbers().begin(), request.numbers().end())) {
    const E164 number = *E164::Parse(text);
    const PortType type = TypeOf(number, policy);
    const PortingRefusal reason =
        taken.contains(text) ? NUMBER_ALREADY_HELD : Obstacle(number, "", type, policy, at);
    if (reason == PORTING_REFUSAL_UNSPECIFIED) {
      groups[{std::string(policy.CountryOf(number)), type}].push_back(text);
      any_of_north_america |= type == SUBSCRIBER && text[1] == '1';
    } else {
      PortObstacle& obstacle = *response.add_obstacles();
      obstacle.set_e164(text);
      obstacle.set_reason(reason);
    }
  }
  for (const auto& [kind, numbers] : groups) {
    PortGroup& group = *response.add_groups();
    group.set_country(kind.first);
    group.set_type(kind.second);
    group.set_handling(
        HandlingOf(kind.first, kind.second, static_cast<int>(numbers.size()), policy, at));
    for (const std::string& number : numbers) group.add_numbers(number);
  }
  response.add_unknown(HELD_BY_OTHERS);
  response.add_unknown(LOSING_CARRIER_AGREES);
  if (any_of_north_america) response.add_unknown(MOBILE_OR_NOT);
  return response;
}

inventory::NumberType TypeAfterwards(PortType type) {
  if (type == TOLL) return inventory::TOLL;
  return type == TOLL_FREE ? inventory::TOLL_FREE : inventory::SUBSCRIBER;
}

void Prepare(LosingAccount& account, const policy::Policy& policy, const KeyedHash& hash) {
  StripBlanksAndDashes(*account.mutable_account_number());
  AccountFacts& facts = *account.mutable_facts();
  facts.set_account_key(hash(
      "port account", LowerCase(account.carrier()) + "\n" + LowerCase(account.account_number())));
  facts.set_authorizer_key(SignatureKey(account.authorizer(), hash));
  facts.set_pin_digits(static_cast<std::uint32_t>(account.pin().size()));
  Cut(*account.mutable_company(), policy.porting().company_characters_max());
  Cut(*account.mutable_authorizer(), policy.porting().authorizer_characters_max());
}

std::string SignatureKey(std::string_view signer, const KeyedHash& hash) {
  return hash("port signature", signer);
}

std::string PortOutPinHash(std::string_view organization, std::string_view pin,
                           const KeyedHash& hash) {
  return hash("port-out pin", std::string(organization) + "\n" + std::string(pin));
}

std::variant<LockTransfer, TakeTurn, EscalateOrder> Due(const State& state) {
  const std::string& what = state.deadlines.First()->what;
  if (!state.orders.Has(what)) {
    EscalateOrder escalate;
    escalate.set_port_order(what.substr(0, what.size() - kAnswerDeadline.size()));
    return escalate;
  }
  if (state.orders.Find(what)->state() == PortOrder::QUEUED) {
    TakeTurn turn;
    turn.set_port_order(what);
    return turn;
  }
  LockTransfer lock;
  lock.set_port_order(what);
  return lock;
}

}  // namespace dialtone::porting
