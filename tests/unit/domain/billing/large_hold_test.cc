// The largest hold: whatever a hold may become, it fits an entry of the ledger.
#include <gtest/gtest.h>

#include "controlplane/domain/billing/decide.h"
#include "tests/support/credits.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::billing {
namespace {

using testing::Hold;
using testing::kUnit;
using testing::Story;

constexpr std::int64_t kLotUnits = 50;
constexpr std::int64_t kLotsMax = 500;

const State& StateOf(const Story& story) { return story.organization().billing; }

// Purchases of 50 each, one more than a hold may draw on.
void GivenManyLots(Story& story) {
  story.Given(testing::Users({"ann"}), testing::Licensed({"ann"}, {"MCOPSTN1", "MCOPSTNPP"}));
  ASSERT_EQ(story.policy().credits().hold_lots_max(), kLotsMax);
  for (std::int64_t i = 0; i <= kLotsMax; ++i) testing::Funded(story, kLotUnits);
}

CreditHold TheLargest(Story& story) {
  return story.When(Hold("ann", kLotsMax * kLotUnits * kUnit), kDecide).ThenReplied<CreditHold>();
}

void ExpectAllGivenBack(const Story& story, std::int64_t consumed_micros) {
  const CreditAccount& account = StateOf(story).account.get();
  EXPECT_TRUE(StateOf(story).holds.empty());
  EXPECT_EQ(account.held().micros(), 0);
  EXPECT_EQ(account.available().micros(), (kLotsMax + 1) * kLotUnits * kUnit - consumed_micros);
  EXPECT_EQ(account.consumed().micros(), consumed_micros);
}

TEST(TheLargestHold, IsVoided) {
  Story story;
  GivenManyLots(story);
  VoidHoldRequest release;
  release.set_name(TheLargest(story).name());
  const auto ended = story.When(release, kDecide).ThenReplied<CreditHold>();
  EXPECT_EQ(ended.parts_size(), kLotsMax);
  ExpectAllGivenBack(story, 0);
}

TEST(TheLargestHold, IsCapturedInPart) {
  Story story;
  GivenManyLots(story);
  CaptureHoldRequest capture;
  capture.set_name(TheLargest(story).name());
  *capture.mutable_amount() = testing::Usd(1);
  story.When(capture, kDecide).ThenOk();
  ExpectAllGivenBack(story, 1);
}

TEST(TheLargestHold, Expires) {
  Story story;
  GivenManyLots(story);
  TheLargest(story);
  story.Wait(Duration::Hours(1));
  EXPECT_EQ(story.Count<CreditHoldEnded>(), 1);
  ExpectAllGivenBack(story, 0);
}

TEST(AnEndedHold, IsPostedOnceForEachAccount) {
  Story story;
  GivenManyLots(story);
  TheLargest(story);
  story.Wait(Duration::Hours(1));
  for (const auto& [aggregate, event] : story.events()) {
    if (event.billing().has_credit_hold_ended())
      EXPECT_EQ(event.billing().credit_hold_ended().postings_size(), 2);
  }
}

TEST(PlaceHold, IsRefusedBeyondTheLotsThatItMayDrawOn) {
  Story story;
  GivenManyLots(story);
  story.When(Hold("ann", kLotsMax * kLotUnits * kUnit + 1), kDecide)
      .ThenRefused(CREDIT_HOLD_OF_TOO_MANY_LOTS, {{"lots", "501"}, {"max", "500"}});
}

}  // namespace
}  // namespace dialtone::billing
