#include "controlplane/domain/emergency/decide.h"

#include <string>
#include <utility>
#include <vector>

#include "controlplane/domain/emergency/rules.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/policy/policy.h"

namespace dialtone::emergency {

namespace {

struct AddressTag {
  static constexpr const char* kPrefix = "a";
};
struct LocationTag {
  static constexpr const char* kPrefix = "l";
};

tl::unexpected<Rejection> NoAddress(const std::string& name) {
  return tl::unexpected(Reject(ADDRESS_NOT_FOUND, Named{"address", name}));
}

std::string FirstOf(const std::vector<std::string>& numbers) {
  return numbers.empty() ? "" : numbers.front();
}

// An event that carries the address as it is from now on, which is the reply too.
template <class E>
Decision<Address> Changed(Address address) {
  E event;
  *event.mutable_address() = address;
  return Replied(std::move(address), std::move(event));
}

std::vector<std::string> LocationsOf(const State& state, const std::string& address) {
  std::vector<std::string> names;
  const std::string prefix = address + "/";
  for (auto row = state.locations.From(prefix);
       row != state.locations.end() && row->first.starts_with(prefix); ++row) {
    names.push_back(row->first);
  }
  return names;
}

inventory::Number ShownIn(const Organization& organization, const inventory::Number& number,
                          const Context& context) {
  return inventory::Shown(number, inventory::PortOf(number, organization.porting), context.now());
}

Verdict<inventory::v1::Number> AssignThere(const inventory::Number& number,
                                           const AssignEmergencyAddressRequest& request,
                                           const Organization& organization, Context& context) {
  const auto* const user = organizations::FindUser(organization.organizations, request.user());
  if (user == nullptr)
    return tl::unexpected(Reject(organizations::USER_NOT_FOUND, Named{"user", request.user()}));
  const std::string had = inventory::NumberHadBy(organization.inventory, user->name());
  const inventory::Assignment asked{
      number, *user, request.location(), had, organization.licensing, organization.emergency};

  Rules rules = context.rules();
  RequireAssignable(rules, asked, context);
  if (!rules) return rules.refusal();

  inventory::NumberAssigned assigned = Assign(asked, context);
  inventory::NumberLocated located =
      inventory::Locate(assigned.number(), request.location(), context);
  return Replied(ShownIn(organization, located.number(), context), std::move(assigned),
                 std::move(located));
}

}  // namespace

// Saved whether or not anybody knows it: domain.md 5.2.
Verdict<Address> Decide(const CreateAddressRequest& request, const Organization& organization,
                        Context& context) {
  const Malformation& malformation = request.malformation();
  const auto addresses = organization.emergency.addresses.size();
  const auto addresses_max = context.policy().emergency().addresses_max();

  Rules rules = context.rules();
  rules
      .Require(malformation.field().empty(), ADDRESS_MALFORMED,
               Named{"field", malformation.field()}, Named{"rule", malformation.rule()})
      .Require(addresses < addresses_max, TOO_MANY_ADDRESSES, Named{"addresses", addresses},
               Named{"max", addresses_max});
  if (!rules) return rules.refusal();

  AddressCreated created;
  Address& address = *created.mutable_address();
  address.set_name(request.parent() + "/addresses/" + context.NewId<AddressTag>().text());
  *address.mutable_civic() = request.civic();
  address.set_description(request.description());
  address.set_state(Address::NOT_VALIDATED);
  *address.mutable_create_time() = ToProto(context.now());
  created.mutable_default_location()->set_name(address.name() + "/locations/default");
  return Replied(created.address(), created);
}

Verdict<Address> Decide(const ValidateAddressRequest& request, const Organization& organization,
                        Context& context) {
  const Address* const address = organization.emergency.addresses.Find(request.name());
  if (address == nullptr) return NoAddress(request.name());

  Rules rules = context.rules();
  rules
      .Require(address->state() != Address::VALIDATED, ADDRESS_ALREADY_VALIDATED,
               Named{"address", request.name()})
      .Require(address->state() != Address::VALIDATING, VALIDATION_RUNNING,
               Named{"address", request.name()});
  if (!rules) return rules.refusal();

  Address asked = *address;
  asked.set_state(Address::VALIDATING);
  asked.clear_correction();
  asked.clear_rejection();
  *asked.mutable_validate_time() = ToProto(context.now());
  return Changed<ValidationRequested>(std::move(asked));
}

// The authority's three answers: domain.md 5.2.
Verdict<Address> Decide(const CompleteValidationRequest& request, const Organization& organization,
                        Context& context) {
  const Address* const address = organization.emergency.addresses.Find(request.name());
  if (address == nullptr) return NoAddress(request.name());

  Rules rules = context.rules();
  rules.Require(address->state() == Address::VALIDATING, NO_VALIDATION_RUNNING,
                Named{"address", request.name()}, Named{"state", address->state()});
  if (!rules) return rules.refusal();

  Address answered = *address;
  switch (request.result_case()) {
    case CompleteValidationRequest::kAccepted:
      answered.set_state(Address::VALIDATED);
      break;
    case CompleteValidationRequest::kCorrection:
      answered.set_state(Address::CORRECTION_OFFERED);
      *answered.mutable_correction() = request.correction();
      break;
    case CompleteValidationRequest::kRejection:
      answered.set_state(Address::REJECTED);
      answered.set_rejection(request.rejection());
      break;
    case CompleteValidationRequest::RESULT_NOT_SET:
      break;  // no answer, which the door lets through to nobody: the authority is still asked
  }
  return Changed<ValidationCompleted>(std::move(answered));
}

Verdict<Address> Decide(const AcceptCorrectionRequest& request, const Organization& organization,
                        Context& context) {
  const Address* const address = organization.emergency.addresses.Find(request.name());
  if (address == nullptr) return NoAddress(request.name());

  Rules rules = context.rules();
  rules.Require(address->state() == Address::CORRECTION_OFFERED, NO_CORRECTION_OFFERED,
                Named{"address", request.name()}, Named{"state", address->state()});
  if (!rules) return rules.refusal();

  Address corrected = *address;
  *corrected.mutable_civic() = address->correction();
  corrected.clear_correction();
  corrected.set_state(Address::VALIDATED);
  return Changed<CorrectionAccepted>(std::move(corrected));
}

// Not while a number calls from one of its locations: domain.md 5.3.
Verdict<DeleteAddressResponse> Decide(const DeleteAddressRequest& request,
                                      const Organization& organization, Context& context) {
  if (!organization.emergency.addresses.Has(request.name())) return NoAddress(request.name());
  const auto numbers = NumbersOfAddress(organization.inventory, request.name());
  const auto count = numbers.size();
  const auto first = FirstOf(numbers);

  Rules rules = context.rules();
  rules.Require(numbers.empty(), ADDRESS_IN_USE, Named{"numbers", count}, Named{"first", first});
  if (!rules) return rules.refusal();

  AddressDeleted deleted;
  deleted.set_address(request.name());
  for (std::string& name : LocationsOf(organization.emergency, request.name()))
    deleted.add_locations(std::move(name));
  return Replied(DeleteAddressResponse(), std::move(deleted));
}

Verdict<Location> Decide(const CreateLocationRequest& request, const Organization& organization,
                         Context& context) {
  if (!organization.emergency.addresses.Has(request.parent())) return NoAddress(request.parent());
  const auto locations = LocationsOf(organization.emergency, request.parent()).size();
  const auto locations_max = context.policy().emergency().locations_max();

  Rules rules = context.rules();
  rules.Require(locations < locations_max, TOO_MANY_LOCATIONS, Named{"locations", locations},
                Named{"max", locations_max});
  if (!rules) return rules.refusal();

  LocationCreated created;
  created.mutable_location()->set_name(request.parent() + "/locations/" +
                                       context.NewId<LocationTag>().text());
  created.mutable_location()->set_description(request.description());
  return Replied(created.location(), created);
}

Verdict<DeleteLocationResponse> Decide(const DeleteLocationRequest& request,
                                       const Organization& organization, Context& context) {
  if (FindLocation(organization.emergency, request.name()) == nullptr) {
    return tl::unexpected(Reject(LOCATION_NOT_FOUND, Named{"location", request.name()}));
  }
  const auto numbers = NumbersAt(organization.inventory, request.name());
  const auto count = numbers.size();
  const auto first = FirstOf(numbers);

  Rules rules = context.rules();
  rules
      .Require(!request.name().ends_with("/default"), DEFAULT_LOCATION_STAYS,
               Named{"location", request.name()})
      .Require(numbers.empty(), LOCATION_IN_USE, Named{"numbers", count}, Named{"first", first});
  if (!rules) return rules.refusal();

  LocationDeleted deleted;
  deleted.set_location(request.name());
  return Replied(DeleteLocationResponse(), std::move(deleted));
}

Verdict<Disclaimer> Decide(const AcceptDisclaimerRequest& request, const Organization& organization,
                           Context& context) {
  DisclaimerAccepted accepted;
  accepted.set_organization(organization.organizations.organization.get().name());
  accepted.mutable_disclaimer()->set_country(request.country());
  *accepted.mutable_disclaimer()->mutable_accept_time() = ToProto(context.now());
  accepted.mutable_disclaimer()->set_actor(context.actor().name);
  return Replied(accepted.disclaimer(), accepted);
}

// With a user, all that AssignNumber asks for is asked for too, and both happen at once.
Verdict<inventory::v1::Number> Decide(const AssignEmergencyAddressRequest& request,
                                      const Organization& organization, Context& context) {
  const inventory::Number* const number =
      inventory::FindNumber(organization.inventory, request.name());
  if (number == nullptr)
    return tl::unexpected(Reject(inventory::NUMBER_NOT_HELD, Named{"number", request.name()}));
  if (!request.user().empty()) return AssignThere(*number, request, organization, context);

  Rules rules = context.rules();
  RequireFits(rules, organization.emergency, request.location(), *number, context);
  if (!rules) return rules.refusal();

  const inventory::NumberLocated located = inventory::Locate(*number, request.location(), context);
  return Replied(ShownIn(organization, located.number(), context), located);
}

}  // namespace dialtone::emergency
