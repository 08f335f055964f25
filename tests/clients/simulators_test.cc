// Which answers the simulators give, and when; without a server.
#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "clients/cpp/methods.h"
#include "clients/simulators/activation.h"
#include "clients/simulators/authority.h"
#include "clients/simulators/carrier.h"
#include "clients/simulators/rules.h"
#include "dialtone/emergency/v1/address_authority_service.pb.h"
#include "dialtone/inventory/v1/provisioning_service.pb.h"
#include "dialtone/porting/v1/carrier_service.pb.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::clients::simulators {
namespace {

using emergency::v1::Address;
using emergency::v1::CompleteValidationRequest;
using porting::v1::PortNumber;
using porting::v1::PortOrder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = PortScript::Kind;
using Times = PortScript::Times;

WallTime At(const std::string& time) {
  absl::Time parsed;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, time, &parsed, nullptr));
  return WallTime(std::chrono::microseconds(absl::ToUnixMicros(parsed)));
}

const WallTime kSubmitted = At("2026-11-23T12:00:00Z");
const WallTime kTransfer = At("2026-12-09T17:00:00Z");

PortOrder OrderIn(PortOrder::State state, int numbers = 3) {
  PortOrder order;
  order.set_name("organizations/contoso/portOrders/p1");
  order.set_etag("7");
  order.set_state(state);
  order.set_requested_date("2026-12-09");
  *order.mutable_submit_time() = ToProto(kSubmitted);
  if (state == PortOrder::CONTACTING_CARRIER) order.set_answer_due_date("2026-11-30");
  if (state == PortOrder::TRANSFER_APPROVED || state == PortOrder::TRANSFER_PENDING)
    *order.mutable_transfer_time() = ToProto(kTransfer);
  for (int i = 0; i < numbers; ++i) {
    PortNumber& number = *order.add_numbers();
    number.set_e164("+1425555010" + std::to_string(i));
    number.set_state(PortNumber::WAITING);
  }
  return order;
}

Plan PlanOf(const PortOrder& order, const std::string& script, WallTime now = kSubmitted,
            Past past = Past::kClean) {
  return PlanFor(order, ParsePortScript(script).value(), past, now);
}

// The only answer, of that type.
template <class Request>
Request TheOnly(const Plan& plan) {
  EXPECT_THAT(plan.deeds, SizeIs(1));
  const auto* const request =
      plan.deeds.empty() ? nullptr : dynamic_cast<const Request*>(plan.deeds[0].request.get());
  EXPECT_NE(request, nullptr);
  return request == nullptr ? Request() : *request;
}

TEST(PortScripts, AreReadAsTheyAreWritten) {
  for (const char* const text :
       {"accept", "never", "partly", "late", "reject-ACCOUNT_MISMATCH", "revoke-ACCOUNT_FROZEN",
        "reject-once-WRONG_PIN", "revoke-once-ORDER_UNDER_WAY"}) {
    const auto script = ParsePortScript(text);
    ASSERT_TRUE(script.has_value()) << text;
    EXPECT_EQ(TextOf(*script), text);
  }
}

TEST(PortScripts, ThatAreNoneAreRefusedWithWhatThereIs) {
  for (const char* const text :
       {"", "yes", "reject", "reject-NOBODY", "reject-once", "reject-PORT_REJECTION_UNSPECIFIED",
        "accept-once", "never-WRONG_PIN", "reject-WRONG_PIN-once"}) {
    const auto script = ParsePortScript(text);
    ASSERT_FALSE(script.has_value()) << text;
    EXPECT_THAT(script.error(), HasSubstr("accept, never, partly, late"));
  }
}

TEST(CarrierRules, ChooseTheScriptByTheAccountNumber) {
  const auto rules = CarrierRules();
  EXPECT_EQ(rules.Of("4711"), PortScript());
  EXPECT_EQ(TextOf(rules.Of("4004")), "reject-ACCOUNT_MISMATCH");
  EXPECT_EQ(TextOf(rules.Of("4113")), "reject-once-WRONG_PIN");
  EXPECT_EQ(TextOf(rules.Of("4210")), "revoke-ACCOUNT_FROZEN");
  EXPECT_EQ(TextOf(rules.Of("4301")), "revoke-once-NAME_MISMATCH");
  EXPECT_EQ(TextOf(rules.Of("44-01")), "partly");
  EXPECT_EQ(TextOf(rules.Of("4402")), "never");
  EXPECT_EQ(TextOf(rules.Of("4403")), "late");
  EXPECT_EQ(rules.Of("4000"), PortScript()) << "no cause has the number 0";
}

