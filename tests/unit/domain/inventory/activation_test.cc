#include <gtest/gtest.h>

#include "controlplane/domain/emergency/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "dialtone/type/v1/common_refusal.pb.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::inventory {
namespace {

using testing::Story;

CompleteActivationRequest Complete(const Number& number) {
  auto request = Naming<CompleteActivationRequest>(number);
  request.set_etag(number.activation().etag());
  return request;
}

FailActivationRequest Fail(const Number& number) {
  auto request = Naming<FailActivationRequest>(number);
  request.set_etag(number.activation().etag());
  request.set_problem(Activation::LOCATION_UNKNOWN);
  request.set_detail("no such street");
  return request;
}

emergency::v1::AssignEmergencyAddressRequest Locating(const Number& number) {
  auto request = Naming<emergency::v1::AssignEmergencyAddressRequest>(number);
  request.set_location(kOffice);
  return request;
}

// Ann's, and the carrier has not answered.
Number Assigned(Story& story) {
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 1);
  EXPECT_FALSE(acquired.numbers(0).has_activation()) << "it works as it came";
  return story.When(Assign(acquired.numbers(0), kAnn), kDecide).ThenReplied<Number>();
}

// Shows 3.4/activation.
TEST(Activation, IsPendingUntilTheCarrierHasAnswered) {
  Story story;
  const Number number = Assigned(story);
  EXPECT_EQ(number.activation().state(), Activation::ASSIGNMENT_PENDING);
  const auto active = story.When(Complete(number), kDecide).ThenReplied<Number>();
  EXPECT_EQ(active.activation().state(), Activation::ACTIVATED);
  EXPECT_EQ(FromProto(active.activation().answer_time()), story.now());
  const auto idle =
      story.When(Naming<UnassignNumberRequest>(number), kDecide).ThenReplied<Number>();
  EXPECT_EQ(idle.activation().state(), Activation::UPDATE_PENDING);
  story.When(Complete(idle), kDecide).ThenOk();
}

TEST(Activation, IsFailedWithItsReasonAndMendedLater) {
  Story story;
  const Number number = Assigned(story);
  const auto failed = story.When(Fail(number), kDecide).ThenReplied<Number>();
  EXPECT_EQ(failed.activation().state(), Activation::ASSIGNMENT_FAILED);
  EXPECT_EQ(failed.activation().problem(), Activation::LOCATION_UNKNOWN);
  EXPECT_EQ(failed.activation().detail(), "no such street");
  story.When(Fail(number), kDecide)
      .ThenRefused(ACTIVATION_SETTLED, {{"number", number.e164()}, {"state", "ASSIGNMENT_FAILED"}});
  const auto mended = story.When(Complete(number), kDecide).ThenReplied<Number>();
  EXPECT_EQ(mended.activation().problem(), Activation::PROBLEM_UNSPECIFIED);
  EXPECT_EQ(mended.activation().detail(), "");
  story.When(Complete(number), kDecide).ThenRefused(ACTIVATION_SETTLED, {{"state", "ACTIVATED"}});
}

TEST(Activation, OfAnotherPlaceIsAnUpdateOnceTheAssignmentWasConfirmed) {
  Story story;
  const Number number = Assigned(story);
  const auto moved = story.When(Locating(number), emergency::kDecide).ThenReplied<Number>();
  EXPECT_EQ(moved.activation().state(), Activation::ASSIGNMENT_PENDING) << "it still is one";
  story.When(Fail(moved), kDecide).ThenOk();
  const auto again = story.When(Locating(number), emergency::kDecide).ThenReplied<Number>();
  EXPECT_EQ(again.activation().state(), Activation::ASSIGNMENT_PENDING);
  EXPECT_EQ(again.activation().problem(), Activation::PROBLEM_UNSPECIFIED);
  story.When(Complete(again), kDecide).ThenOk();
  const auto update = story.When(Locating(number), emergency::kDecide).ThenReplied<Number>();
  EXPECT_EQ(update.activation().state(), Activation::UPDATE_PENDING);
  EXPECT_EQ(story.When(Fail(update), kDecide).ThenReplied<Number>().activation().state(),
            Activation::UPDATE_FAILED);
}

