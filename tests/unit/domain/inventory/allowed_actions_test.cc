#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controlplane/domain/inventory/rules.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::inventory {
namespace {

using ::testing::ElementsAre;
using testing::Story;

std::vector<std::string> Actions(const Number& number) {
  std::vector<std::string> names;
  for (const int action : number.allowed_actions())
    names.push_back(NumberAction_Name(static_cast<NumberAction>(action)));
  return names;
}

// Shows 3.4/allowed.
TEST(AllowedActions, AreToldWithEachNumberThatIsShown) {
  Story story;
  Prepare(story);
  const Number number = AcquiredBy(story, "contoso", 1).numbers(0);
  EXPECT_THAT(Actions(number),
              ElementsAre("ASSIGN", "RELEASE", "BLOCK", "CHANGE_USE", "TAG", "LOCATE"));
  const auto blocked = story.When(Block(number, 1), kDecide).ThenReplied<Number>();
  EXPECT_THAT(Actions(blocked),
              ElementsAre("RELEASE", "BLOCK", "UNBLOCK", "CHANGE_USE", "TAG", "LOCATE"));
  story.Wait(Duration::Days(1));
  const auto assigned = story.When(Assign(number, kAnn), kDecide).ThenReplied<Number>();
  EXPECT_THAT(Actions(assigned),
              ElementsAre("UNASSIGN", "TAG", "LOCATE", "COMPLETE_ACTIVATION", "FAIL_ACTIVATION"));
  const auto idle =
      story.When(Naming<UnassignNumberRequest>(number), kDecide).ThenReplied<Number>();
  EXPECT_THAT(Actions(idle), ElementsAre("ASSIGN", "RELEASE", "BLOCK", "CHANGE_USE", "TAG",
                                         "LOCATE", "COMPLETE_ACTIVATION", "FAIL_ACTIVATION"));
}

TEST(AllowedActions, AreNeverStored) {
  Story story;
  Prepare(story);
  const Number number = AcquiredBy(story, "contoso", 1).numbers(0);
  story.When(Block(number), kDecide).ThenOk();
  const auto* const kept = FindNumber(story.organization().inventory, *E164::Parse(number.e164()));
  EXPECT_EQ(kept->allowed_actions_size(), 0);
}

TEST(AllowedActions, OfATollFreeNumberAreNoUsersAndNoOtherUse) {
  Number number;
  number.set_type(TOLL_FREE);
  EXPECT_THAT(Actions(Shown(number, PortProgress::kNone, Timestamp())),
              ElementsAre("RELEASE", "BLOCK", "TAG", "LOCATE"));
}

TEST(AllowedActions, LeaveTheUseAloneWhileAPortIsUnderWay) {
  Number number;
  number.set_type(SUBSCRIBER);
  EXPECT_THAT(Actions(Shown(number, PortProgress::kUnderWay, Timestamp())),
              ElementsAre("ASSIGN", "RELEASE", "BLOCK", "TAG", "LOCATE"));
  EXPECT_EQ(ProgressOf(porting::v1::PortOrder::TRANSFER_PENDING), PortProgress::kUnderWay);
  EXPECT_EQ(ProgressOf(porting::v1::PortOrder::COMPLETED), PortProgress::kNone);
  EXPECT_EQ(ProgressOf(porting::v1::PortOrder::STATE_UNSPECIFIED), PortProgress::kNone);
}

NumbersLeaving Leaving(const Number& number) {
  NumbersLeaving leaving;
  leaving.set_port_out("organizations/contoso/portOuts/o1");
  leaving.add_numbers(E164::Parse(number.e164())->digits());
  return leaving;
}

TEST(AllowedActions, KeepANumberThatAnotherCarrierHasAskedForWhereItIs) {
  Story story;
  Prepare(story);
  story.Given(testing::LicensesAssigned("MCOEV", 50));  // for a toll number
  const auto acquired = AcquiredBy(story, "contoso", 1);
  const Number& number = acquired.numbers(0);
  story.Given(Leaving(number));
  const auto blocked = story.When(Block(number, 1), kDecide).ThenReplied<Number>();
  EXPECT_THAT(Actions(blocked), ElementsAre("BLOCK", "UNBLOCK", "TAG", "LOCATE"));
  story.When(ChangeUse(number, TOLL), kDecide).ThenRefused(NUMBER_LEAVING);
  story.When(GiveBack({number.e164()}), kDecide).ThenRefused(NUMBER_LEAVING);
  BatchReleaseNumbersRequest batch;
  batch.set_parent("organizations/contoso");
  batch.add_numbers(number.e164());
  const auto released = story.When(batch, kDecide).ThenReplied<BatchReleaseNumbersResponse>();
  EXPECT_NE(released.results(0).status().code(), 0);
  story.When(Naming<UnblockNumberRequest>(number), kDecide).ThenOk();
  story.When(Assign(number, kAnn), kDecide).ThenRefused(NUMBER_LEAVING);
}

// A failed activation can be mended, and cannot fail again.
TEST(AllowedActions, OfAFailedActivationLetTheCarrierMendIt) {
  Number number;
  number.set_type(TOLL);
  for (const auto state : {Activation::ASSIGNMENT_FAILED, Activation::UPDATE_FAILED}) {
    number.mutable_activation()->set_state(state);
    EXPECT_THAT(
        Actions(Shown(number, PortProgress::kNone, Timestamp())),
        ElementsAre("RELEASE", "BLOCK", "CHANGE_USE", "TAG", "LOCATE", "COMPLETE_ACTIVATION"));
  }
}

TEST(AllowedActions, ShowNoBlockThatHasRunOut) {
  Number number;
  number.set_type(SUBSCRIBER);
  *number.mutable_assignment_block()->mutable_end_time() = ToProto(Timestamp::Micros(5));
  EXPECT_TRUE(Shown(number, PortProgress::kNone, Timestamp::Micros(4)).has_assignment_block());
  const Number after = Shown(number, PortProgress::kNone, Timestamp::Micros(5));
  EXPECT_FALSE(after.has_assignment_block());
  EXPECT_EQ(Actions(after).front(), "ASSIGN");
}

}  // namespace
}  // namespace dialtone::inventory
