// Users with licences, and places where help can be sent: what stories about assigned numbers need.
#pragma once

#include <string>
#include <vector>

#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/stock/decide.h"
#include "dialtone/emergency/v1/emergency_event.pb.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::inventory {

inline const std::string kAnn = "organizations/contoso/users/ann";
inline const std::string kBob = "organizations/contoso/users/bob";
inline const std::string kOffice = "organizations/contoso/addresses/a1/locations/default";
inline constexpr std::uint64_t kSeattle = 1206555;

inline organizations::v1::UsersCreated UserIn(const std::string& name, const std::string& country) {
  organizations::v1::UsersCreated created;
  created.add_users()->set_name(name);
  created.mutable_users(0)->set_usage_location(country);
  return created;
}

inline licensing::v1::LicensesAssigned Licensed(const std::string& user,
                                                const std::vector<std::string>& skus) {
  licensing::v1::LicensesAssigned assigned;
  assigned.add_users()->set_user(user);
  for (const std::string& sku : skus) assigned.mutable_users(0)->add_skus(sku);
  return assigned;
}

inline emergency::v1::AddressCreated AddressIn(const std::string& country,
                                               emergency::v1::Address::State state) {
  emergency::v1::AddressCreated created;
  auto& address = *created.mutable_address();
  address.set_name("organizations/contoso/addresses/a1");
  address.mutable_civic()->set_country(country);
  address.mutable_civic()->set_city("Seattle");
  address.set_state(state);
  created.mutable_default_location()->set_name(kOffice);
  return created;
}

inline emergency::v1::DisclaimerAccepted Agreed(const std::string& country) {
  emergency::v1::DisclaimerAccepted accepted;
  accepted.set_organization("organizations/contoso");
  accepted.mutable_disclaimer()->set_country(country);
  return accepted;
}

// Ten numbers of Seattle in stock, quota for 65, Ann with licences, an office to send help to.
inline void Prepare(testing::Story& story) {
  story.Given(testing::LicensesAssigned("MCOPSTN1", 50), UserIn(kAnn, "US"),
              Licensed(kAnn, {"MCOEV", "MCOPSTN1"}),
              AddressIn("US", emergency::v1::Address::VALIDATED), Agreed("US"));
  story.GivenFor("numberBlocks/1206555", testing::StockLoaded("+12065550100", "+12065550109"));
}

// Reserved and acquired by the organization.
inline AcquireNumbersResponse AcquiredBy(testing::Story& story, const std::string& organization,
                                         std::uint32_t quantity) {
  const auto reservation = story.When(testing::Reserve(organization, {kSeattle}, quantity), kDecide)
                               .ThenReplied<Reservation>();
  return story.When(testing::Acquire(reservation), kDecide).ThenReplied<AcquireNumbersResponse>();
}

inline AssignNumberRequest Assign(const Number& number, const std::string& user,
                                  const std::string& location = kOffice) {
  AssignNumberRequest request;
  request.set_name(number.name());
  request.set_user(user);
  request.set_location(location);
  return request;
}

template <class Request>
Request Naming(const std::vector<std::string>& numbers,
               const std::string& organization = "organizations/contoso") {
  Request request;
  request.set_parent(organization);
  for (const std::string& number : numbers) request.add_numbers(number);
  return request;
}

// A request that is about one number.
template <class Request>
Request Naming(const Number& number) {
  Request request;
  request.set_name(number.name());
  return request;
}

inline BlockNumberRequest Block(const Number& number, std::uint32_t days = 0) {
  auto request = Naming<BlockNumberRequest>(number);
  request.set_days(days);
  request.set_reason("a feud");
  return request;
}

inline ChangeNumberUseRequest ChangeUse(const Number& number, NumberType type) {
  auto request = Naming<ChangeNumberUseRequest>(number);
  request.set_type(type);
  return request;
}

// A number that came with a port order.
inline NumbersPortedIn Ported(const testing::Story& story, const std::string& number,
                              NumberType type = SUBSCRIBER) {
  NumbersPortedIn ported;
  *ported.add_numbers() =
      PortedNumber("organizations/contoso", *E164::Parse(number), type,
                   "organizations/contoso/portOrders/p1", story.policy(), story.now());
  return ported;
}

inline ReleaseNumbersRequest GiveBack(const std::vector<std::string>& numbers) {
  return Naming<ReleaseNumbersRequest>(numbers);
}

}  // namespace dialtone::inventory