TEST(CarrierRules, HaveAnAccountForEveryCause) {
  const auto rules = CarrierRules();
  for (int cause = 1; cause <= porting::v1::PortRejection_MAX; ++cause)
    EXPECT_EQ(rules.Of(std::to_string(4000 + cause)).cause, cause);
}

TEST(Rules, TakeThePlaceOfThoseBefore) {
  Rules<PortScript> rules = CarrierRules();
  ASSERT_TRUE(rules.Add("4402 = partly"));
  ASSERT_TRUE(rules.Add("AB-12=never"));
  EXPECT_EQ(rules.Of("4402").kind, Kind::kPartly);
  EXPECT_EQ(rules.Of("ab 12").kind, Kind::kNever);
  ASSERT_TRUE(rules.Add("*=late"));
  EXPECT_EQ(rules.Of("4711").kind, Kind::kLate);
  EXPECT_EQ(rules.Of("4402").kind, Kind::kPartly);
}

TEST(Rules, ThatAreNoneAreRefused) {
  Rules<PortScript> rules(ParsePortScript);
  EXPECT_EQ(rules.Add("4402").error(), "a rule is KEY=SCRIPT, not 4402");
  EXPECT_FALSE(rules.Add("=never"));
  EXPECT_FALSE(rules.Add("4402="));
  EXPECT_FALSE(rules.Add("4402=sometimes"));
}

TEST(Rules, ComeFromAFileLineByLine) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "rules") << "# of a test\n\n  4402=never \n*=accept\n";
  EXPECT_THAT(*ReadRules(folder.path() / "rules"), ElementsAre("4402=never", "*=accept"));
  EXPECT_THAT(ReadRules(folder.path() / "none").error(), HasSubstr("cannot be read"));
}

TEST(Carrier, AcceptsEveryOrderByTheEtagThatItSaw) {
  for (const char* const script : {"accept", "never", "reject-WRONG_PIN", "late"}) {
    const Plan plan = PlanOf(OrderIn(PortOrder::PROCESSING), script);
    EXPECT_EQ(TheOnly<porting::v1::AcceptOrderRequest>(plan).etag(), "7") << script;
  }
}

TEST(Carrier, CommitsToTheDayThatIsAskedFor) {
  const Plan plan = PlanOf(OrderIn(PortOrder::CONTACTING_CARRIER), "accept");
  const auto confirm = TheOnly<porting::v1::ConfirmFirmOrderCommitmentRequest>(plan);
  EXPECT_EQ(FromProto(confirm.transfer_time()), kTransfer);
  EXPECT_EQ(confirm.etag(), "7");
}

TEST(Carrier, CommitsToTheNextDayIfTheOneThatIsAskedForIsOver) {
  const Plan plan = PlanOf(OrderIn(PortOrder::CONTACTING_CARRIER), "accept", kTransfer);
  EXPECT_EQ(
      FromProto(TheOnly<porting::v1::ConfirmFirmOrderCommitmentRequest>(plan).transfer_time()),
      At("2026-12-10T17:00:00Z"));
}

TEST(Carrier, AgreesToAnotherDayAndOtherwiseKeepsItsWord) {
  PortOrder order = OrderIn(PortOrder::TRANSFER_APPROVED);
  EXPECT_THAT(PlanOf(order, "accept").deeds, IsEmpty());
  order.set_requested_date("2026-12-15");
  EXPECT_EQ(
      FromProto(TheOnly<porting::v1::ConfirmFirmOrderCommitmentRequest>(PlanOf(order, "accept"))
                    .transfer_time()),
      At("2026-12-15T17:00:00Z"));
  order.set_requested_date("2026-11-20");
  EXPECT_THAT(PlanOf(order, "accept").deeds, IsEmpty()) << "that day is over";
}

TEST(Carrier, RejectsForTheCauseOfItsScript) {
  const PortOrder order = OrderIn(PortOrder::CONTACTING_CARRIER);
  EXPECT_EQ(TheOnly<porting::v1::RejectOrderRequest>(PlanOf(order, "reject-WRONG_PIN")).rejection(),
            porting::v1::WRONG_PIN);
}

