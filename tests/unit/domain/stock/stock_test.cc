// One block's numbers: in stock or not, free or held, and by whom: one holder at most.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/domain/stock/decide.h"
#include "controlplane/domain/stock/evolve.h"
#include "controlplane/domain/stock/rules.h"
#include "controlplane/policy/loader.h"
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

// One block alone: nobody hears of what it picks, so nobody gives it back.
class Block : public ::testing::Test {
 protected:
  void Happened(const Event& event) { Evolve(block_.stock, event.stock(), {}); }
  void Load(const std::string& first, const std::string& last) {
    Happened(ToEvent(testing::StockLoaded(first, last)));
  }
  template <class Request>
  auto Ask(const Request& request) {
    IdSource ids;
    Context context(Timestamp::Micros(0), {}, {}, *policy::BuiltIn(), ids, nullptr);
    auto decided = Decide(request, block_, context);
    Happened(decided->events[0]);
    return std::move(*decided);
  }
  // What the block picks: the last four digits.
  std::vector<std::uint32_t> Hold(std::string_view organization, std::uint32_t quantity,
                                  const std::vector<std::uint32_t>& places = {}) {
    HoldNumbers request;
    request.set_block(kSeattle);
    request.set_organization(std::string(organization));
    request.set_hold("r1");
    request.set_type(inventory::v1::SUBSCRIBER);
    request.set_quantity(quantity);
    request.mutable_places()->Add(places.begin(), places.end());
    const auto decided = Ask(request);
    const auto& held = decided.events[0].stock().numbers_held().places();
    return {held.begin(), held.end()};
  }
  std::vector<std::uint32_t> Free(std::string_view organization, std::string_view hold,
                                  std::uint32_t place) {
    FreeNumbers request;
    request.set_block(kSeattle);
    request.set_organization(std::string(organization));
    request.set_hold(std::string(hold));
    request.add_places(place);
    const auto decided = Ask(request);
    const auto& freed = decided.events[0].stock().numbers_freed().places();
    return {freed.begin(), freed.end()};
  }

  dialtone::NumberBlock block_;
};

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

TEST_F(Block, LeavesWhatIsHeldToItsHolderWhenItIsLoadedAgain) {
  Load("+12065550100", "+12065550101");
  ASSERT_THAT(Hold("contoso", 1), ElementsAre(100U));
  Load("+12065550100", "+12065550101");
  EXPECT_FALSE(IsFree(block_.stock, 100));
  EXPECT_TRUE(IsFree(block_.stock, 101));
}

TEST_F(Block, LosesItsFreeNumbersWhenTheyAreWithdrawnAndKeepsTheHeldOnes) {
  Load("+12065550100", "+12065550102");
  Hold("contoso", 1);
  const auto decided = Ask(RangeOf<WithdrawNumbersRequest>("+12065550100", "+12065550109"));
  EXPECT_EQ(decided.reply->withdrawn(), 2U);
  EXPECT_EQ(block_.stock.holders.size(), 1U);
  EXPECT_THAT(Hold("contoso", 1), ElementsAre());
}

TEST_F(Block, PicksTheLowestFreeOnesAndFewerIfThereAreFewer) {
  Load("+12065550100", "+12065550104");
  EXPECT_THAT(Hold("contoso", 3), ElementsAre(100U, 101U, 102U));
  EXPECT_THAT(Hold("fabrikam", 3), ElementsAre(103U, 104U));
  EXPECT_THAT(Hold("adatum", 3), ElementsAre());
}

TEST_F(Block, GivesANamedOneToTheFirstWhoAsks) {
  Load("+12065550100", "+12065550104");
  EXPECT_THAT(Hold("contoso", 1, {103}), ElementsAre(103U));
  EXPECT_THAT(Hold("fabrikam", 2, {103, 104}), ElementsAre(104U));
  EXPECT_EQ(block_.stock.holders.Find(103)->organization(), "contoso");
}

TEST_F(Block, FreesForTheHolderOnlyAndUnderItsHold) {
  Load("+12065550100", "+12065550100");
  Hold("contoso", 1);
  EXPECT_THAT(Free("fabrikam", "r1", 100), ElementsAre());
  EXPECT_THAT(Free("contoso", "r2", 100), ElementsAre());
  EXPECT_FALSE(IsFree(block_.stock, 100));
  EXPECT_THAT(Free("contoso", "r1", 100), ElementsAre(100U));
  EXPECT_TRUE(block_.stock.holders.empty());
  EXPECT_TRUE(IsFree(block_.stock, 100));
}

TEST(Stock, ChecksItsRulesInTheOrderOfTheirEnum) {
  Story story;
  testing::ExpectInOrder<StockRefusal>(story, Load("+12065550100", "+12065550109"), kDecide, 2);
}

}  // namespace
}  // namespace dialtone::stock
