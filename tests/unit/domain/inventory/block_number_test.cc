#include <gtest/gtest.h>

#include "controlplane/domain/inventory/rules.h"
#include "tests/support/policies.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::inventory {
namespace {

using testing::Story;

SetNumberSettingsRequest CoolingOff(std::uint32_t days) {
  SetNumberSettingsRequest request;
  request.set_parent("organizations/contoso");
  request.set_cooling_off_days(days);
  return request;
}

// One number that the organization has, and nobody in it.
Number OneNumber(Story& story) {
  Prepare(story);
  return AcquiredBy(story, "contoso", 1).numbers(0);
}

// Shows 3.4/block.
TEST(BlockNumber, KeepsTheNumberFromEverybodyUntilItIsUnblocked) {
  Story story;
  const Number number = OneNumber(story);
  const auto blocked = story.When(Block(number), kDecide).ThenReplied<Number>();
  EXPECT_EQ(blocked.assignment_block().cause(), AssignmentBlock::BY_HAND);
  EXPECT_FALSE(blocked.assignment_block().has_end_time());
  story.Wait(Duration::Days(4000))
      .When(Assign(number, kAnn), kDecide)
      .ThenRefused(NUMBER_BLOCKED, {{"number", number.e164()},
                                    {"until", "never"},
                                    {"cause", "BY_HAND"},
                                    {"reason", "a feud"}});
  const auto free = story.When(Naming<UnblockNumberRequest>(number), kDecide).ThenReplied<Number>();
  EXPECT_FALSE(free.has_assignment_block());
  story.When(Assign(number, kAnn), kDecide).ThenOk();
}

// Shows 3.4/block.
TEST(BlockNumber, RunsOutAfterItsDaysWithoutAnybodysHelp) {
  Story story;
  const Number number = OneNumber(story);
  const auto blocked = story.When(Block(number, 30), kDecide).ThenReplied<Number>();
  EXPECT_EQ(FromProto(blocked.assignment_block().end_time()), story.now() + Duration::Days(30));
  story.Wait(Duration::Days(30) - Duration::Seconds(1))
      .When(Assign(number, kAnn), kDecide)
      .ThenRefused(NUMBER_BLOCKED);
  story.Wait(Duration::Seconds(1));
  story.When(Naming<UnblockNumberRequest>(number), kDecide)
      .ThenRefused(NUMBER_NOT_BLOCKED, {{"number", number.e164()}});
  const auto assigned = story.When(Assign(number, kAnn), kDecide).ThenReplied<Number>();
  EXPECT_FALSE(assigned.has_assignment_block()) << "it is over, and forgotten";
}

TEST(BlockNumber, TakesThePlaceOfAnOlderBlock) {
  Story story;
  const Number number = OneNumber(story);
  story.When(Block(number), kDecide).ThenOk().When(Block(number, 1), kDecide).ThenOk();
  story.Wait(Duration::Days(1)).When(Assign(number, kAnn), kDecide).ThenOk();
}

TEST(BlockNumber, IsRefusedWhileSomebodyHasIt) {
  Story story;
  const Number number = OneNumber(story);
  story.When(Assign(number, kAnn), kDecide)
      .ThenOk()
      .When(Block(number), kDecide)
      .ThenRefused(NUMBER_IN_USE, {{"number", number.e164()}, {"assignee", kAnn}});
}

TEST(BlockNumber, IsRefusedForMoreThanAYear) {
  Story story;
  const Number number = OneNumber(story);
  story.When(Block(number, 366), kDecide)
      .ThenRefused(BLOCK_TOO_LONG, {{"days", "366"}, {"max", "365"}});
  story.When(Block(number, 365), kDecide).ThenOk();
}

TEST(BlockNumber, IsRefusedForANumberThatIsNotHeld) {
  Story story;
  Number other = OneNumber(story);
  other.set_name("organizations/contoso/numbers/12065550109");
  story.When(Block(other), kDecide).ThenRefused(NUMBER_NOT_HELD);
  story.When(Naming<UnblockNumberRequest>(other), kDecide).ThenRefused(NUMBER_NOT_HELD);
}

TEST(BlockNumber, OutlastsAReleaseThatIsUndone) {
  Story story;
  const Number number = OneNumber(story);
  story.When(Block(number), kDecide)
      .ThenOk()
      .When(GiveBack({number.e164()}), kDecide)
      .ThenOk()
      .When(Naming<RestoreNumbersRequest>({number.e164()}), kDecide)
      .ThenOk()
      .When(Assign(number, kAnn), kDecide)
      .ThenRefused(NUMBER_BLOCKED);
}

// Shows 3.4/cooling-off.
TEST(NumberSettings, LetANumberCoolOffAfterSomebodyHadIt) {
  Story story;
  const Number number = OneNumber(story);
  const auto settings = story.When(CoolingOff(7), kDecide).ThenReplied<NumberSettings>();
  EXPECT_EQ(settings.name(), "organizations/contoso/numberSettings");
  story.When(Assign(number, kAnn), kDecide).ThenOk();
  const auto idle =
      story.When(Naming<UnassignNumberRequest>(number), kDecide).ThenReplied<Number>();
  EXPECT_EQ(idle.assignment_block().cause(), AssignmentBlock::COOLING_OFF);
  story.Wait(Duration::Days(6))
      .When(Assign(number, kAnn), kDecide)
      .ThenRefused(NUMBER_BLOCKED, {{"reason", ""}});
  story.Wait(Duration::Days(1)).When(Assign(number, kAnn), kDecide).ThenOk();
}

TEST(NumberSettings, OfNoDaysLetSomebodyElseHaveItAtOnce) {
  Story story;
  const Number number = OneNumber(story);
  story.When(CoolingOff(7), kDecide).ThenOk().When(CoolingOff(0), kDecide).ThenOk();
  story.When(Assign(number, kAnn), kDecide)
      .ThenOk()
      .When(Naming<UnassignNumberRequest>(number), kDecide)
      .ThenOk()
      .When(Assign(number, kAnn), kDecide)
      .ThenOk();
}

TEST(NumberSettings, AreRefusedForMoreThanAYear) {
  Story story;
  story.When(CoolingOff(366), kDecide)
      .ThenRefused(BLOCK_TOO_LONG, {{"days", "366"}, {"max", "365"}});
}

TagNumberRequest Tag(const Number& number, const std::vector<std::string>& tags) {
  auto request = Naming<TagNumberRequest>(number);
  for (const std::string& tag : tags) request.add_tags(tag);
  return request;
}

// Shows 3.6/tags.
TEST(TagNumber, KeepsEachTagOnceInWhateverCase) {
  Story story;
  const Number number = OneNumber(story);
  story.When(Tag(number, {"Sales", " west "}), kDecide).ThenOk();
  const auto again = story.When(Tag(number, {"SALES", "East"}), kDecide).ThenReplied<Number>();
  EXPECT_THAT(again.tags(), ::testing::ElementsAre("East", "Sales", "west"));
  story.When(Tag(number, {"sales"}), kDecide).ThenOk();
  EXPECT_EQ(story.Count<NumberTagsChanged>(), 0) << "nothing new";
  auto untag = Naming<UntagNumberRequest>(number);
  untag.add_tags("WEST");
  untag.add_tags("north");
  EXPECT_THAT(story.When(untag, kDecide).ThenReplied<Number>().tags(),
              ::testing::ElementsAre("East", "Sales"));
  story.When(untag, kDecide).ThenOk();
  EXPECT_EQ(story.Count<NumberTagsChanged>(), 0);
}

TEST(TagNumber, IsRefusedForBlankOnesAndLongOnesByTheirCharacters) {
  Story story;
  const Number number = OneNumber(story);
  std::string long_one;
  for (int i = 0; i < 50; ++i) long_one += "ä";
  story.When(Tag(number, {long_one}), kDecide).ThenOk();
  story.When(Tag(number, {long_one + "ä"}), kDecide)
      .ThenRefused(TAG_LENGTH_WRONG, {{"characters", "51"}, {"max", "50"}});
  story.When(Tag(number, {"  "}), kDecide).ThenRefused(TAG_LENGTH_WRONG, {{"characters", "0"}});
}

// Shows 3.6/tags.
TEST(TagNumber, IsRefusedForMoreTagsThanANumberCanHave) {
  Story story(testing::PolicyWith(
      [](policy::v1::Policy& policy) { policy.mutable_number_lifecycle()->set_tags_max(2); }));
  const Number number = OneNumber(story);
  story.When(Tag(number, {"a", "b"}), kDecide).ThenOk();
  story.When(Tag(number, {"A", "B"}), kDecide).ThenOk();
  story.When(Tag(number, {"c"}), kDecide).ThenRefused(TOO_MANY_TAGS, {{"tags", "3"}, {"max", "2"}});
}

TEST(TagNumber, IsRefusedForANumberThatIsNotHeld) {
  Story story;
  Number other = OneNumber(story);
  other.set_name("organizations/contoso/numbers/12065550109");
  story.When(Tag(other, {"a"}), kDecide).ThenRefused(NUMBER_NOT_HELD);
  auto untag = Naming<UntagNumberRequest>(other);
  untag.add_tags("a");
  story.When(untag, kDecide).ThenRefused(NUMBER_NOT_HELD);
}

}  // namespace
}  // namespace dialtone::inventory
