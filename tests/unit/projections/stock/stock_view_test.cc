#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "controlplane/kernel/event.h"
#include "projections/stock/stock_projection.h"
#include "projections/stock/stock_queries.h"
#include "tests/support/memory_view.h"
#include "tests/support/numbers.h"

namespace dialtone::projections {
namespace {

using namespace inventory::v1;
using namespace stock::v1;
using testing::StockLoaded;

class StockView : public ::testing::Test {
 protected:
  template <class E>
  void Happened(E event) {
    ledger::v1::Outcome outcome;
    outcome.set_aggregate("numberBlocks/" + std::to_string(event.block()));
    *outcome.add_events() = ToEvent(std::move(event));
    ASSERT_EQ(view_.Project(outcome, {{0, ++index_}, now_}), std::nullopt);
  }
  NumbersLoaded In(const std::string& city, std::string_view first, std::string_view last) {
    NumbersLoaded loaded = StockLoaded(first, last);
    loaded.mutable_area()->set_city(city);
    return loaded;
  }
  SearchNumbersResponse Search(const std::string& city, std::uint32_t quantity,
                               const std::string& contains = "") {
    SearchNumbersRequest request;
    request.set_type(SUBSCRIBER);
    request.mutable_area()->set_country("US");
    request.mutable_area()->set_region("WA");
    request.mutable_area()->set_city(city);
    request.set_quantity(quantity);
    request.set_contains(contains);
    SearchNumbersResponse reply;
    EXPECT_TRUE(queries_.SearchNumbers(view_.TakeSnapshot(), request, reply).has_value());
    return reply;
  }
  std::vector<std::uint64_t> Blocks(std::uint32_t quantity, std::string_view who = "contoso") {
    Area area;
    area.set_country("US");
    return queries_.BlocksWith(view_.TakeSnapshot(), area, SUBSCRIBER, quantity, who);
  }
  NumberBlock Block(const std::string& name) {
    GetNumberBlockRequest request;
    request.set_name(name);
    NumberBlock reply;
    EXPECT_TRUE(queries_.GetNumberBlock(view_.TakeSnapshot(), request, reply).has_value());
    return reply;
  }
  NumbersHeld Held(std::uint64_t block, const std::vector<std::uint32_t>& places) {
    NumbersHeld held;
    held.set_block(block);
    for (const std::uint32_t place : places) held.add_places(place);
    return held;
  }

