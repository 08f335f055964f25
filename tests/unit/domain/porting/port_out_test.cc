// Numbers that other carriers take away: domain.md 4.6.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/domain/emergency/rules.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/porting/rules_port_out.h"
#include "controlplane/domain/stock/decide.h"
#include "controlplane/domain/stock/rules.h"
#include "dialtone/type/v1/common_refusal.pb.h"
#include "tests/support/policies.h"
#include "tests/support/ports.h"
#include "tests/support/precedence.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::porting {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Story;

const std::string kContoso = "organizations/contoso";
const std::string kFirst = "+12065550100";

void SetPin(Story& story, std::string_view pin = "123456") {
  SetPortOutPinRequest request;
  request.set_parent(kContoso);
  request.set_pin_hash(PortOutPinHash(kContoso, pin, testing::NoHash));
  request.set_pin_digits(static_cast<std::uint32_t>(pin.size()));
  story.When(request, kDecide).ThenOk();
}

RequestPortOutRequest Ask(const std::vector<std::string>& numbers, std::string_view pin = "123456",
                          const std::string& organization = kContoso) {
  RequestPortOutRequest request;
  request.set_parent(organization);
  request.set_gaining_carrier("Fourth Coffee Telecom");
  for (const std::string& number : numbers) request.add_numbers(number);
  request.set_pin_hash(PortOutPinHash(organization, pin, testing::NoHash));
  return request;
}

template <class Request>
Request To(const PortOutRequest& request) {
  Request answer;
  answer.set_name(request.name());
  answer.set_etag(request.etag());
  return answer;
}

RejectPortOutRequest Reject(const PortOutRequest& request) {
  auto reject = To<RejectPortOutRequest>(request);
  reject.set_cause(PORT_OUT_NOT_AUTHORIZED);
  return reject;
}

PortOutRequest Asked(Story& story, const RequestPortOutRequest& request) {
  return story.When(request, kDecide).ThenReplied<PortOutRequest>();
}

const inventory::Number* Find(const Story& story, const std::string& number) {
  return inventory::FindNumber(story.organization().inventory, *E164::Parse(number));
}

// Contoso has the first of ten numbers of stock, and a PIN.
class PortOut : public ::testing::Test {
 protected:
  PortOut() {
    inventory::Prepare(story_);
    inventory::AcquiredBy(story_, "contoso", 1);
    SetPin(story_);
  }
  const stock::State& stock() const { return story_.block(inventory::kSeattle).stock; }
  void Complete(const PortOutRequest& request) {
    story_.When(To<CompletePortOutRequest>(request), kDecide).ThenOk();
  }

  Story story_;
};

TEST_F(PortOut, IsReleasedByWhoeverKnowsThePin) {
  const auto request = Asked(story_, Ask({kFirst, kFirst}));
  EXPECT_EQ(request.state(), PortOutRequest::RELEASED);
  EXPECT_THAT(request.numbers(), ElementsAre(kFirst));
  EXPECT_THAT(request.allowed_actions(),
              ElementsAre(REJECT_PORT_OUT, COMPLETE_PORT_OUT, WITHDRAW_PORT_OUT));
  EXPECT_EQ(Find(story_, kFirst)->port_out(), request.name());
}

TEST_F(PortOut, AsksTheOrganizationIfOneNumberIsOfACountryWithoutPins) {
  const std::string london = "+442079460100";
  story_.Given(inventory::Ported(story_, london));
  story_.When(Ask({kFirst, london}, "654321"), kDecide).ThenRefused(PORT_OUT_PIN_WRONG);
  EXPECT_EQ(Asked(story_, Ask({kFirst, london})).state(), PortOutRequest::REQUESTED);
}

TEST_F(PortOut, ThatIsReleasedAndNeverTakenIsRejectedAfterAll) {
  const auto request = Asked(story_, Ask({kFirst}));
  const auto rejected = story_.When(Reject(request), kDecide).ThenReplied<PortOutRequest>();
  EXPECT_EQ(rejected.state(), PortOutRequest::REJECTED);
  EXPECT_EQ(Find(story_, kFirst)->port_out(), "");
}

