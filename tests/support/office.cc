#include "tests/support/office.h"

#include "controlplane/kernel/check.h"
#include "dialtone/billing/v1/billing_service.pb.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"
#include "dialtone/routing/v1/routing_service.pb.h"
#include "dialtone/stock/v1/stock_service.pb.h"

namespace dialtone::testing {

namespace {

constexpr std::int64_t kMicros = 1'000'000;

void Buy(Caller& caller, const std::string& organization, const std::string& sku) {
  licensing::v1::BuyLicensesRequest request;
  request.set_parent(organization);
  request.set_sku(sku);
  request.set_quantity(1);
  request.set_request_id(MintRequestId());
  caller.Must<licensing::v1::LicensePool>(request);
}

}  // namespace

std::string CreateOrganization(Caller& caller, const std::string& id) {
  organizations::v1::CreateOrganizationRequest request;
  request.set_organization_id(id);
  request.mutable_organization()->set_display_name(id);
  request.mutable_organization()->set_country("US");
  request.set_request_id(MintRequestId());
  return caller.Must<organizations::v1::Organization>(request).name();
}

std::string CreateUser(Caller& caller, const std::string& organization, const std::string& id) {
  organizations::v1::CreateUserRequest request;
  request.set_parent(organization);
  request.set_user_id(id);
  request.mutable_user()->set_display_name("Ann");
  request.mutable_user()->set_usage_location("US");
  request.set_request_id(MintRequestId());
  return caller.Must<organizations::v1::User>(request).name();
}

void LicenseForCredits(Caller& caller, const std::string& organization, const std::string& user) {
  licensing::v1::AssignLicensesRequest assign;
  assign.set_parent(organization);
  assign.add_users(user);
  assign.set_request_id(MintRequestId());
  for (const char* const sku : {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}) {
    Buy(caller, organization, sku);
    assign.add_skus(sku);
  }
  assign.add_skus("MCOPSTNPP");
  const auto assigned = caller.Must<licensing::v1::AssignLicensesResponse>(assign);
  DIALTONE_CHECK(assigned.results(0).status().code() == 0, assigned.ShortDebugString());
}

void FundCredits(Caller& caller, const std::string& organization, std::int64_t dollars) {
  billing::v1::FundCreditsRequest request;
  request.set_parent(organization);
  request.mutable_amount()->set_currency_code("USD");
  request.mutable_amount()->set_micros(dollars * kMicros);
  request.set_request_id(MintRequestId());
  billing::v1::CompletePaymentRequest complete;
  complete.set_name(caller.Must<billing::v1::Payment>(request).name());
  complete.set_result(billing::v1::CompletePaymentRequest::ACCEPTED);
  complete.set_reference("bank-1");
  complete.set_request_id(MintRequestId());
  caller.Must<billing::v1::Payment>(complete);
}

std::string RegisterUsageSource(Caller& caller, const std::string& organization,
                                const std::string& id) {
  billing::v1::RegisterUsageSourceRequest request;
  request.set_parent(organization);
  request.set_usage_source_id(id);
  request.set_request_id(MintRequestId());
  return caller.Must<billing::v1::UsageSource>(request).name();
}

void LoadNumbers(Caller& caller, std::uint64_t first, std::uint32_t count) {
  stock::v1::LoadNumbersRequest request;
  request.set_first("+" + std::to_string(first));
  request.set_last("+" + std::to_string(first + count - 1));
  request.set_type(inventory::v1::SUBSCRIBER);
  request.mutable_area()->set_country("US");
  request.mutable_area()->set_region("WA");
  request.mutable_area()->set_city("Seattle");
  request.mutable_area()->set_area_code("206");
  request.set_request_id(MintRequestId());
  stock::v1::GetNumberBlockRequest block;
  block.set_name(caller.Must<stock::v1::LoadNumbersResponse>(request).block());
  caller.Must<stock::v1::NumberBlock>(block);  // waits until the stock view proposes them
}

void TakeNumbers(Caller& caller, const std::string& organization, std::uint32_t quantity) {
  inventory::v1::ReserveNumbersRequest reserve;
  reserve.set_parent(organization);
  reserve.set_type(inventory::v1::SUBSCRIBER);
  reserve.mutable_area()->set_country("US");
  reserve.mutable_area()->set_area_code("206");
  reserve.set_quantity(quantity);
  reserve.set_request_id(MintRequestId());
  inventory::v1::AcquireNumbersRequest acquire;
  acquire.set_reservation(caller.Must<inventory::v1::Reservation>(reserve).name());
  acquire.set_request_id(MintRequestId());
  caller.Must<inventory::v1::AcquireNumbersResponse>(acquire);
}

void CreateTrunk(Caller& caller, const std::string& organization, const std::string& uri) {
  routing::v1::CreateTrunkRequest request;
  request.set_parent(organization);
  request.mutable_trunk()->set_uri(uri);
  request.set_request_id(MintRequestId());
  caller.Must<routing::v1::Trunk>(request);
}

}  // namespace dialtone::testing