// Shows 3.4/activation.
TEST(Activation, TakesNoAnswerThatIsMeantForAnEarlierAssignment) {
  Story story;
  const Number first = Assigned(story);
  story.When(Naming<UnassignNumberRequest>(first), kDecide).ThenOk();
  const auto second = story.When(Assign(first, kAnn), kDecide).ThenReplied<Number>();
  const std::vector<Fact> facts = {{"etag", first.activation().etag()},
                                   {"current", second.activation().etag()}};
  story.When(Complete(first), kDecide).ThenRefused(type::v1::ETAG_MISMATCH, facts);
  story.When(Fail(first), kDecide).ThenRefused(type::v1::ETAG_MISMATCH, facts);
  story.When(Complete(second), kDecide).ThenOk();
}

TEST(Activation, HoldsInBulkToo) {
  Story story;
  const Number number = Assigned(story);
  story.When(Naming<BatchUnassignNumbersRequest>({number.e164()}), kDecide).ThenOk();
  const E164 digits = *E164::Parse(number.e164());
  const Number idle = *FindNumber(story.organization().inventory, digits);
  EXPECT_EQ(idle.activation().state(), Activation::UPDATE_PENDING);
  story.When(Complete(number), kDecide).ThenRefused(type::v1::ETAG_MISMATCH);
  BatchAssignNumbersRequest assign;
  assign.set_parent("organizations/contoso");
  auto& row = *assign.add_assignments();
  row.set_number(number.e164());
  row.set_user(kAnn);
  story.When(assign, kDecide).ThenOk();
  const Number again = *FindNumber(story.organization().inventory, digits);
  EXPECT_EQ(again.activation().state(), Activation::ASSIGNMENT_PENDING);
  EXPECT_EQ(again.location(), kOffice) << "the one that it has";
  story.When(Complete(idle), kDecide).ThenRefused(type::v1::ETAG_MISMATCH);
  story.When(Complete(again), kDecide).ThenOk();
}

TEST(Activation, IsOverWithARelease) {
  Story story;
  const Number number = Assigned(story);
  const auto idle =
      story.When(Naming<UnassignNumberRequest>(number), kDecide).ThenReplied<Number>();
  story.When(GiveBack({number.e164()}), kDecide)
      .ThenOk()
      .When(Complete(idle), kDecide)
      .ThenRefused(NUMBER_NOT_HELD);
  story.When(Fail(idle), kDecide).ThenRefused(NUMBER_NOT_HELD);
  const auto back = story.When(Naming<RestoreNumbersRequest>({number.e164()}), kDecide)
                        .ThenReplied<RestoreNumbersResponse>();
  EXPECT_FALSE(back.numbers(0).has_activation());
}

TEST(Activation, IsAnsweredForASuspendedOrganizationToo) {
  Story story;
  const Number number = Assigned(story);
  organizations::v1::OrganizationSuspended suspended;
  *suspended.mutable_organization() = story.organization().organizations.organization.get();
  suspended.mutable_organization()->set_state(organizations::v1::Organization::SUSPENDED);
  story.Given(suspended).When(Complete(number), kDecide).ThenOk();
}

// What was assigned before carriers were asked works: domain.md 12.
TEST(Activation, WasNeverAskedForOfOldNumbers) {
  Story story;
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 1);
  NumberAssigned old;
  *old.mutable_number() =
      *FindNumber(story.organization().inventory, *E164::Parse(acquired.numbers(0).e164()));
  old.mutable_number()->set_assignee(kAnn);
  old.mutable_number()->set_state(Number::ASSIGNED);
  story.Given(old);
  auto complete = Complete(acquired.numbers(0));
  complete.set_etag("e0-1-0");
  story.When(complete, kDecide).ThenRefused(type::v1::ETAG_MISMATCH, {{"current", ""}});
  const auto idle =
      story.When(Naming<UnassignNumberRequest>(acquired.numbers(0)), kDecide).ThenReplied<Number>();
  EXPECT_EQ(idle.activation().state(), Activation::UPDATE_PENDING);
}

TEST(Activation, TellsTheCarrierNothingThatIsNotItsMatter) {
  Number number;
  number.set_e164("+12065550100");
  number.set_hold("r1");
  number.add_tags("secret");
  number.mutable_assignment_block()->set_reason("secret");
  number.add_allowed_actions(TAG);
  const Number shown = ForCarrier(number);
  EXPECT_EQ(shown.ShortDebugString(), R"(e164: "+12065550100")");
}

}  // namespace
}  // namespace dialtone::inventory