TEST_F(PortOut, IsAnsweredByASuspendedOrganizationToo) {
  const auto request = Asked(story_, Ask({kFirst}));
  organizations::v1::OrganizationSuspended suspended;
  *suspended.mutable_organization() = testing::OrganizationCreated("contoso").organization();
  suspended.mutable_organization()->set_state(organizations::v1::Organization::SUSPENDED);
  story_.Given(suspended);
  SetPin(story_, "1234567");
  story_.When(Reject(request), kDecide).ThenOk();
}

// Shows 4.6/no-pin.
TEST_F(PortOut, NeedsAPinWhereTheCountryHasThem) {
  Story story;
  story.Given(testing::LicensesAssigned("MCOPSTN1", 50));
  story.GivenFor("numberBlocks/1206555", testing::StockLoaded(kFirst, kFirst));
  inventory::AcquiredBy(story, "contoso", 1);
  story.When(Ask({kFirst}), kDecide).ThenRefused(PORT_OUT_PIN_MISSING, {{"country", "US"}});
}

// Shows 4.6/pin-tries.
TEST_F(PortOut, IsLockedAfterFiveWrongPinsUntilItIsSetAnew) {
  const auto wrong = Ask({kFirst}, "654321");
  for (const char* const left : {"4", "3", "2", "1", "0"})
    story_.When(wrong, kDecide).ThenRefused(PORT_OUT_PIN_WRONG, {{"tries_left", left}});
  story_.When(wrong, kDecide).ThenRefused(PORT_OUT_PIN_LOCKED, {{"tries", "5"}});
  story_.When(Ask({kFirst}), kDecide).ThenRefused(PORT_OUT_PIN_LOCKED);
  SetPin(story_, "1234567");
  story_.When(Ask({kFirst}, "1234567"), kDecide).ThenOk();
}

TEST_F(PortOut, CountsWrongPinsAnewOnceItWasRight) {
  story_.When(Ask({kFirst}, "654321"), kDecide).ThenRefused(PORT_OUT_PIN_WRONG);
  const auto request = Asked(story_, Ask({kFirst}));
  EXPECT_EQ(story_.organization().porting.port_out_pin.get().wrong_tries(), 0U);
  story_.When(To<WithdrawPortOutRequest>(request), kDecide).ThenOk();
  story_.When(Ask({kFirst}, "1"), kDecide).ThenRefused(PORT_OUT_PIN_WRONG, {{"tries_left", "4"}});
}

TEST_F(PortOut, CountsARepeatedWrongPinOnce) {
  const std::string id = testing::RequestIdAt(story_.now(), 77);
  for (int i = 0; i < 2; ++i)
    story_.WithRequestId(id).When(Ask({kFirst}, "1"), kDecide).ThenRefused(PORT_OUT_PIN_WRONG);
  EXPECT_EQ(story_.organization().porting.port_out_pin.get().wrong_tries(), 1U);
}

// Shows 4.6/port-out.
TEST_F(PortOut, KeepsANumberOfOurStockKnownAndFromEverybody) {
  Complete(Asked(story_, Ask({kFirst})));
  EXPECT_EQ(Find(story_, kFirst), nullptr);
  EXPECT_FALSE(stock().holders.Has(100));
  EXPECT_FALSE(stock::IsFree(stock(), 100));
  EXPECT_EQ(stock().departed.Find(100)->gaining_carrier(), "Fourth Coffee Telecom");
  EXPECT_EQ(inventory::NumbersCounted(story_.organization().inventory, inventory::SUBSCRIBER), 0U);
  story_.When(testing::Reserve("contoso", {inventory::kSeattle}, 10), inventory::kDecide)
      .ThenRefused(inventory::STOCK_EXHAUSTED);
}

