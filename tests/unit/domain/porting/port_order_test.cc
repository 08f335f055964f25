#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "dialtone/type/v1/common_refusal.pb.h"
#include "tests/support/numbers.h"
#include "tests/support/policies.h"
#include "tests/support/ports.h"

namespace dialtone::porting {
namespace {

using testing::Complete;
using testing::Confirm;
using testing::Drafted;
using ::testing::ElementsAre;
using testing::Fail;
using ::testing::IsEmpty;
using testing::Of;
using testing::PortIn;
using testing::Sign;
using testing::Story;
using testing::Submit;
using testing::Submitted;

const std::vector<std::string> kTwo = {"+12065550100", "+14255550101"};  // of two blocks

PortOrder Now(const Story& story, const PortOrder& order) {
  return *story.organization().porting.orders.Find(order.name());
}

bool IsHeld(const Story& story, std::string_view number) {
  const E164 parsed = *E164::Parse(number);
  return story.block(parsed.block()).stock.holders.Has(parsed.place());
}

TEST(SubmitPortOrder, PutsTheNumbersAsideInAllTheirBlocksAndAnswersThen) {
  Story story;
  const auto order = Submitted(story, PortIn(kTwo));
  EXPECT_EQ(order.state(), PortOrder::PROCESSING);
  EXPECT_EQ(story.Count<PortBlockAnswered>(), 1);
  EXPECT_EQ(story.Count<PortOrderSubmitted>(), 1);
  EXPECT_TRUE(IsHeld(story, kTwo[0]) && IsHeld(story, kTwo[1]));
  EXPECT_THAT(order.allowed_actions(), ElementsAre(CANCEL, ACCEPT));
}

TEST(SubmitPortOrder, GivesAllBackWhenOneNumberIsOfOurOwnStock) {
  Story story;
  story.GivenFor("numberBlocks/1425555", testing::StockLoaded("+14255550100", "+14255550109"));
  const auto order = Drafted(story, PortIn(kTwo));
  story.When(Submit(order), kDecide)
      .ThenRefused(NUMBER_ALREADY_HELD, {{"number", "+14255550101"}, {"numbers", "1"}});
  EXPECT_EQ(Now(story, order).state(), PortOrder::DRAFT);
  EXPECT_FALSE(IsHeld(story, kTwo[0]));
  EXPECT_TRUE(story.organization().porting.lines.empty());
}

// Shows 4.1/other-order.
TEST(SubmitPortOrder, IsRefusedForANumberThatAnotherOrganizationPorts) {
  Story story;
  story.GivenFor("organizations/fabrikam", testing::OrganizationCreated("fabrikam"));
  Submitted(story, PortIn({"+12065550100"}, "1", "fabrikam"));
  const auto order = Drafted(story, PortIn(kTwo));
  story.When(Submit(order), kDecide).ThenRefused(NUMBER_ALREADY_HELD, {{"number", "+12065550100"}});
  EXPECT_FALSE(IsHeld(story, kTwo[1]));
}

TEST(SubmitPortOrder, IsRefusedForANumberOfAnotherOpenOrderOrOfOurs) {
  Story story;
  const auto first = testing::Locked(story, PortIn({"+12065550100"}, "1"));
  auto request = PortIn({"+12065550100"}, "2");
  request.set_requested_date("2018-12-18");
  const auto second = Drafted(story, request);
  story.When(Submit(second), kDecide).ThenRefused(NUMBER_ALREADY_HELD);
  story.When(Complete(first, "+12065550100"), kDecide).ThenOk();
  story.When(Submit(second), kDecide).ThenRefused(NUMBER_ALREADY_HELD);
}

TEST(SubmitPortOrder, WithTheSameRequestIdIsAnsweredOnce) {
  Story story;
  const auto order = Drafted(story, PortIn(kTwo));
  const std::string id = testing::RequestIdAt(story.now(), 77);
  const auto first = story.WithRequestId(id).When(Submit(order), kDecide).ThenReplied<PortOrder>();
  const auto again = story.WithRequestId(id).When(Submit(order), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
}

TEST(CancelPortOrder, FreesTheNumbersAndTheAccount) {
  Story story;
  const auto order = Submitted(story, PortIn(kTwo));
  const auto cancelled =
      story.When(Of<CancelPortOrderRequest>(order), kDecide).ThenReplied<PortOrder>();
  EXPECT_THAT(cancelled.allowed_actions(), ElementsAre(EDIT));
  EXPECT_FALSE(IsHeld(story, kTwo[0]) || IsHeld(story, kTwo[1]));
}

TEST(CancelledPortOrder, IsADraftAgainOnceItIsEdited) {
  Story story;
  const auto order = Submitted(story, PortIn(kTwo));
  story.When(Of<CancelPortOrderRequest>(order), kDecide).ThenOk();
  auto edit = Of<UpdatePortOrderRequest>(order);
  edit.set_display_name("Once more");
  EXPECT_EQ(story.When(edit, kDecide).ThenReplied<PortOrder>().state(), PortOrder::DRAFT);
  story.When(Submit(order), kDecide).ThenOk();
}

// Shows 4.5/category.
TEST(RejectedPortOrder, FreesItsNumbersTellsTheCategoryAndCanBeResubmitted) {
  Story story;
  const auto order = testing::Approved(story, PortIn(kTwo));
  const auto rejected =
      story.When(testing::Reject(order, ACCOUNT_MISMATCH), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(rejected.state(), PortOrder::ERROR);
  EXPECT_EQ(rejected.rejection(), ACCOUNT_MISMATCH);
  EXPECT_FALSE(IsHeld(story, kTwo[0]));

  auto correct = Of<UpdatePortOrderRequest>(order);
  *correct.mutable_losing_account() = testing::LosingAccount("4712", kTwo[0]);
  story.When(correct, kDecide).ThenOk();
  const auto again = Of<ResubmitPortOrderRequest>(order);
  story.When(again, kDecide).ThenRefused(LETTER_MISSING);
  story.When(Sign(order), kDecide).ThenOk();
  const auto resubmitted = story.When(again, kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(resubmitted.state(), PortOrder::PROCESSING);
  EXPECT_EQ(resubmitted.rejection(), PORT_REJECTION_UNSPECIFIED);
  EXPECT_FALSE(resubmitted.has_transfer_time());
  EXPECT_TRUE(IsHeld(story, kTwo[0]));
}

// Two orders look alike to a carrier that answers late: the etag tells which one is meant.
TEST(RejectOrder, OfAnEarlierSubmissionIsNotTakenForTheNewOne) {
  Story story;
  const auto submitted = Submitted(story, PortIn(kTwo));
  const auto first = story.When(testing::Accept(submitted), kDecide).ThenReplied<PortOrder>();
  story.When(testing::Reject(first, ACCOUNT_MISMATCH), kDecide).ThenOk();
  const auto again =
      story.When(Of<ResubmitPortOrderRequest>(first), kDecide).ThenReplied<PortOrder>();
  const auto second = story.When(testing::Accept(again), kDecide).ThenReplied<PortOrder>();
  for (const PortOrder& old : {submitted, first, again}) {
    story.When(testing::Reject(old, WRONG_PIN), kDecide).ThenRefused(type::v1::ETAG_MISMATCH);
    story.When(Confirm(old, story.now() + Duration::Days(9)), kDecide)
        .ThenRefused(type::v1::ETAG_MISMATCH);
    story.When(testing::Accept(old), kDecide).ThenRefused(type::v1::ETAG_MISMATCH);
  }
  story.When(testing::Reject(second, WRONG_PIN), kDecide).ThenOk();
}

// Shows 4.4/answer-due.
TEST(PortOrder, IsDueForAnAnswerSoManyBusinessDaysAfterTheCarrierTookIt) {
  Story story;
  const auto order = Submitted(story, PortIn(kTwo));
  const auto accepted = story.When(testing::Accept(order), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(accepted.state(), PortOrder::CONTACTING_CARRIER);
  EXPECT_EQ(accepted.answer_due_date(), "2018-12-07");
}

// Shows 4.4/lock.
TEST(PortOrder, IsLocked24HoursBeforeTheTransfer) {
  Story story;
  const auto order = testing::Approved(story, PortIn(kTwo));
  story.Wait(Duration::Days(9) - Duration::Seconds(1));
  EXPECT_EQ(Now(story, order).state(), PortOrder::TRANSFER_APPROVED);
  story.Wait(Duration::Seconds(1));
  EXPECT_EQ(story.Count<TransferLocked>(), 1);
  EXPECT_EQ(Now(story, order).state(), PortOrder::TRANSFER_PENDING);
  story.When(Of<CancelPortOrderRequest>(order), kDecide)
      .ThenRefused(PORT_ACTION_NOT_ALLOWED, {{"state", "TRANSFER_PENDING"}, {"action", "CANCEL"}});
}

TEST(PortOrder, IsLockedByTheClockEvenIfTheTimerIsLate) {
  PortOrder order;
  order.set_state(PortOrder::TRANSFER_APPROVED);
  *order.mutable_lock_time() = ToProto(Timestamp::Micros(10));
  EXPECT_EQ(StateAt(order, Timestamp::Micros(9)), PortOrder::TRANSFER_APPROVED);
  EXPECT_EQ(StateAt(order, Timestamp::Micros(10)), PortOrder::TRANSFER_PENDING);
}

// Shows 4.3/approved.
TEST(ApprovedPortOrder, KeepsItsCommitmentUntilTheCarrierAgreesToAnotherDay) {
  Story story;
  const auto order = testing::Approved(story, PortIn(kTwo));
  auto later = Of<UpdatePortOrderRequest>(order);
  later.set_requested_date("2018-12-14");
  const auto asked = story.When(later, kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(asked.state(), PortOrder::TRANSFER_APPROVED);
  EXPECT_EQ(asked.transfer_time().seconds(), order.transfer_time().seconds());
  EXPECT_EQ(asked.answer_due_date(), "2018-12-07");

  const Timestamp agreed = story.now() + Duration::Days(13);
  const auto moved = story.When(Confirm(asked, agreed), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(FromProto(moved.transfer_time()), agreed);
  EXPECT_EQ(FromProto(moved.lock_time()), agreed - Duration::Hours(24));
  story.Wait(Duration::Days(10));
  EXPECT_EQ(Now(story, order).state(), PortOrder::TRANSFER_APPROVED) << "the old lock is gone";
}

// Shows 2.6/ported.
TEST(CompleteNumber, MakesItTheOrganizationsOwnOutsideOfTheQuota) {
  Story story;
  const auto order = testing::Locked(story, PortIn(kTwo));
  const auto half = story.When(Complete(order, kTwo[0]), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(half.state(), PortOrder::TRANSFER_PENDING);
  const auto& inventory = story.organization().inventory;
  const auto* const number = inventory::FindNumber(inventory, *E164::Parse(kTwo[0]));
  ASSERT_NE(number, nullptr);
  EXPECT_EQ(number->source(), inventory::Number::PORTED);
  EXPECT_EQ(number->hold(), order.name());
  EXPECT_EQ(inventory::NumbersCounted(inventory, inventory::SUBSCRIBER), 0U);
  const auto whole = story.When(Complete(order, kTwo[1]), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(whole.state(), PortOrder::COMPLETED);
  EXPECT_THAT(whole.allowed_actions(), IsEmpty());
  EXPECT_TRUE(IsHeld(story, kTwo[0]) && IsHeld(story, kTwo[1]));
  EXPECT_TRUE(story.organization().porting.lines.empty());
}

TEST(CompleteNumber, IsRefusedForAStrangerAndForOneThatIsSettled) {
  Story story;
  const auto order = testing::Locked(story, PortIn(kTwo));
  story.When(Complete(order, "+12065550199"), kDecide).ThenRefused(NUMBER_NOT_IN_ORDER);
  story.When(Complete(order, kTwo[0]), kDecide).ThenOk();
  story.When(Fail(order, kTwo[0], WRONG_PIN), kDecide)
      .ThenRefused(NUMBER_ALREADY_SETTLED, {{"state", "TRANSFERRED"}});
}

TEST(FailNumber, FreesThatNumberAndLeavesTheOthersTheirWay) {
  Story story;
  const auto order = testing::Locked(story, PortIn(kTwo));
  story.When(Fail(order, kTwo[0], NUMBER_INACTIVE), kDecide).ThenOk();
  EXPECT_FALSE(IsHeld(story, kTwo[0]));
  const auto whole = story.When(Complete(order, kTwo[1]), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(whole.state(), PortOrder::COMPLETED);
  EXPECT_EQ(whole.numbers(0).rejection(), NUMBER_INACTIVE);
}

TEST(FailNumber, OfTheLastOneLeavesAnOrderWithoutAnyInError) {
  Story story;
  const auto order = testing::Locked(story, PortIn({"+12065550100"}));
  const auto failed =
      story.When(Fail(order, "+12065550100", ACCOUNT_FROZEN), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(failed.state(), PortOrder::ERROR);
  EXPECT_EQ(failed.rejection(), ACCOUNT_FROZEN);
  EXPECT_EQ(Now(story, order).rejection(), ACCOUNT_FROZEN);
  auto edit = Of<UpdatePortOrderRequest>(order);
  edit.set_requested_date("2018-12-20");
  story.When(edit, kDecide).ThenOk();
  const auto again =
      story.When(Of<ResubmitPortOrderRequest>(order), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(again.numbers(0).state(), PortNumber::WAITING);
}

TEST(UpdatePortOrder, IsRefusedWithTheEtagOfAnEarlierState) {
  Story story;
  const auto order = story.When(PortIn(kTwo), kDecide).ThenReplied<PortOrder>();
  auto edit = Of<UpdatePortOrderRequest>(order);
  edit.set_etag(order.etag());
  edit.set_display_name("Head office");
  const auto changed = story.When(edit, kDecide).ThenReplied<PortOrder>();
  EXPECT_NE(changed.etag(), order.etag());
  story.When(edit, kDecide).ThenRefused(type::v1::ETAG_MISMATCH, {{"current", changed.etag()}});
}

TEST(CompleteNumber, GivesTheOrderAnotherEtagAsDoesFailNumber) {
  Story story;
  const auto order = Locked(story, PortIn(kTwo));
  const auto moved =
      story.When(testing::Complete(order, kTwo[0]), kDecide).ThenReplied<PortOrder>();
  EXPECT_NE(moved.etag(), order.etag());
  EXPECT_EQ(story.organization().porting.orders.Find(order.name())->etag(), moved.etag());
  const auto failed =
      story.When(testing::Fail(order, kTwo[1], NUMBER_INACTIVE), kDecide).ThenReplied<PortOrder>();
  EXPECT_NE(failed.etag(), moved.etag());
  EXPECT_EQ(story.organization().porting.orders.Find(order.name())->etag(), failed.etag());
}

TEST(CreatePortOrder, IsRefusedBeyondTheLimitOfDrafts) {
  Story story(testing::PolicyWith(
      [](policy::v1::Policy& policy) { policy.mutable_porting()->set_drafts_max(1); }));
  const auto first = story.When(PortIn(kTwo), kDecide).ThenReplied<PortOrder>();
  story.When(PortIn(kTwo), kDecide).ThenRefused(TOO_MANY_PORT_DRAFTS, {{"drafts", "1"}});
  story.When(Of<CancelPortOrderRequest>(first), kDecide).ThenOk();
  story.When(PortIn(kTwo), kDecide).ThenOk();
  auto again = Of<UpdatePortOrderRequest>(first);
  again.set_display_name("Again");
  story.When(again, kDecide).ThenRefused(TOO_MANY_PORT_DRAFTS);
}

TEST(UpdatePortOrder, OfNumbersOrAccountNeedsANewLetter) {
  Story story;
  const auto order = Drafted(story, PortIn(kTwo));
  auto edit = Of<UpdatePortOrderRequest>(order);
  edit.set_requested_date("2018-12-10");
  EXPECT_TRUE(story.When(edit, kDecide).ThenReplied<PortOrder>().has_letter());
  edit.add_numbers(kTwo[0]);
  const auto edited = story.When(edit, kDecide).ThenReplied<PortOrder>();
  EXPECT_FALSE(edited.has_letter());
  EXPECT_EQ(edited.numbers_size(), 1);
}

TEST(CreatePortOrder, SortsItsNumbersAndTakesEachOnce) {
  Story story;
  const auto order = story.When(PortIn({"+14255550101", "+12065550100", "+14255550101"}), kDecide)
                         .ThenReplied<PortOrder>();
  ASSERT_EQ(order.numbers_size(), 2);
  EXPECT_EQ(order.numbers(0).e164(), "+12065550100");
}

TEST(PortBlock, ThatAnswersASubmissionWhichIsNoMoreGetsItsNumbersBack) {
  Story story;
  stock::v1::NumbersHeld held;
  held.set_block(1206555);
  held.set_organization("organizations/contoso");
  held.set_hold("organizations/contoso/portOrders/p-gone");
  held.set_ported(true);
  held.add_places(100);
  story.GivenFor("numberBlocks/1206555", held);
  EXPECT_EQ(story.Count<PortNumbersReturned>(), 1);
  EXPECT_TRUE(story.block(1206555).stock.holders.empty());
}

}  // namespace
}  // namespace dialtone::porting