TEST(Carrier, SaysNoOnceIfItsScriptSaysSo) {
  const PortOrder order = OrderIn(PortOrder::CONTACTING_CARRIER);
  EXPECT_TRUE(NeedsPast(*ParsePortScript("reject-once-WRONG_PIN")));
  EXPECT_FALSE(NeedsPast(*ParsePortScript("reject-WRONG_PIN")));
  TheOnly<porting::v1::RejectOrderRequest>(PlanOf(order, "reject-once-WRONG_PIN"));
  TheOnly<porting::v1::ConfirmFirmOrderCommitmentRequest>(
      PlanOf(order, "reject-once-WRONG_PIN", kSubmitted, Past::kRejected));
}

TEST(Carrier, TakesItsWordBack) {
  TheOnly<porting::v1::ConfirmFirmOrderCommitmentRequest>(
      PlanOf(OrderIn(PortOrder::CONTACTING_CARRIER), "revoke-ACCOUNT_FROZEN"));
  const Plan plan = PlanOf(OrderIn(PortOrder::TRANSFER_APPROVED), "revoke-ACCOUNT_FROZEN");
  EXPECT_EQ(TheOnly<porting::v1::RejectOrderRequest>(plan).rejection(),
            porting::v1::ACCOUNT_FROZEN);
}

TEST(Carrier, NeverAnswersIfItsScriptSaysSo) {
  const Plan plan = PlanOf(OrderIn(PortOrder::CONTACTING_CARRIER), "never");
  EXPECT_THAT(plan.deeds, IsEmpty());
  EXPECT_EQ(plan.again, std::nullopt);
}

TEST(Carrier, IsLateByADay) {
  const PortOrder order = OrderIn(PortOrder::CONTACTING_CARRIER);
  const Plan early = PlanOf(order, "late", At("2026-11-30T23:59:59Z"));
  EXPECT_THAT(early.deeds, IsEmpty());
  EXPECT_EQ(early.again, At("2026-12-01T00:00:00Z"));
  TheOnly<porting::v1::ConfirmFirmOrderCommitmentRequest>(PlanOf(order, "late", *early.again));
}

TEST(Carrier, MovesNoNumberBeforeTheTransferBegins) {
  const Plan early = PlanOf(OrderIn(PortOrder::TRANSFER_PENDING), "accept",
                            kTransfer - std::chrono::microseconds(1));
  EXPECT_THAT(early.deeds, IsEmpty());
  EXPECT_EQ(early.again, kTransfer);
  EXPECT_THAT(PlanOf(OrderIn(PortOrder::TRANSFER_PENDING), "accept", kTransfer).deeds, SizeIs(3));
}

TEST(Carrier, LeavesEveryThirdNumberIfItsScriptSaysSo) {
  PortOrder order = OrderIn(PortOrder::TRANSFER_PENDING, 7);
  order.mutable_numbers(5)->set_state(PortNumber::FAILED);
  order.mutable_numbers(6)->set_state(PortNumber::TRANSFERRED);
  std::vector<std::string> failed;
  std::vector<std::string> moved;
  for (const Deed& deed : PlanOf(order, "partly", kTransfer).deeds) {
    if (const auto* fail = dynamic_cast<const porting::v1::FailNumberRequest*>(deed.request.get()))
      failed.push_back(fail->e164());
    if (const auto* done =
            dynamic_cast<const porting::v1::CompleteNumberRequest*>(deed.request.get()))
      moved.push_back(done->e164());
  }
  EXPECT_THAT(failed, ElementsAre("+14255550102"));
  EXPECT_THAT(moved, ElementsAre("+14255550100", "+14255550101", "+14255550103", "+14255550104"));
}

TEST(Carrier, HasNothingToDoWithOrdersThatAreNotItsOwn) {
  for (const auto state : {PortOrder::DRAFT, PortOrder::SUBMITTING, PortOrder::ERROR,
                           PortOrder::COMPLETED, PortOrder::CANCELLED})
    EXPECT_THAT(PlanOf(OrderIn(state), "accept", kTransfer).deeds, IsEmpty()) << state;
}

// What makes a carrier that was killed repeat itself instead of answering twice.
TEST(Carrier, MakesTheSameRequestIdOfTheSameAnswerOnly) {
  const auto id_of = [](const Deed& deed) { return MintRequestId(deed.issued, deed.key); };
  const PortOrder order = OrderIn(PortOrder::PROCESSING);
  const std::string id = id_of(PlanOf(order, "accept").deeds[0]);
  EXPECT_EQ(id_of(PlanOf(order, "accept", kTransfer).deeds[0]), id) << "whenever that is";
  PortOrder changed = order;
  changed.set_etag("8");
  EXPECT_NE(id_of(PlanOf(changed, "accept").deeds[0]), id);
  PortOrder other = order;
  other.set_name("organizations/contoso/portOrders/p2");
  EXPECT_NE(id_of(PlanOf(other, "accept").deeds[0]), id);
  const PortOrder asked = OrderIn(PortOrder::CONTACTING_CARRIER);
  EXPECT_NE(id_of(PlanOf(asked, "accept").deeds[0]),
            id_of(PlanOf(asked, "reject-WRONG_PIN").deeds[0]));
}

