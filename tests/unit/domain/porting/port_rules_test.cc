// One test for each rule that a port order can break, and two tables: which action each state
// allows, and that refusals come in the order of their enum.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/support/numbers.h"
#include "tests/support/ports.h"
#include "tests/support/precedence.h"

namespace dialtone::porting {
namespace {

using testing::Drafted;
using testing::Of;
using testing::PortIn;
using testing::Sign;
using testing::Story;
using testing::Submit;

const std::vector<std::string> kOne = {"+12065550100"};

// What comes of submitting such an order, signed.
Story& Submitting(Story& story, const CreatePortOrderRequest& request) {
  const auto order = Drafted(story, request);
  return story.When(Submit(order), kDecide);
}

TEST(SubmitPortOrder, IsRefusedUntilItIsComplete) {
  Story story;
  auto request = PortIn({});
  request.clear_extent();
  const auto order = Drafted(story, request);
  const auto refused = [&](std::string_view missing) {
    story.When(Submit(order), kDecide)
        .ThenRefused(PORT_ORDER_INCOMPLETE, {{"missing", std::string(missing)}});
  };
  refused("extent");
  auto edit = Of<UpdatePortOrderRequest>(order);
  edit.set_extent(PARTIAL);
  story.When(edit, kDecide).ThenOk();
  refused("numbers");
}

TEST(SubmitPortOrder, IsRefusedWithoutTheLosingAccountOrADate) {
  Story story;
  auto request = PortIn(kOne);
  request.clear_requested_date();
  Submitting(story, request).ThenRefused(PORT_ORDER_INCOMPLETE, {{"missing", "requested_date"}});
  request.clear_losing_account();
  const auto order = story.When(request, kDecide).ThenReplied<PortOrder>();
  story.When(Submit(order), kDecide)
      .ThenRefused(PORT_ORDER_INCOMPLETE, {{"missing", "losing_account"}});
  story.When(Sign(order), kDecide)
      .ThenRefused(PORT_ORDER_INCOMPLETE, {{"missing", "losing_account"}});
}

TEST(SubmitPortOrder, IsRefusedWhereSuchNumbersAreNotServed) {
  Story story;
  auto request = PortIn({"+35542345678"});
  request.set_country("AL");
  Submitting(story, request)
      .ThenRefused(PORTING_NOT_OFFERED, {{"number", "+35542345678"}, {"country", "AL"}});
}

// Shows 4.1/never.
TEST(SubmitPortOrder, TakesBritishNumbersButNeverThoseOfSharedCostNorMobileOnes) {
  const auto policy = policy::BuiltIn();
  const Timestamp later = policy::StartOf(*policy::ParseDay("2021-03-01"));
  const auto obstacle = [&](std::string_view number, PortType type) {
    return Obstacle(*E164::Parse(number), "GB", type, *policy, later);
  };
  EXPECT_EQ(obstacle("+442079460100", SUBSCRIBER), PORTING_REFUSAL_UNSPECIFIED);
  EXPECT_EQ(obstacle("+448431234567", SUBSCRIBER), NUMBER_NEVER_PORTED);
  EXPECT_EQ(obstacle("+448701234567", SUBSCRIBER), NUMBER_NEVER_PORTED);
  EXPECT_EQ(obstacle("+80012345678", TOLL_FREE), NUMBER_NEVER_PORTED) << "UIFN";
  EXPECT_EQ(obstacle("+447700900123", MOBILE), MOBILE_NOT_PORTED);
  EXPECT_EQ(obstacle("+12065550100", SUBSCRIBER), PORTED_FROM_OTHER_COUNTRY);
}

TEST(SubmitPortOrder, IsRefusedForNumbersOfAnotherCountry) {
  Story story;
  Submitting(story, PortIn({"+12065550100", "+16045550100"}))
      .ThenRefused(PORTED_FROM_OTHER_COUNTRY, {{"number", "+16045550100"}, {"country", "US"}});
}

// Shows 4.1/one-type.
TEST(SubmitPortOrder, WantsTollFreeNumbersInAnOrderOfTheirOwn) {
  Story story;
  Submitting(story, PortIn({"+12065550100", "+18005550199"}))
      .ThenRefused(PORT_TYPES_MIXED, {{"number", "+18005550199"}});
  auto request = PortIn({"+12065550100", "+18005550199"});
  request.set_type(TOLL_FREE);
  Submitting(story, request).ThenRefused(PORT_TYPES_MIXED, {{"number", "+12065550100"}});
  request = PortIn({"+18005550199"});
  request.set_type(TOLL_FREE);
  Submitting(story, request).ThenOk();
}

// Shows 4.2/full.
TEST(SubmitPortOrder, InFullMustContainTheBillingNumber) {
  Story story;
  auto request = PortIn(kOne);
  request.mutable_losing_account()->set_billing_number("+12065550109");
  Submitting(story, request)
      .ThenRefused(BILLING_NUMBER_NOT_PORTED, {{"billing_number", "+12065550109"}});
  request.set_extent(PARTIAL);
  Submitting(story, request).ThenOk();
}

// Shows 4.2/partial.
TEST(SubmitPortOrder, InPartTakesTheBillingNumberOnlyIfAnotherReplacesIt) {
  Story story;
  auto request = PortIn(kOne);
  request.set_extent(PARTIAL);
  Submitting(story, request).ThenRefused(REPLACEMENT_BILLING_NUMBER_DUE);
  request.mutable_losing_account()->set_replacement_billing_number(kOne[0]);
  Submitting(story, request).ThenRefused(REPLACEMENT_BILLING_NUMBER_DUE);
  request.mutable_losing_account()->set_replacement_billing_number("+12065550109");
  Submitting(story, request).ThenOk();
}

// Shows 4.1/mobile-pin.
TEST(SubmitPortOrder, OfMobileNumbersNeedsThePin) {
  Story story;
  auto request = PortIn(kOne);
  request.set_type(MOBILE);
  Submitting(story, request).ThenRefused(PORT_PIN_DUE, {{"digits", "0"}});
  request.mutable_losing_account()->set_pin("1234");
  Prepare(*request.mutable_losing_account(), story.policy(), testing::NoHash);
  Submitting(story, request).ThenOk();
}

TEST(SubmitPortOrder, NeedsTheLetter) {
  Story story;
  const auto order = story.When(PortIn(kOne), kDecide).ThenReplied<PortOrder>();
  story.When(Submit(order), kDecide).ThenRefused(LETTER_MISSING);
}

// Shows 4.4/lead.
TEST(SubmitPortOrder, KeepsTheLeadTimeTheThirtyDaysAndTheFreeDays) {
  Story story;
  auto request = PortIn(kOne);
  const auto on = [&](std::string_view day) -> Story& {
    request.set_requested_date(std::string(day));
    return Submitting(story, request);
  };
  on("2018-12-06").ThenRefused(TRANSFER_TOO_SOON, {{"earliest", "2018-12-07"}});
  on("2019-01-02").ThenRefused(TRANSFER_TOO_LATE, {{"latest", "2018-12-31"}});
  on("2018-12-09").ThenRefused(TRANSFER_ON_FREE_DAY, {{"asked", "2018-12-09"}});
  on("2018-12-25").ThenRefused(TRANSFER_ON_FREE_DAY, {{"country", "US"}});
  on("2018-12-07").ThenOk();
}

// Shows 4.4/lead-large.
TEST(SubmitPortOrder, OfMoreThan200NumbersTakesFiveDaysLonger) {
  std::vector<std::string> numbers;
  for (int i = 0; i < 201; ++i) numbers.push_back("+1206555" + std::to_string(1000 + i));
  Story story;
  Submitting(story, PortIn(numbers)).ThenRefused(TRANSFER_TOO_SOON, {{"earliest", "2018-12-14"}});
  numbers.pop_back();
  Submitting(story, PortIn(numbers)).ThenOk();
}

// Shows 4.2/letter.
TEST(AttachLetterOfAuthorization, WantsTheAuthorizersNameAndAWholeHash) {
  Story story;
  const auto order = story.When(PortIn(kOne), kDecide).ThenReplied<PortOrder>();
  story.When(Sign(order, "Ben Smith"), kDecide).ThenRefused(SIGNATURE_DIFFERS);
  auto request = Sign(order);
  request.set_sha256("short");
  story.When(request, kDecide).ThenRefused(LETTER_MALFORMED, {{"bytes", "5"}});
}

// Shows 4.2/cut.
TEST(LosingAccount, IsCutNotRefusedAndKnownByCarrierAndNumber) {
  const auto policy = policy::BuiltIn();
  LosingAccount account;
  account.set_carrier("Fourth Coffee");
  account.set_account_number("47-11 a");
  account.set_company("Överlånga Telefonbolaget i Göteborg");
  account.set_authorizer("Maria Anders-Lindqvist");
  account.set_pin("123456");
  Prepare(account, *policy, testing::NoHash);
  EXPECT_EQ(account.company(), "Överlånga Telefonbolaget ");
  EXPECT_EQ(account.authorizer(), "Maria Anders-Li");
  EXPECT_EQ(account.account_number(), "4711a");
  EXPECT_EQ(account.facts().account_key(), "port account:fourth coffee\n4711a");
  EXPECT_EQ(account.facts().authorizer_key(), "port signature:Maria Anders-Lindqvist");
  EXPECT_EQ(account.facts().pin_digits(), 6U);
}

TEST(ConfirmFirmOrderCommitment, IsRefusedForATimeThatIsPast) {
  Story story;
  const auto submitted = testing::Submitted(story, PortIn(kOne));
  const auto order = story.When(testing::Accept(submitted), kDecide).ThenReplied<PortOrder>();
  story.When(testing::Confirm(order, story.now() - Duration::Seconds(2)), kDecide)
      .ThenRefused(TRANSFER_TIME_PAST, {{"seconds_ago", "2"}});
}

// Shows 4.6/pin.
TEST(SetPortOutPin, TakesSixToTenDigitsAndKeepsTheirHashOnly) {
  Story story;
  SetPortOutPinRequest request;
  request.set_parent("organizations/contoso");
  request.set_pin_hash(PortOutPinHash(request.parent(), "123456", testing::NoHash));
  for (const std::uint32_t digits : {5U, 11U}) {
    request.set_pin_digits(digits);
    story.When(request, kDecide)
        .ThenRefused(PORT_OUT_PIN_MALFORMED,
                     {{"digits", std::to_string(digits)}, {"min", "6"}, {"max", "10"}});
  }
  request.set_pin_digits(6);
  story.When(request, kDecide).ThenOk();
  EXPECT_EQ(story.organization().porting.port_out_pin.get().hash(), request.pin_hash());
}

TEST(SetPortOutPin, IsRefusedWhereNumbersLeaveWithoutOne) {
  auto created = testing::OrganizationCreated("litware");
  created.mutable_organization()->set_country("GB");
  Story story;
  story.GivenFor("organizations/litware", created);
  SetPortOutPinRequest request;
  request.set_parent("organizations/litware");
  request.set_pin_digits(6);
  story.When(request, kDecide).ThenRefused(PORT_OUT_PIN_UNKNOWN_THERE, {{"country", "GB"}});
}

TEST(PortOrder, ThatIsNotThereIsNotFound) {
  Story story;
  PortOrder none;
  none.set_name("organizations/contoso/portOrders/p-none");
  story.When(Of<UpdatePortOrderRequest>(none), kDecide).ThenRefused(PORT_ORDER_NOT_FOUND);
  story.When(Sign(none), kDecide).ThenRefused(PORT_ORDER_NOT_FOUND);
  story.When(Submit(none), kDecide).ThenRefused(PORT_ORDER_NOT_FOUND);
  story.When(Of<CancelPortOrderRequest>(none), kDecide).ThenRefused(PORT_ORDER_NOT_FOUND);
  story.When(testing::Complete(none, kOne[0]), kDecide).ThenRefused(PORT_ORDER_NOT_FOUND);
}

// domain.md 4.3, by state: what may be done with the order. E edit, D edit the date only, L sign
// the letter, S submit, R resubmit, C cancel; the carrier's: A accept, F commit to a date, X
// reject, N settle a number.
const std::map<PortOrder::State, std::string> kMatrix = {
    {PortOrder::DRAFT, "EDLSC"},
    {PortOrder::SUBMITTING, ""},
    {PortOrder::PROCESSING, "CA"},
    {PortOrder::CONTACTING_CARRIER, "CFX"},
    {PortOrder::TRANSFER_APPROVED, "DCFX"},
    {PortOrder::TRANSFER_PENDING, "N"},
    {PortOrder::ERROR, "EDLRC"},
    {PortOrder::COMPLETED, ""},
    {PortOrder::CANCELLED, "ED"},
    {PortOrder::QUEUED, "DC"},
};

// Does it, with an order that has all that the action needs.
void Try(Story& story, const PortOrder& order, char action) {
  auto edit = Of<UpdatePortOrderRequest>(order);
  switch (action) {
    case 'E':
      edit.set_display_name("Head office");
      story.When(edit, kDecide);
      return;
    case 'D':
      edit.set_requested_date("2018-12-10");
      story.When(edit, kDecide);
      return;
    case 'L':
      story.When(Sign(order), kDecide);
      return;
    case 'S':
      story.When(Submit(order), kDecide);
      return;
    case 'R':
      story.When(Of<ResubmitPortOrderRequest>(order), kDecide);
      return;
    case 'C':
      story.When(Of<CancelPortOrderRequest>(order), kDecide);
      return;
    case 'A':
      story.When(testing::Accept(order), kDecide);
      return;
    case 'F':
      story.When(testing::Confirm(order, story.now() + Duration::Days(9)), kDecide);
      return;
    case 'X':
      story.When(testing::Reject(order, WRONG_LETTER), kDecide);
      return;
    case 'N':
      story.When(testing::Complete(order, kOne[0]), kDecide);
      return;
  }
  FAIL() << "no such action";
}

// Shows 4.3/matrix.
TEST(PortOrder, AllowsInEachStateWhatTheMatrixSaysAndNothingElse) {
  for (const auto& [state, allowed] : kMatrix) {
    for (const char action : std::string("EDLSRCAFXN")) {
      SCOPED_TRACE(PortOrder::State_Name(state) + " " + action);
      Story story;
      if (state == PortOrder::QUEUED) testing::Submitted(story, PortIn({"+12065550199"}));
      PortOrderUpdated given;
      *given.mutable_port_order() = Drafted(story, PortIn(kOne));
      given.mutable_port_order()->set_state(state);
      given.mutable_port_order()->set_queue_ticket(2);
      *given.mutable_port_order()->mutable_lock_time() = ToProto(story.now() + Duration::Days(8));
      story.Given(given);
      Try(story, given.port_order(), action);
      if (allowed.find(action) != std::string::npos) {
        story.ThenOk();
      } else {
        story.ThenRefused(PORT_ACTION_NOT_ALLOWED, {{"state", PortOrder::State_Name(state)}});
      }
    }
  }
}

TEST(PortingRefusals, ComeInTheOrderOfTheirEnum) {
  Story story;
  const auto order = Drafted(story, PortIn(kOne));
  const auto expect = [&](const auto& request, std::size_t rules) {
    testing::ExpectInOrder<PortingRefusal>(story, request, kDecide, rules);
  };
  expect(Submit(order), 18);
  expect(Sign(order), 4);
  expect(Of<UpdatePortOrderRequest>(order), 1);
  expect(testing::Complete(order, kOne[0]), 2);
  expect(testing::Confirm(order, story.now()), 2);
  const auto approved = testing::Approved(story, PortIn(kOne));
  expect(Of<UpdatePortOrderRequest>(approved), 4);
}

TEST(PortingRefusals, OfTwoBrokenRulesTheEarlierOneAnswers) {
  Story story;
  auto request = PortIn({"+12065550100", "+16045550100"});
  request.set_requested_date("2018-12-02");
  Submitting(story, request).ThenRefused(PORTED_FROM_OTHER_COUNTRY);
}

}  // namespace
}  // namespace dialtone::porting