// Shows 4.6/port-out.
TEST_F(PortOut, LetsANumberOfOurStockComeBackByAPort) {
  Complete(Asked(story_, Ask({kFirst})));
  const auto cancelled = testing::Submitted(story_, testing::PortIn({kFirst}));
  story_.When(testing::Of<CancelPortOrderRequest>(cancelled), kDecide).ThenOk();
  EXPECT_TRUE(stock().departed.Has(100)) << "it never came";
  EXPECT_FALSE(stock::IsFree(stock(), 100));

  const auto order = testing::Locked(story_, testing::PortIn({kFirst}));
  story_.When(testing::Complete(order, kFirst), kDecide).ThenOk();
  EXPECT_NE(Find(story_, kFirst), nullptr);
  story_.When(inventory::GiveBack({kFirst}), inventory::kDecide).ThenOk();
  EXPECT_TRUE(stock::IsFree(stock(), 100)) << "we are its code holder";
  EXPECT_TRUE(stock::IsCooling(stock(), 100, story_.now()));
  EXPECT_FALSE(stock().departed.Has(100));
}

TEST_F(PortOut, LetsANumberThatCameBackGoAgain) {
  Complete(Asked(story_, Ask({kFirst})));
  const auto order = testing::Locked(story_, testing::PortIn({kFirst}));
  story_.When(testing::Complete(order, kFirst), kDecide).ThenOk();
  Complete(Asked(story_, Ask({kFirst})));
  EXPECT_TRUE(stock().departed.Has(100));
  EXPECT_FALSE(stock().holders.Has(100));
}

// Shows 4.6/code-holder.
TEST_F(PortOut, GivesAPortedNumberBackToItsCodeHolder) {
  const std::string number = "+12065550150";
  const auto order = testing::Locked(story_, testing::PortIn({number}));
  story_.When(testing::Complete(order, number), kDecide).ThenOk();
  Complete(Asked(story_, Ask({number})));
  EXPECT_EQ(Find(story_, number), nullptr);
  EXPECT_FALSE(stock().holders.Has(150));
  EXPECT_FALSE(stock().departed.Has(150));
  EXPECT_FALSE(stock::IsFree(stock(), 150));
}

TEST_F(PortOut, IsNotBroughtBackByLoadingTheStockAgain) {
  Complete(Asked(story_, Ask({kFirst})));
  story_.GivenFor("numberBlocks/1206555", testing::StockLoaded(kFirst, kFirst));
  EXPECT_FALSE(stock::IsFree(stock(), 100));
  stock::LoadNumbersRequest load;
  load.set_first(kFirst);
  load.set_last("+12065550110");
  load.set_type(inventory::v1::SUBSCRIBER);
  *load.mutable_area() = stock().block.get().area();
  EXPECT_EQ(story_.When(load, stock::kDecide).ThenReplied<stock::LoadNumbersResponse>().loaded(),
            1U);
}

TEST_F(PortOut, KeepsANumberFromBeingAssignedOrGivenUpWhileItIsOpen) {
  const auto request = Asked(story_, Ask({kFirst}));
  const auto assign = inventory::Assign(*Find(story_, kFirst), inventory::kAnn);
  story_.When(assign, inventory::kDecide)
      .ThenRefused(inventory::NUMBER_LEAVING, {{"port_out", request.name()}});
  story_.When(inventory::GiveBack({kFirst}), inventory::kDecide)
      .ThenRefused(inventory::NUMBER_LEAVING, {{"number", kFirst}});
  story_.When(Ask({kFirst}), kDecide).ThenRefused(PORT_OUT_UNDER_WAY, {{"number", kFirst}});
  story_.When(To<WithdrawPortOutRequest>(request), kDecide).ThenOk();
  story_.When(assign, inventory::kDecide).ThenOk();
}

TEST_F(PortOut, TakesTheNumberFromItsUserAndSaysSo) {
  story_.When(inventory::Assign(*Find(story_, kFirst), inventory::kAnn), inventory::kDecide)
      .ThenOk();
  const auto request = Asked(story_, Ask({kFirst}));
  story_.When(To<CompletePortOutRequest>(request), kDecide).ThenOk();
  const auto gone = std::find_if(
      story_.events().begin(), story_.events().end(),
      [](const auto& told) { return told.second.inventory().has_numbers_ported_out(); });
  ASSERT_NE(gone, story_.events().end());
  const auto& told = gone->second.inventory().numbers_ported_out();
  EXPECT_EQ(told.numbers(0).numbers(0).assignee(), inventory::kAnn);
  EXPECT_EQ(told.gaining_carrier(), "Fourth Coffee Telecom");
  EXPECT_THAT(inventory::NumbersOf(story_.organization().inventory, inventory::kAnn), IsEmpty());
}

