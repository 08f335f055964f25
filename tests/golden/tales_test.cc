// Stories for people to read: tests/golden/tales.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controlplane/domain/emergency/decide.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/licensing/decide.h"
#include "controlplane/domain/organizations/decide.h"
#include "controlplane/domain/stock/decide.h"
#include "tests/golden/tale.h"

namespace dialtone::golden {
namespace {

using emergency::v1::Address;
using inventory::v1::AcquireNumbersResponse;
using inventory::v1::Number;
using inventory::v1::Reservation;
using licensing::v1::AssignLicensesResponse;

// An organization, where it is, and where its numbers are.
struct Customer {
  std::string id;
  std::string country;
  std::string city;
  std::uint64_t block;
  std::string name() const { return "organizations/" + id; }
  std::string user() const { return name() + "/users/ann"; }
};
const Customer kContoso{"contoso", "US", "Seattle", 1206555};
const Customer kFabrikam{"fabrikam", "GB", "London", 44207946};
const Customer kLitware{"litware", "DE", "Berlin", 49302312};

void Load(Tale& tale, const Customer& customer) {
  stock::v1::LoadNumbersRequest request;
  const std::string prefix = "+" + std::to_string(customer.block);
  request.set_first(prefix + "0100");
  request.set_last(prefix + "0109");
  request.set_type(inventory::v1::SUBSCRIBER);
  request.mutable_area()->set_country(customer.country);
  request.mutable_area()->set_city(customer.city);
  tale.Do<stock::v1::LoadNumbersResponse>(request, stock::kDecide);
}

void License(Tale& tale, const Customer& customer) {
  organizations::v1::CreateUserRequest create;
  create.set_parent(customer.name());
  create.set_user_id("ann");
  create.mutable_user()->set_usage_location(customer.country);
  tale.Do<organizations::v1::User>(create, organizations::kDecide);
  licensing::v1::AssignLicensesRequest assign;
  assign.set_parent(customer.name());
  assign.add_users(customer.user());
  for (const char* const sku : {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}) {
    licensing::v1::BuyLicensesRequest buy;
    buy.set_parent(customer.name());
    buy.set_sku(sku);
    buy.set_quantity(3);
    tale.Do<licensing::v1::LicensePool>(buy, licensing::kDecide);
    assign.add_skus(sku);
  }
  tale.Do<AssignLicensesResponse>(assign, licensing::kDecide);
}

// Of the office; gives its default location.
std::string Validate(Tale& tale, const Customer& customer) {
  emergency::v1::CreateAddressRequest create;
  create.set_parent(customer.name());
  create.mutable_civic()->set_country(customer.country);
  create.mutable_civic()->set_city(customer.city);
  create.mutable_civic()->set_company(customer.id);
  const auto address = tale.Do<Address>(create, emergency::kDecide);
  emergency::v1::ValidateAddressRequest validate;
  validate.set_name(address.name());
  tale.Do<Address>(validate, emergency::kDecide);
  emergency::v1::CompleteValidationRequest complete;
  complete.set_name(address.name());
  complete.mutable_accepted();
  tale.Do<Address>(complete, emergency::kDecide);
  return address.name() + "/locations/default";
}

Reservation Reserve(Tale& tale, const Customer& customer) {
  inventory::v1::ReserveNumbersRequest request;
  request.set_parent(customer.name());
  request.set_type(inventory::v1::SUBSCRIBER);
  request.mutable_area()->set_country(customer.country);
  request.mutable_area()->set_city(customer.city);
  request.set_quantity(2);
  request.add_blocks(customer.block);
  return tale.Do<Reservation>(request, inventory::kDecide);
}

inventory::v1::AcquireNumbersRequest Acquire(const Reservation& reservation,
                                             const std::string& location = "") {
  inventory::v1::AcquireNumbersRequest request;
  request.set_reservation(reservation.name());
  request.set_location(location);
  return request;
}

emergency::v1::AssignEmergencyAddressRequest Assign(const Customer& customer, const Number& number,
                                                    const std::string& location) {
  emergency::v1::AssignEmergencyAddressRequest request;
  request.set_name(inventory::NumberName(customer.name(), *E164::Parse(number.e164())));
  request.set_location(location);
  request.set_user(customer.user());
  return request;
}

void CreateOrganization(Tale& tale, const Customer& customer) {
  organizations::v1::CreateOrganizationRequest request;
  request.set_organization_id(customer.id);
  request.mutable_organization()->set_country(customer.country);
  request.mutable_organization()->set_display_name(customer.id);
  tale.Do<organizations::v1::Organization>(request, organizations::kDecide);
}

// Where numbers come with an address, it is due before they come.
Number NumberWithAddress(Tale& tale, const Customer& customer) {
  CreateOrganization(tale, customer);
  Load(tale, customer);
  License(tale, customer);
  const auto reservation = Reserve(tale, customer);
  tale.Refused(Acquire(reservation), inventory::kDecide);
  const std::string office = Validate(tale, customer);
  const auto acquired =
      tale.Do<AcquireNumbersResponse>(Acquire(reservation, office), inventory::kDecide);
  return tale.Do<Number>(Assign(customer, acquired.numbers(0), office), emergency::kDecide);
}

// Where it is due when somebody gets the number.
Number NumberWithUser(Tale& tale, const Customer& customer) {
  Load(tale, customer);
  License(tale, customer);
  const auto acquired =
      tale.Do<AcquireNumbersResponse>(Acquire(Reserve(tale, customer)), inventory::kDecide);
  const std::string office = Validate(tale, customer);
  const auto assign = Assign(customer, acquired.numbers(0), office);
  tale.Refused(assign, emergency::kDecide);
  emergency::v1::AcceptDisclaimerRequest accept;
  accept.set_parent(customer.name());
  accept.set_country(customer.country);
  tale.Do<emergency::v1::Disclaimer>(accept, emergency::kDecide);
  return tale.Do<Number>(assign, emergency::kDecide);
}

TEST(Tales, OfThreeOrganizationsFromNothingToAUserWhoCalls) {
  Tale tale("three_organizations");
  tale.Says("Contoso, in the United States: the address is due when Ann gets the number.");
  EXPECT_EQ(NumberWithUser(tale, kContoso).state(), Number::ASSIGNED);
  tale.Says("Fabrikam, in the United Kingdom: a number comes with an address.");
  EXPECT_EQ(NumberWithAddress(tale, kFabrikam).state(), Number::ASSIGNED);
  tale.Says("Litware, in Germany: and the address must be where the area code is.");
  EXPECT_EQ(NumberWithAddress(tale, kLitware).state(), Number::ASSIGNED);
  tale.End();
}

TEST(Tales, OfALicenceThatIsLost) {
  Tale tale("lost_licence");
  tale.Quietly();
  const auto number = NumberWithUser(tale, kContoso);
  licensing::v1::UnassignLicensesRequest unassign;
  unassign.set_parent(kContoso.name());
  unassign.add_users(kContoso.user());
  unassign.add_skus("MCOEV");
  tale.Says(
      "Ann has a plan and a number. Phone System is to be taken from her: it does not go from "
      "under them.");
  tale.Do<licensing::v1::UnassignLicensesResponse>(unassign, licensing::kDecide);
  tale.Says("What would go along? A dry run tells, and changes nothing.");
  unassign.set_cascade(true);
  tale.story().DryRun();
  tale.Do<licensing::v1::UnassignLicensesResponse>(unassign, licensing::kDecide);
  tale.Says("So be it.");
  tale.Do<licensing::v1::UnassignLicensesResponse>(unassign, licensing::kDecide);
  const auto* const left =
      inventory::FindNumber(tale.story().organization().inventory, number.name());
  ASSERT_NE(left, nullptr) << "the number stays the organization's";
  EXPECT_EQ(left->state(), Number::UNASSIGNED);
  tale.Says("A new plan, and the number is hers again.");
  licensing::v1::AssignLicensesRequest assign;
  assign.set_parent(kContoso.name());
  assign.add_users(kContoso.user());
  assign.add_skus("MCOEV");
  assign.add_skus("MCOPSTN1");
  tale.Do<AssignLicensesResponse>(assign, licensing::kDecide);
  tale.Do<Number>(Assign(kContoso, number, number.location()), emergency::kDecide);
  tale.End();
}

TEST(Tales, OfAReleaseThatWasAMistake) {
  Tale tale("accidental_release");
  tale.Quietly();
  const auto number = NumberWithUser(tale, kContoso);
  inventory::v1::ReleaseNumbersRequest release;
  release.set_parent(kContoso.name());
  release.add_numbers(number.e164());
  tale.Says("Ann has a number. Somebody cleans up: a number that is used does not go.");
  tale.Refused(release, inventory::kDecide);
  inventory::v1::UnassignNumberRequest unassign;
  unassign.set_name(number.name());
  tale.Do<Number>(unassign, inventory::kDecide);
  tale.Do<inventory::v1::Release>(release, inventory::kDecide);
  tale.Says("A day later Ann asks for her number. It rests, and nobody else can have it.");
  tale.Wait(Duration::Days(1), "a day");
  inventory::v1::RestoreNumbersRequest restore;
  restore.set_parent(kContoso.name());
  restore.add_numbers(number.e164());
  tale.Do<inventory::v1::RestoreNumbersResponse>(restore, inventory::kDecide);
  tale.Do<Number>(Assign(kContoso, number, number.location()), emergency::kDecide);
  tale.End();
}

}  // namespace
}  // namespace dialtone::golden
