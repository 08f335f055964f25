// One block's numbers: in stock or not, free or held, and by whom: one holder at most.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/domain/stock/decide.h"
#include "controlplane/domain/stock/rules.h"
#include "tests/support/numbers.h"
#include "tests/support/precedence.h"
#include "tests/support/story.h"

namespace dialtone::stock {
namespace {

using ::testing::ElementsAre;
using testing::Story;

constexpr std::uint64_t kSeattle = 1206555;

template <class Request>
Request RangeOf(const std::string& first, const std::string& last) {
  Request request;
  request.set_first(first);
  request.set_last(last);
  return request;
}

LoadNumbersRequest Load(const std::string& first, const std::string& last) {
  auto request = RangeOf<LoadNumbersRequest>(first, last);
  request.set_type(inventory::v1::SUBSCRIBER);
  *request.mutable_area() = testing::StockLoaded(first, last).area();
  return request;
}

// What the block picks for a hold of the organization: the last four digits.
std::vector<std::uint32_t> Hold(Story& story, std::string_view organization, std::uint32_t quantity,
                                const std::vector<std::uint32_t>& places = {},
                                std::string_view hold = "r1") {
  HoldNumbers request;
  request.set_block(kSeattle);
  request.set_organization("organizations/" + std::string(organization));
  request.set_hold(std::string(hold));
  request.set_type(inventory::v1::SUBSCRIBER);
  request.set_quantity(quantity);
  request.mutable_places()->Add(places.begin(), places.end());
  IdSource ids;
  Context context(story.now(), {}, {}, story.policy(), ids, nullptr);
  auto held = Decide(request, story.block(kSeattle), context)->events[0].stock().numbers_held();
  std::vector<std::uint32_t> picked(held.places().begin(), held.places().end());
  story.GivenFor("numberBlocks/1206555", std::move(held));
  return picked;
}

NumbersFreed Freed(Story& story, std::string_view organization, std::string_view hold,
                   std::uint32_t place) {
  FreeNumbers request;
  request.set_block(kSeattle);
  request.set_organization("organizations/" + std::string(organization));
  request.set_hold(std::string(hold));
  request.add_places(place);
  IdSource ids;
  Context context(story.now(), {}, {}, story.policy(), ids, nullptr);
  return Decide(request, story.block(kSeattle), context)->events[0].stock().numbers_freed();
}

TEST(LoadNumbers, TellsHowManyAreNew) {
  Story story;
  const auto load = [&](const char* first, const char* last) {
    return story.When(Load(first, last), kDecide).ThenReplied<LoadNumbersResponse>().loaded();
  };
  EXPECT_EQ(load("+12065550100", "+12065550109"), 10U);
  EXPECT_EQ(load("+12065550105", "+12065550114"), 5U);
}

TEST(LoadNumbers, IsRefusedForARangeBeyondOneBlockOrBackwards) {
  Story story;
  story.When(Load("+12065550100", "+12065560100"), kDecide)
      .ThenRefused(RANGE_BEYOND_BLOCK, {{"first", "+12065550100"}, {"last", "+12065560100"}});
  story.When(Load("+12065550109", "+12065550100"), kDecide).ThenRefused(RANGE_BEYOND_BLOCK);
  story.When(RangeOf<WithdrawNumbersRequest>("+12065550100", "+12065560100"), kDecide)
      .ThenRefused(RANGE_BEYOND_BLOCK);
}

TEST(LoadNumbers, IsRefusedForAnotherTypeOrAreaThanTheBlocks) {
  Story story;
  story.When(Load("+12065550100", "+12065550109"), kDecide).ThenOk();
  auto toll = Load("+12065550110", "+12065550119");
  toll.set_type(inventory::v1::TOLL);
  story.When(toll, kDecide).ThenRefused(BLOCK_OF_OTHER_KIND, {{"type", "SUBSCRIBER"}});
  auto tacoma = Load("+12065550110", "+12065550119");
  tacoma.mutable_area()->set_city("Tacoma");
  story.When(tacoma, kDecide).ThenRefused(BLOCK_OF_OTHER_KIND);
}

TEST(LoadNumbers, LeavesWhatIsHeldToItsHolder) {
  Story story;
  story.When(Load("+12065550100", "+12065550101"), kDecide).ThenOk();
  ASSERT_THAT(Hold(story, "contoso", 1), ElementsAre(100));
  story.When(Load("+12065550100", "+12065550101"), kDecide).ThenOk();
  EXPECT_FALSE(IsFree(story.block(kSeattle).stock, 100));
  EXPECT_TRUE(IsFree(story.block(kSeattle).stock, 101));
}

TEST(WithdrawNumbers, TakesTheFreeOnesAndLeavesTheHeldOnes) {
  Story story;
  story.When(Load("+12065550100", "+12065550102"), kDecide).ThenOk();
  Hold(story, "contoso", 1);
  const auto withdrawn =
      story.When(RangeOf<WithdrawNumbersRequest>("+12065550100", "+12065550109"), kDecide)
          .ThenReplied<WithdrawNumbersResponse>();
  EXPECT_EQ(withdrawn.withdrawn(), 2U);
  EXPECT_EQ(story.block(kSeattle).stock.holders.size(), 1U);
}

TEST(HoldNumbers, PicksTheLowestFreeOnesAndFewerIfThereAreFewer) {
  Story story;
  story.When(Load("+12065550100", "+12065550104"), kDecide).ThenOk();
  EXPECT_THAT(Hold(story, "contoso", 3), ElementsAre(100, 101, 102));
  EXPECT_THAT(Hold(story, "fabrikam", 3), ElementsAre(103, 104));
  EXPECT_THAT(Hold(story, "adatum", 3), ElementsAre());
}

TEST(HoldNumbers, GivesANamedOneToTheFirstWhoAsks) {
  Story story;
  story.When(Load("+12065550100", "+12065550104"), kDecide).ThenOk();
  EXPECT_THAT(Hold(story, "contoso", 1, {103}), ElementsAre(103));
  EXPECT_THAT(Hold(story, "fabrikam", 2, {103, 104}), ElementsAre(104));
  EXPECT_EQ(story.block(kSeattle).stock.holders.Find(103)->organization(), "organizations/contoso");
}

TEST(FreeNumbers, LeavesWhatSomebodyElseHolds) {
  Story story;
  story.When(Load("+12065550100", "+12065550100"), kDecide).ThenOk();
  Hold(story, "contoso", 1);
  EXPECT_TRUE(Freed(story, "fabrikam", "r1", 100).places().empty());
  EXPECT_TRUE(Freed(story, "contoso", "r2", 100).places().empty()) << "it is under another hold";
  story.GivenFor("numberBlocks/1206555", Freed(story, "contoso", "r1", 100));
  EXPECT_TRUE(story.block(kSeattle).stock.holders.empty());
  EXPECT_TRUE(IsFree(story.block(kSeattle).stock, 100));
}

TEST(Stock, ChecksItsRulesInTheOrderOfTheirEnum) {
  Story story;
  testing::ExpectInOrder<StockRefusal>(story, Load("+12065550100", "+12065550109"), kDecide, 2);
}

}  // namespace
}  // namespace dialtone::stock