TEST_F(PortOut, IsOfNumbersThatTheOrganizationHas) {
  story_.When(Ask({kFirst, "+12065550101"}), kDecide)
      .ThenRefused(inventory::NUMBER_NOT_HELD, {{"number", "+12065550101"}});
}

TEST_F(PortOut, IsOfSoManyNumbersAndSoManyAtATime) {
  Story story(testing::PolicyWith([](policy::v1::Policy& policy) {
    policy.mutable_porting()->set_port_out_numbers_max(1);
    policy.mutable_porting()->set_port_outs_max(1);
  }));
  inventory::Prepare(story);
  inventory::AcquiredBy(story, "contoso", 2);
  SetPin(story);
  story.When(Ask({kFirst, "+12065550101"}), kDecide)
      .ThenRefused(PORT_OUT_TOO_LARGE, {{"numbers", "2"}, {"max", "1"}});
  Asked(story, Ask({kFirst}));
  story.When(Ask({"+12065550101"}), kDecide)
      .ThenRefused(TOO_MANY_PORT_OUTS, {{"open", "1"}, {"max", "1"}});
}

// Great Britain has no PINs: whoever has the numbers is asked.
class PortOutWithoutPin : public ::testing::Test {
 protected:
  PortOutWithoutPin() {
    auto created = testing::OrganizationCreated("litware");
    created.mutable_organization()->set_country("GB");
    story_.GivenFor("organizations/litware", created);
    inventory::NumbersPortedIn ported;
    *ported.add_numbers() =
        inventory::PortedNumber("organizations/litware", *E164::Parse(kLondon),
                                inventory::SUBSCRIBER, "p1", story_.policy(), story_.now());
    story_.GivenFor("organizations/litware", ported);
    request_ = Asked(story_, Ask({kLondon}, "", "organizations/litware"));
  }
  bool IsLeaving() const {
    const auto& state = story_.organization("organizations/litware").inventory;
    return !inventory::FindNumber(state, *E164::Parse(kLondon))->port_out().empty();
  }

  static constexpr const char* kLondon = "+442079460100";
  Story story_;
  PortOutRequest request_;
};

TEST_F(PortOutWithoutPin, WaitsForTheOrganizationSoManyBusinessDays) {
  EXPECT_EQ(request_.state(), PortOutRequest::REQUESTED);
  EXPECT_EQ(request_.answer_due_date(), "2018-12-07");
  EXPECT_THAT(request_.allowed_actions(),
              ElementsAre(RELEASE_PORT_OUT, REJECT_PORT_OUT, WITHDRAW_PORT_OUT));
  const auto released =
      story_.When(To<ReleasePortOutRequest>(request_), kDecide).ThenReplied<PortOutRequest>();
  EXPECT_EQ(released.state(), PortOutRequest::RELEASED);
  story_.When(To<CompletePortOutRequest>(request_), kDecide).ThenRefused(type::v1::ETAG_MISMATCH);
  EXPECT_TRUE(IsLeaving());
  story_.When(To<CompletePortOutRequest>(released), kDecide).ThenOk();
}

TEST_F(PortOutWithoutPin, IsRejectedWithTheCauseAndTheNumberStays) {
  const auto rejected = story_.When(Reject(request_), kDecide).ThenReplied<PortOutRequest>();
  EXPECT_EQ(rejected.state(), PortOutRequest::REJECTED);
  EXPECT_EQ(rejected.cause(), PORT_OUT_NOT_AUTHORIZED);
  EXPECT_FALSE(IsLeaving());
  const auto again = Asked(story_, Ask({kLondon}, "", "organizations/litware"));
  story_.When(To<WithdrawPortOutRequest>(rejected), kDecide).ThenOk();
  EXPECT_TRUE(IsLeaving()) << "of the other request";
  EXPECT_EQ(again.state(), PortOutRequest::REQUESTED);
}