// Each settled number gives the order another etag, and must not make the others' ids new.
TEST(Carrier, MakesTheSameRequestIdOfANumberWhateverBecameOfTheOthers) {
  PortOrder order = OrderIn(PortOrder::TRANSFER_PENDING);
  const auto all = PlanOf(order, "accept", kTransfer).deeds;
  std::set<std::string> keys;
  for (const Deed& deed : all) keys.insert(deed.key);
  EXPECT_THAT(keys, SizeIs(3));
  order.set_etag("8");
  order.mutable_numbers(0)->set_state(PortNumber::TRANSFERRED);
  const auto left = PlanOf(order, "accept", kTransfer + std::chrono::hours(1)).deeds;
  ASSERT_THAT(left, SizeIs(2));
  EXPECT_EQ(left[0].key, all[1].key);
  EXPECT_EQ(left[0].issued, all[1].issued);
}

TEST(RequestIds, AreTheSameForTheSameDeedAndTime) {
  const std::string id = MintRequestId(kSubmitted, "a deed");
  EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                        "[0-9a-f]{12}"));
  EXPECT_EQ(MintRequestId(kSubmitted, "a deed"), id);
  EXPECT_NE(MintRequestId(kSubmitted, "another deed"), id);
  EXPECT_NE(MintRequestId(kTransfer, "a deed"), id);
  EXPECT_EQ(id.substr(0, 13), MintRequestId(kSubmitted).substr(0, 13)) << "the time stands in it";
}

inventory::v1::Number NumberThat(const std::string& e164, inventory::v1::Activation::State state) {
  inventory::v1::Number number;
  number.set_name("organizations/contoso/numbers/" + e164.substr(1));
  number.set_e164(e164);
  number.mutable_activation()->set_state(state);
  number.mutable_activation()->set_etag("e1");
  *number.mutable_activation()->mutable_request_time() = ToProto(kSubmitted);
  return number;
}

TEST(Carrier, ActivatesANumberUnlessItsLastDigitsSayOtherwise) {
  using inventory::v1::Activation;
  using inventory::v1::CompleteActivationRequest;
  using inventory::v1::FailActivationRequest;
  for (const auto state : {Activation::ASSIGNMENT_PENDING, Activation::UPDATE_PENDING}) {
    const auto done = PlanFor(NumberThat("+12065550100", state));
    EXPECT_EQ(TheOnly<CompleteActivationRequest>(done).etag(), "e1");
    const auto failed = PlanFor(NumberThat("+12065550198", state));
    EXPECT_EQ(TheOnly<FailActivationRequest>(failed).problem(), Activation::LOCATION_UNKNOWN);
    EXPECT_THAT(PlanFor(NumberThat("+12065550197", state)).deeds, SizeIs(0));
  }
  EXPECT_THAT(PlanFor(NumberThat("+12065550100", Activation::ACTIVATED)).deeds, SizeIs(0));
}

TEST(Carrier, RepeatsItselfForOneActivationAndNotForTheNext) {
  auto number = NumberThat("+12065550100", inventory::v1::Activation::UPDATE_PENDING);
  const std::string key = PlanFor(number).deeds.at(0).key;
  EXPECT_EQ(PlanFor(number).deeds.at(0).key, key);
  number.mutable_activation()->set_etag("e2");
  EXPECT_NE(PlanFor(number).deeds.at(0).key, key);
}

Address AddressOf(const std::string& street) {
  Address address;
  address.set_name("organizations/contoso/addresses/a1");
  address.set_state(Address::VALIDATING);
  address.mutable_civic()->set_country("US");
  address.mutable_civic()->set_house_number("400");
  address.mutable_civic()->set_street(street);
  *address.mutable_validate_time() = ToProto(kSubmitted);
  return address;
}

Plan PlanOf(const Address& address, const std::string& script, WallTime now = kSubmitted) {
  return PlanFor(address, ParseValidationScript(script).value(), now);
}