  Timestamp now_ = Timestamp::Micros(1'000'000'000);
  std::uint64_t index_ = 0;
  StockProjection projection_;
  MemoryView view_{projection_};
  StockQueries queries_{nullptr, {10, 100}, [this] { return now_; }};
};

// Shows 3.2/near-by.
TEST_F(StockView, FindsFreeNumbersOfACityAndSomeNearByWhenTheyAreTooFew) {
  Happened(In("Seattle", "+12065550100", "+12065550102"));
  Happened(In("Bellevue", "+14255550100", "+14255550102"));
  Happened(Held(1206555, {100}));
  const auto found = Search("Seattle", 4);
  ASSERT_EQ(found.numbers_size(), 2);
  EXPECT_EQ(found.numbers(0).e164(), "+12065550101");
  ASSERT_EQ(found.nearby_size(), 2);
  EXPECT_EQ(found.nearby(0).area().city(), "Bellevue");
  EXPECT_EQ(Search("Seattle", 2).nearby_size(), 0);
}

TEST_F(StockView, KnowsANumberThatWasPortedOutAndSeesItComeHome) {
  Happened(In("Seattle", "+12065550100", "+12065550101"));
  Happened(Held(1206555, {100}));
  stock::v1::NumbersPortedOut gone;
  gone.set_block(1206555);
  gone.add_places(100);
  Happened(gone);
  EXPECT_EQ(Block("numberBlocks/1206555").departed(), 1U);
  EXPECT_EQ(Block("numberBlocks/1206555").held(), 0U);
  Happened(In("Seattle", "+12065550100", "+12065550101"));
  EXPECT_EQ(Block("numberBlocks/1206555").available(), 1U) << "loading does not bring it back";

  NumbersHeld back = Held(1206555, {100});
  back.set_ported(true);
  Happened(back);
  NumbersFreed freed;
  freed.set_block(1206555);
  freed.add_places(100);
  Happened(freed);
  EXPECT_EQ(Block("numberBlocks/1206555").departed(), 1U) << "its port was cancelled";
  Happened(back);
  freed.set_cool_until_micros(now_.micros() + 1);
  Happened(freed);
  EXPECT_EQ(Block("numberBlocks/1206555").departed(), 0U);
  EXPECT_EQ(Block("numberBlocks/1206555").resting(), 1U);
  Happened(Held(1206555, {101}));
  NumbersHeld ported = Held(1206555, {102});
  ported.set_ported(true);
  Happened(ported);
  gone.set_places(0, 102);
  Happened(gone);
  EXPECT_EQ(Block("numberBlocks/1206555").departed(), 0U) << "it never was of our stock";
  EXPECT_EQ(Block("numberBlocks/1206555").ported(), 0U);
}

TEST_F(StockView, MatchesDigits) {
  Happened(In("Seattle", "+12065550100", "+12065550199"));
  const auto found = Search("Seattle", 20, "5017");
  ASSERT_EQ(found.numbers_size(), 10);
  EXPECT_EQ(found.numbers(0).e164(), "+12065550170");
}

TEST_F(StockView, ShowsANumberAgainWhenItHasRested) {
  Happened(In("Seattle", "+12065550100", "+12065550100"));
  Happened(Held(1206555, {100}));
  NumbersFreed freed;
  freed.set_block(1206555);
  freed.add_places(100);
  freed.set_cool_until_micros((now_ + Duration::Days(1)).micros());
  Happened(freed);
  EXPECT_EQ(Search("Seattle", 1).numbers_size(), 0);
  EXPECT_TRUE(Blocks(1).empty());
  EXPECT_EQ(Block("numberBlocks/1206555").resting(), 1U);
  now_ = now_ + Duration::Days(1);
  EXPECT_EQ(Search("Seattle", 1).numbers_size(), 1);
  EXPECT_EQ(Block("numberBlocks/1206555").available(), 1U);
}

TEST_F(StockView, CountsNumbersByTypeAndState) {
  Happened(In("Seattle", "+12065550100", "+12065550109"));
  Happened(In("Tacoma", "+12535550100", "+12535550101"));
  Happened(Held(1206555, {100, 101, 102}));
  NumbersFreed freed;
  freed.set_block(1206555);
  freed.add_places(100);
  freed.set_cool_until_micros((now_ + Duration::Days(1)).micros());
  Happened(freed);
  const auto by_type = NumbersByType(view_.TakeSnapshot(), now_);
  ASSERT_EQ(by_type.size(), 1U);
  const NumberTotals& totals = by_type.at(SUBSCRIBER);
  EXPECT_EQ(totals.free, 9U);
  EXPECT_EQ(totals.resting, 1U);
  EXPECT_EQ(totals.held, 2U);
}

TEST_F(StockView, ForgetsAPortedNumberThatGoesBackToItsCodeHolder) {
  NumbersHeld ported = Held(1206555, {7});
  ported.set_ported(true);
  Happened(ported);
  EXPECT_EQ(Block("numberBlocks/1206555").ported(), 1U);
  NumbersFreed freed;
  freed.set_block(1206555);
  freed.add_places(7);
  Happened(freed);
  const auto block = Block("numberBlocks/1206555");
  EXPECT_EQ(block.available() + block.held() + block.ported(), 0U);
}

TEST_F(StockView, ProposesABlockThatHasAllBeforeThoseThatHaveSome) {
  Happened(In("Seattle", "+12065550100", "+12065550101"));
  Happened(In("Seattle", "+12065560100", "+12065560109"));
  Happened(In("Seattle", "+12065570100", "+12065570104"));
  EXPECT_THAT(Blocks(10), ::testing::ElementsAre(1206556, 1206557, 1206555));
}

TEST_F(StockView, SendsCustomersOfOneCityToDifferentBlocks) {
  for (int i = 0; i < 8; ++i) {
    const std::string prefix = "+120655" + std::to_string(i);
    Happened(In("Seattle", prefix + "0000", prefix + "0099"));
  }
  std::set<std::uint64_t> first;
  for (const char* who : {"a", "b", "c", "d", "e", "f", "g", "h"})
    first.insert(Blocks(5, who).front());
  EXPECT_GT(first.size(), 2U);
  EXPECT_EQ(Blocks(5, "a"), Blocks(5, "a"));
}

TEST_F(StockView, SaysThatASearchEndedBeforeItHadLookedAtAll) {
  for (int i = 0; i < 12; ++i) {
    const std::string prefix = "+12065" + std::to_string(10 + i);
    Happened(In("Seattle", prefix + "0000", prefix + "9999"));
  }
  Happened(In("Tacoma", "+12535550100", "+12535550101"));
  const auto found = Search("Seattle", 20, "7777777");
  EXPECT_EQ(found.numbers_size(), 0);
  EXPECT_TRUE(found.incomplete());
  EXPECT_FALSE(Search("Tacoma", 20, "7777777").incomplete());
  EXPECT_FALSE(Search("Seattle", 5, "0777").incomplete()) << "it had enough";
}

TEST_F(StockView, ProposesFromAHugeStockWithoutLookingAtAllOfIt) {
  for (int i = 0; i < 1'200; ++i) {
    const std::string prefix = "+120" + std::to_string(6'000 + i);
    Happened(In("Seattle", prefix + "0000", prefix + "0009"));
  }
  EXPECT_EQ(Blocks(5).size(), 32U);
  EXPECT_THAT(Blocks(5), ::testing::Each(::testing::Lt(1207024U)));
  EXPECT_EQ(Blocks(11).size(), 32U) << "no block has all";
}

TEST_F(StockView, CountsAreaByArea) {
  Happened(In("Seattle", "+12065550100", "+12065550101"));
  Happened(In("Seattle", "+12065560100", "+12065560109"));
  Happened(In("Bellevue", "+14255550100", "+14255550102"));
  CountNumbersRequest request;
  request.set_type(SUBSCRIBER);
  CountNumbersResponse reply;
  EXPECT_FALSE(queries_.CountNumbers(view_.TakeSnapshot(), request, reply).has_value())
      << "the country is needed";
  request.mutable_area()->set_country("US");
  ASSERT_TRUE(queries_.CountNumbers(view_.TakeSnapshot(), request, reply).has_value());
  EXPECT_EQ(reply.available(), 15U);
  ASSERT_EQ(reply.areas_size(), 2);
  EXPECT_EQ(reply.areas(1).area().city(), "Seattle");
  EXPECT_EQ(reply.areas(1).available(), 12U);
}

TEST_F(StockView, ListsBlocksByPages) {
  Happened(In("Seattle", "+12065550100", "+12065550101"));
  Happened(In("Bellevue", "+14255550100", "+14255550102"));
  ListNumberBlocksRequest request;
  request.set_page_size(1);
  ListNumberBlocksResponse first;
  ListNumberBlocksResponse second;
  ASSERT_TRUE(queries_.ListNumberBlocks(view_.TakeSnapshot(), request, first).has_value());
  request.set_page_token(first.next_page_token());
  ASSERT_TRUE(queries_.ListNumberBlocks(view_.TakeSnapshot(), request, second).has_value());
  EXPECT_EQ(first.number_blocks(0).name(), "numberBlocks/1206555");
  EXPECT_EQ(second.number_blocks(0).name(), "numberBlocks/1425555");
  EXPECT_TRUE(second.next_page_token().empty());
}

}  // namespace
}  // namespace dialtone::projections