TEST_F(PortOutWithoutPin, NeedsOneForANumberOfACountryThatHasThem) {
  inventory::NumbersPortedIn ported;
  *ported.add_numbers() =
      inventory::PortedNumber("organizations/litware", *E164::Parse(kFirst), inventory::SUBSCRIBER,
                              "p2", story_.policy(), story_.now());
  SetPortOutPinRequest set;
  set.set_parent("organizations/litware");
  set.set_pin_hash(PortOutPinHash(set.parent(), "123456", testing::NoHash));
  set.set_pin_digits(6);
  story_.When(set, kDecide).ThenRefused(PORT_OUT_PIN_UNKNOWN_THERE);
  story_.GivenFor("organizations/litware", ported);
  story_.When(Ask({kFirst}, "", "organizations/litware"), kDecide)
      .ThenRefused(PORT_OUT_PIN_MISSING, {{"country", "US"}});
  story_.When(set, kDecide).ThenOk();
  const auto request = Asked(story_, Ask({kFirst}, "123456", "organizations/litware"));
  EXPECT_EQ(request.state(), PortOutRequest::RELEASED);
}

TEST_F(PortOutWithoutPin, ThatIsNotThereIsNotFound) {
  request_.set_name("organizations/litware/portOutRequests/out-none");
  story_.When(To<ReleasePortOutRequest>(request_), kDecide).ThenRefused(PORT_OUT_NOT_FOUND);
  story_.When(Reject(request_), kDecide).ThenRefused(PORT_OUT_NOT_FOUND);
  story_.When(To<WithdrawPortOutRequest>(request_), kDecide).ThenRefused(PORT_OUT_NOT_FOUND);
  story_.When(To<CompletePortOutRequest>(request_), kDecide).ThenRefused(PORT_OUT_NOT_FOUND);
}

TEST_F(PortOutWithoutPin, AllowsInEachStateWhatItShowsAndNothingElse) {
  for (const auto state :
       {PortOutRequest::REQUESTED, PortOutRequest::RELEASED, PortOutRequest::COMPLETED,
        PortOutRequest::REJECTED, PortOutRequest::WITHDRAWN}) {
    SCOPED_TRACE(PortOutRequest::State_Name(state));
    PortOutRequested given;
    *given.mutable_port_out() = request_;
    given.mutable_port_out()->set_state(state);
    story_.GivenFor("organizations/litware", given);
    const auto shown = AllowedActions(state);
    const auto expect = [&](const auto& request, PortOutAction action) {
      story_.DryRun().When(request, kDecide);
      if (std::find(shown.begin(), shown.end(), action) != shown.end()) {
        story_.ThenOk();
      } else {
        story_.ThenRefused(PORT_OUT_ACTION_NOT_ALLOWED,
                           {{"state", PortOutRequest::State_Name(state)}});
      }
    };
    expect(To<ReleasePortOutRequest>(request_), RELEASE_PORT_OUT);
    expect(Reject(request_), REJECT_PORT_OUT);
    expect(To<CompletePortOutRequest>(request_), COMPLETE_PORT_OUT);
    expect(To<WithdrawPortOutRequest>(request_), WITHDRAW_PORT_OUT);
  }
}

TEST_F(PortOutWithoutPin, ChecksItsRulesInTheOrderOfTheirEnum) {
  const auto ask = Ask({kLondon}, "", "organizations/litware");
  testing::ExpectInOrder<PortingRefusal>(story_, ask, kDecide, 5);
  testing::ExpectInOrder<PortingRefusal>(story_, Reject(request_), kDecide, 1);
}

TEST(SameSecret, IsSoForEqualTextsOnly) {
  EXPECT_TRUE(SameSecret("", ""));
  EXPECT_TRUE(SameSecret("abc", "abc"));
  EXPECT_FALSE(SameSecret("abc", "abd"));
  EXPECT_FALSE(SameSecret("abc", "ab"));
  EXPECT_FALSE(SameSecret("", "a"));
}

}  // namespace
}  // namespace dialtone::porting
