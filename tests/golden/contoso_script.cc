// What happens in the golden ledger.
#include <gtest/gtest.h>

#include <optional>

#include "controlplane/domain/billing/decide.h"
#include "controlplane/domain/emergency/decide.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/licensing/decide.h"
#include "controlplane/domain/organizations/decide.h"
#include "controlplane/domain/porting/decide.h"
#include "controlplane/domain/routing/decide.h"
#include "controlplane/domain/stock/decide.h"
#include "controlplane/engine/runtime/clock.h"
#include "controlplane/engine/runtime/decide_on.h"
#include "tests/golden/contoso_ledger.h"
#include "tests/support/licenses.h"
#include "tests/support/numbers.h"
#include "tests/support/ports.h"

namespace dialtone::golden {

namespace {

constexpr std::uint64_t kSeattle = 1'206'555;
// 1 December 2018: the tables' first rows hold.
const Timestamp kStart = Timestamp::Micros(1'543'622'400'000'000);

class Play {
 public:
  Play() {
    ledger_.node().partition(0).Assign(clock_.Now());
    ledger_.Settle(clock_.Now());
  }

  // A client's command, and all that follows from it.
  template <class Reply, class Request, class DecideFn>
  Reply Do(const Request& request, DecideFn decide) {
    Reply reply;
    const auto answer = Submit<Organization>(testing::kContoso, request, decide);
    EXPECT_FALSE(answer.has_refusal()) << answer.refusal().ShortDebugString();
    EXPECT_TRUE(reply.ParseFromString(answer.reply()));
    return reply;
  }
  template <class Request, class DecideFn>
  std::string Refused(const Request& request, DecideFn decide) {
    return Submit<Organization>(testing::kContoso, request, decide).refusal().reason();
  }
  void Load(const stock::v1::LoadNumbersRequest& request) {
    Submit<NumberBlock>("numberBlocks/" + std::to_string(kSeattle), request, stock::kDecide);
  }
  // What is due meanwhile happens.
  void Wait(Duration span) {
    clock_.Advance(span);
    ledger_.Settle(clock_.Now());
  }
  Records End() {
    ledger_.node().partition(0).Leave();
    ledger_.Settle(clock_.Now());
    return ledger_.records();
  }

 private:
  template <class A, class Request, class DecideFn>
  ledger::v1::Answer Submit(std::string_view key, const Request& request, DecideFn decide) {
    const KeyOf<A> typed{AggregateKey(std::string(key))};
    return Run(
        typed.key,
        engine::DecideOn<A>(
            typed, [request, decide](const A& aggregate, Context& context) -> engine::Decided {
              if (auto refused = Admit(request, aggregate))
                return tl::unexpected(std::move(*refused));
              return engine::ToOutcome(decide(request, aggregate, context), context.request_id());
            }));
  }

  ledger::v1::Answer Run(const AggregateKey& key, engine::DecideFunction decide) {
    clock_.Advance(Duration::Millis(1'500));
    ledger::v1::Request request;
    request.set_id(testing::RequestIdAt(clock_.Now(), ++requests_));
    request.set_body_hash(std::string(16, static_cast<char>(requests_)));
    request.set_actor("users/clerk");
    std::optional<ledger::v1::Answer> heard;
    ledger_.node().Submit(engine::Command::FromClient(
        key, std::move(request), engine::Mode::kCommit, std::move(decide),
        [&](const ledger::v1::Answer& answer, const engine::Token&) { heard = answer; }));
    ledger_.Settle(clock_.Now());
    EXPECT_TRUE(heard.has_value()) << "nobody has answered";
    return heard.value_or(ledger::v1::Answer());
  }

  engine::SimulatedClock clock_{kStart};
  OnePartition ledger_;
  std::uint64_t requests_ = 0;
};

template <class Request>
Request OfContoso() {
  Request request;
  request.set_parent(std::string(testing::kContoso));
  return request;
}

void GetLicenses(Play& play) {
  organizations::v1::CreateOrganizationRequest create;
  create.set_organization_id("contoso");
  create.mutable_organization()->set_display_name("Contoso");
  create.mutable_organization()->set_country("US");
  play.Do<organizations::v1::Organization>(create, organizations::kDecide);
  for (const std::string sku : {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"})
    play.Do<licensing::v1::LicensePool>(testing::Buy(sku, 5), licensing::kDecide);
  for (const std::string id : {"ann", "bob"}) {
    auto user = OfContoso<organizations::v1::CreateUserRequest>();
    user.set_user_id(id);
    user.mutable_user()->set_usage_location("US");
    user.mutable_user()->mutable_sealed()->set_masked("A… B…");
    play.Do<organizations::v1::User>(user, organizations::kDecide);
  }
  play.Do<licensing::v1::AssignLicensesResponse>(
      testing::Assign({"ann", "bob"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}), licensing::kDecide);
}

// The address of an office that help can be sent to.
emergency::v1::Address GetAddress(Play& play) {
  using emergency::v1::Address;
  auto create = OfContoso<emergency::v1::CreateAddressRequest>();
  create.mutable_civic()->set_country("US");
  create.mutable_civic()->set_city("Seattle");
  create.mutable_civic()->set_company("Contoso");
  const auto address = play.Do<Address>(create, emergency::kDecide);
  emergency::v1::ValidateAddressRequest validate;
  validate.set_name(address.name());
  play.Do<Address>(validate, emergency::kDecide);
  emergency::v1::CompleteValidationRequest complete;
  complete.set_name(address.name());
  complete.mutable_accepted();
  auto accept = OfContoso<emergency::v1::AcceptDisclaimerRequest>();
  accept.set_country("US");
  play.Do<emergency::v1::Disclaimer>(accept, emergency::kDecide);
  return play.Do<Address>(complete, emergency::kDecide);
}

// Three numbers are acquired, one of them used; two more are reserved and forgotten.
void GetNumbers(Play& play, const emergency::v1::Address& address) {
  using inventory::v1::Reservation;
  const auto reservation =
      play.Do<Reservation>(testing::Reserve("contoso", {kSeattle}, 3), inventory::kDecide);
  const auto acquired = play.Do<inventory::v1::AcquireNumbersResponse>(
      testing::Acquire(reservation), inventory::kDecide);
  ASSERT_EQ(acquired.numbers_size(), 3);
  inventory::v1::AssignNumberRequest assign;
  assign.set_name(acquired.numbers(0).name());
  assign.set_user(testing::UserOf("ann"));
  assign.set_location(address.name() + "/locations/default");
  play.Do<inventory::v1::Number>(assign, inventory::kDecide);
  EXPECT_EQ(play.Refused(testing::Reserve("contoso", {kSeattle}, 100), inventory::kDecide),
            "QUOTA_EXCEEDED");
  EXPECT_EQ(play.Refused(testing::Reserve("contoso", {kSeattle}, 8), inventory::kDecide),
            "STOCK_EXHAUSTED");
  play.Do<Reservation>(testing::Reserve("contoso", {kSeattle}, 2), inventory::kDecide);
  play.Wait(Duration::Minutes(10));
  auto release = OfContoso<inventory::v1::ReleaseNumbersRequest>();
  release.add_numbers(acquired.numbers(2).e164());
  play.Do<inventory::v1::Release>(release, inventory::kDecide);
}

void GetTheRest(Play& play) {
  auto fund = OfContoso<billing::v1::FundCreditsRequest>();
  fund.mutable_amount()->set_currency_code("USD");
  fund.mutable_amount()->set_micros(100'000'000);
  const auto payment = play.Do<billing::v1::Payment>(fund, billing::kDecide);
  billing::v1::CompletePaymentRequest complete;
  complete.set_name(payment.name());
  complete.set_result(billing::v1::CompletePaymentRequest::ACCEPTED);
  complete.set_reference("ref-1");
  play.Do<billing::v1::Payment>(complete, billing::kDecide);
  auto trunk = OfContoso<routing::v1::CreateTrunkRequest>();
  trunk.mutable_trunk()->set_uri("sips:sbc.contoso.example");
  play.Do<routing::v1::Trunk>(trunk, routing::kDecide);
  play.Do<porting::v1::PortOrder>(testing::PortIn({"+14255550100"}), porting::kDecide);
}

}  // namespace

Records PlayContoso() {
  Play play;
  stock::v1::LoadNumbersRequest load;
  load.set_first("+12065550100");
  load.set_last("+12065550109");
  load.set_type(inventory::v1::SUBSCRIBER);
  *load.mutable_area() = testing::StockLoaded("+12065550100", "+12065550109").area();
  play.Load(load);
  GetLicenses(play);
  GetNumbers(play, GetAddress(play));
  GetTheRest(play);
  return play.End();
}

}  // namespace dialtone::golden