TEST(ValidationScripts, AreReadAsTheyAreWritten) {
  EXPECT_EQ(ParseValidationScript("correct")->kind, ValidationScript::Kind::kCorrect);
  EXPECT_EQ(ParseValidationScript("slow-90s")->span, absl::Seconds(90));
  EXPECT_EQ(ParseValidationScript("down-10m")->kind, ValidationScript::Kind::kDown);
  for (const char* const text : {"", "slow", "slow-", "slow-soon", "slow--1s", "accept-1s", "no"})
    EXPECT_FALSE(ParseValidationScript(text).has_value()) << text;
}

TEST(AuthorityRules, ChooseTheScriptByTheHouseNumber) {
  const auto rules = AuthorityRules();
  EXPECT_EQ(rules.Of("400").kind, ValidationScript::Kind::kAccept);
  EXPECT_EQ(rules.Of("9001").kind, ValidationScript::Kind::kCorrect);
  EXPECT_EQ(rules.Of("9002").kind, ValidationScript::Kind::kReject);
  EXPECT_EQ(rules.Of("9003").span, absl::Minutes(1));
  EXPECT_EQ(rules.Of("9004").kind, ValidationScript::Kind::kDown);
}

TEST(Authority, CorrectsAStreetThatIsWrittenShort) {
  const auto answer = TheOnly<CompleteValidationRequest>(PlanOf(AddressOf("Broad St"), "correct"));
  EXPECT_EQ(answer.correction().street(), "Broad Street");
  EXPECT_EQ(answer.correction().house_number(), "400");
  for (const char* const street : {"Broad Street", "St", "West", ""}) {
    EXPECT_TRUE(
        TheOnly<CompleteValidationRequest>(PlanOf(AddressOf(street), "correct")).has_accepted())
        << street;
  }
}

TEST(Authority, RejectsWithAReason) {
  const auto answer = TheOnly<CompleteValidationRequest>(PlanOf(AddressOf("Broad St"), "reject"));
  EXPECT_NE(answer.rejection(), "");
}

TEST(Authority, IsSlowByTheServersClock) {
  const Address address = AddressOf("Broad St");
  const Plan early = PlanOf(address, "slow-1m", kSubmitted + std::chrono::seconds(59));
  EXPECT_THAT(early.deeds, IsEmpty());
  EXPECT_EQ(early.again, kSubmitted + std::chrono::minutes(1));
  EXPECT_TRUE(
      TheOnly<CompleteValidationRequest>(PlanOf(address, "slow-1m", *early.again)).has_accepted());
}

TEST(Authority, IsDownAfterItWasAskedAndUpLater) {
  const Address address = AddressOf("Broad St");
  const auto down = ParseValidationScript("down-10m").value();
  const WallTime up = kSubmitted + std::chrono::minutes(10);
  EXPECT_EQ(DownUntil(address, down, kSubmitted), up);
  EXPECT_EQ(DownUntil(address, down, up), std::nullopt);
  EXPECT_EQ(DownUntil(address, *ParseValidationScript("slow-10m"), kSubmitted), std::nullopt);
  EXPECT_TRUE(TheOnly<CompleteValidationRequest>(PlanFor(address, down, up)).has_accepted());
}

TEST(Authority, AnswersEachValidationAnew) {
  Address address = AddressOf("Broad St");
  const Deed first = PlanOf(address, "reject").deeds.at(0);
  *address.mutable_validate_time() = ToProto(kTransfer);
  EXPECT_NE(PlanOf(address, "reject").deeds.at(0).key, first.key);
  address.set_state(Address::REJECTED);
  EXPECT_THAT(PlanOf(address, "reject").deeds, IsEmpty());
}

TEST(ServerClock, IsLookedAtAllTheTimeIfItMayBeMovedAndWhenItIsDueIfNot) {
  using std::chrono::milliseconds;
  const ServerClock::Reading simulated{kSubmitted, ServerClock::Kind::kSimulated};
  const ServerClock::Reading wall{kSubmitted, ServerClock::Kind::kWall};
  EXPECT_EQ(ServerClock::UntilNextLook(simulated, kTransfer), milliseconds(50));
  EXPECT_EQ(ServerClock::UntilNextLook(wall, kTransfer), milliseconds(60'000));
  EXPECT_EQ(ServerClock::UntilNextLook(wall, kSubmitted + milliseconds(70)), milliseconds(70));
  EXPECT_EQ(ServerClock::UntilNextLook(wall, kSubmitted), milliseconds(1));
}

}  // namespace
}  // namespace dialtone::clients::simulators
