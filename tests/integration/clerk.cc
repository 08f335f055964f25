#include "tests/integration/clerk.h"

#include <absl/strings/str_format.h>

#include <chrono>
#include <utility>

#include "dialtone/billing/v1/billing_service.pb.h"
#include "dialtone/emergency/v1/address_authority_service.pb.h"
#include "dialtone/emergency/v1/emergency_service.pb.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/porting/v1/porting_service.pb.h"
#include "tests/integration/failure.h"
#include "tests/support/office.h"

namespace dialtone::testing {

namespace {

constexpr std::int64_t kDollars = 1'000;
constexpr std::int64_t kMicros = 1'000'000;
constexpr char kSku[] = "EXCHANGEENTERPRISE";

// A validated address of Seattle; gives its default location.
std::string CreateLocation(Caller& caller, const std::string& organization) {
  emergency::v1::CreateAddressRequest create;
  create.set_parent(organization);
  auto& civic = *create.mutable_civic();
  civic.set_country("US");
  civic.set_region("WA");
  civic.set_city("Seattle");
  civic.set_company("Contoso");
  civic.set_house_number("1");
  civic.set_street("Main St");
  civic.set_postal_code("98101");
  create.set_request_id(MintRequestId());
  const std::string name = caller.Must<emergency::v1::Address>(create).name();

  emergency::v1::ValidateAddressRequest validate;
  validate.set_name(name);
  validate.set_request_id(MintRequestId());
  caller.Must<emergency::v1::Address>(validate);
  emergency::v1::CompleteValidationRequest complete;
  complete.set_name(name);
  complete.mutable_accepted();
  complete.set_request_id(MintRequestId());
  caller.Must<emergency::v1::Address>(complete);
  emergency::v1::AcceptDisclaimerRequest accept;
  accept.set_parent(organization);
  accept.set_country("US");
  accept.set_request_id(MintRequestId());
  caller.Must<emergency::v1::Disclaimer>(accept);
  return name + "/locations/default";
}

// A Wednesday in two or three weeks, as YYYY-MM-DD: late enough for any carrier.
std::string RequestedDate() {
  using std::chrono::days;
  auto day = std::chrono::floor<days>(std::chrono::system_clock::now()) + days(14);
  while (std::chrono::weekday(day) != std::chrono::Wednesday) day += days(1);
  const std::chrono::year_month_day date(day);
  return absl::StrFormat("%04d-%02d-%02d", static_cast<int>(date.year()),
                         static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace

Clerk::Clerk(int index, Caller& caller, Whereabouts& server, Journal& journal)
    : index_(index),
      server_(server),
      journal_(journal),
      chance_(static_cast<std::uint64_t>(index)),
      organization_(CreateOrganization(caller, "clerk-" + std::to_string(index))),
      user_(CreateUser(caller, organization_, "ann")),
      location_(CreateLocation(caller, organization_)) {
  LicenseForCredits(caller, organization_, user_);
  FundCredits(caller, organization_, kDollars);
}

std::int64_t Clerk::funded_micros() const { return kDollars * kMicros; }

int Clerk::Draw(int below) {
  return static_cast<int>(chance_() % static_cast<std::uint64_t>(below));
}

template <class Reply, class Request>
tl::expected<Reply, std::string> Clerk::Ask(Request request) {
  request.set_request_id(MintRequestId());
  const WireAnswer answer = AskUntilAnswered(server_, request, [this](const grpc::Status& status) {
    asked_again_[status.error_code()] = status.error_message();
  });
  const std::string path = PathOf(*Request::descriptor());
  journal_.Add({path, request.SerializeAsString(), answer.Bytes()});
  if (!answer.status.ok()) return tl::unexpected(ReasonOf(answer.status));
  ++accepted_[path.substr(path.rfind('/') + 1)];
  Reply reply;
  reply.ParseFromString(answer.reply);
  return reply;
}

void Clerk::Step() {
  const int drawn = Draw(20);
  if (drawn < 9) return Consume();
  if (drawn < 14) return Buy();
  if (drawn < 18) return TakeNumber();
  PortNumber();
}

void Clerk::Buy() {
  licensing::v1::BuyLicensesRequest request;
  request.set_parent(organization_);
  request.set_sku(kSku);
  request.set_quantity(1);
  if (Ask<licensing::v1::LicensePool>(request)) ++ledger_.licenses;
}

void Clerk::Consume() {
  billing::v1::ConsumeCreditsRequest request;
  request.set_parent(organization_);
  request.set_user(user_);
  request.mutable_amount()->set_currency_code("USD");
  request.mutable_amount()->set_micros(1 + Draw(1'000));
  if (Ask<billing::v1::Consumption>(request)) ledger_.consumed_micros += request.amount().micros();
}

// Reserved in one step, acquired or given back in the next: all clerks ask for the same stock.
void Clerk::TakeNumber() {
  inventory::v1::ReserveNumbersRequest reserve;
  reserve.set_parent(organization_);
  reserve.set_type(inventory::v1::SUBSCRIBER);
  reserve.mutable_area()->set_country("US");
  reserve.mutable_area()->set_area_code("206");
  reserve.set_quantity(1);
  const auto reservation = Ask<inventory::v1::Reservation>(reserve);
  if (!reservation) return;
  if (Draw(3) > 0) {
    inventory::v1::ReleaseReservationRequest release;
    release.set_name(reservation->name());
    Ask<inventory::v1::ReleaseReservationResponse>(release);
    return;
  }
  inventory::v1::AcquireNumbersRequest acquire;
  acquire.set_reservation(reservation->name());
  const auto acquired = Ask<inventory::v1::AcquireNumbersResponse>(acquire);
  if (!acquired) return;
  for (const auto& number : acquired->numbers()) {
    ledger_.numbers[number.name()] = number.location();
    Locate(number.name());
  }
}

void Clerk::Locate(const std::string& number) {
  emergency::v1::AssignEmergencyAddressRequest request;
  request.set_name(number);
  request.set_location(location_);
  if (Ask<inventory::v1::Number>(request)) ledger_.numbers[number] = location_;
}

// Each of an account of its own: an account has one open order.
void Clerk::PortNumber() {
  const std::string number = absl::StrFormat("+1425%03d%04d", 300 + index_, ports_++);
  porting::v1::CreatePortOrderRequest create;
  create.set_parent(organization_);
  create.set_country("US");
  create.set_type(porting::v1::SUBSCRIBER);
  create.set_extent(porting::v1::FULL);
  create.add_numbers(number);
  create.set_requested_date(RequestedDate());
  auto& account = *create.mutable_losing_account();
  account.set_carrier("Fourth Coffee Telecom");
  account.set_account_number(number);
  account.set_company("Contoso");
  account.set_authorizer("Ann Beebe");
  account.set_street("1 Main St");
  account.set_city("Seattle");
  account.set_billing_number(number);
  const auto order = Ask<porting::v1::PortOrder>(create);
  if (!order) return;

  porting::v1::AttachLetterOfAuthorizationRequest sign;
  sign.set_name(order->name());
  sign.set_reference("letters/1.pdf");
  sign.set_sha256(std::string(32, 'h'));
  sign.set_signature("Ann Beebe");
  Ask<porting::v1::PortOrder>(sign);
  porting::v1::SubmitPortOrderRequest submit;
  submit.set_name(order->name());
  const bool is_submitted = Ask<porting::v1::PortOrder>(submit).has_value();
  (is_submitted ? ledger_.port_orders : ledger_.drafts).push_back(order->name());
}

}  // namespace dialtone::testing
