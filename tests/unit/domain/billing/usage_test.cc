#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "controlplane/domain/billing/decide.h"
#include "tests/support/credits.h"
#include "tests/support/numbers.h"
#include "tests/support/policies.h"
#include "tests/support/story.h"

namespace dialtone::billing {
namespace {

using testing::AddCall;
using testing::Batch;
using testing::Funded;
using testing::kUnit;
using testing::Licensed;
using testing::RegisterSource;
using testing::Story;
using testing::Users;

constexpr std::uint64_t kSeattle = 12065550100;
constexpr std::uint64_t kVancouver = 16045550100;
constexpr std::uint64_t kLondon = 442079460100;
constexpr std::int64_t kMinutesOfPlan = 120;  // MCOPSTN5, one user

const CreditAccount& AccountIn(const Story& story) {
  return story.organization().billing.account.get();
}

const MinutePool& PoolIn(const Story& story, const std::string& id) {
  const auto* const pool =
      story.organization().billing.pools.Find("organizations/contoso/minutePools/" + id);
  static const MinutePool none;
  EXPECT_NE(pool, nullptr) << id;
  return pool == nullptr ? none : *pool;
}

// Ann has 120 domestic minutes and credits, Bob neither; 50 dollars.
void GivenAnnAndBob(Story& story) {
  story.Given(Users({"ann", "bob"}), Licensed({"ann"}, {"MCOPSTN5", "MCOPSTNPP"}));
  Funded(story, 50);
  story.When(RegisterSource(), kDecide).ThenOk();
}

UsageBatchResult Record(Story& story, const UsageBatch& batch) {
  return story.When(batch, kDecide).ThenReplied<UsageBatchResult>();
}

// The reason of each refused record, in their order.
std::vector<std::string> ReasonsOf(const UsageBatchResult& result) {
  std::map<std::uint64_t, std::string> reasons;
  for (const auto& refusal : result.refusals()) {
    for (const std::uint64_t sequence : refusal.sequences()) reasons[sequence] = refusal.reason();
  }
  std::vector<std::string> list;
  for (const auto& [sequence, reason] : reasons) list.push_back(reason);
  return list;
}

TEST(RecordUsage, TakesPlanMinutesBeforeCredits) {
  Story story;
  GivenAnnAndBob(story);
  auto batch = Batch(1, {"ann"});
  AddCall(batch, 0, kSeattle, 61, story.now());
  const auto result = Record(story, batch);
  EXPECT_EQ(result.recorded(), 1U);
  EXPECT_EQ(result.charged().micros(), 0);
  EXPECT_EQ(PoolIn(story, "mcopstn5-us-2018-12").domestic_seconds_used(), 120);
  EXPECT_EQ(PoolIn(story, "mcopstn5-us-2018-12").domestic_seconds(), 60 * kMinutesOfPlan);
}

TEST(RecordUsage, ChargesCallsAbroadToCreditsOnADomesticPlan) {
  Story story;
  GivenAnnAndBob(story);
  auto batch = Batch(1, {"ann"});
  AddCall(batch, 0, kLondon, 60, story.now());
  const auto result = Record(story, batch);
  const auto* const rate = story.policy().RateFor(E164::FromDigits(kLondon), story.now());
  EXPECT_EQ(result.charged().micros(), rate->per_minute_micros());
  EXPECT_EQ(AccountIn(story).consumed().micros(), rate->per_minute_micros());
}

TEST(RecordUsage, SplitsTheCallThatCrossesTheEndOfThePool) {
  Story story;
  GivenAnnAndBob(story);
  auto batch = Batch(1, {"ann"});
  AddCall(batch, 0, kSeattle, 60 * (kMinutesOfPlan - 1), story.now());
  AddCall(batch, 0, kSeattle, 180, story.now());
  AddCall(batch, 0, kSeattle, 60, story.now());
  const auto result = Record(story, batch);
  EXPECT_EQ(result.charged().micros(), 3 * 13'000) << "two minutes of the second, one of the third";
  const auto& pool = PoolIn(story, "mcopstn5-us-2018-12");
  EXPECT_EQ(pool.domestic_seconds_used(), pool.domestic_seconds());
  EXPECT_EQ(pool.notice_percent(), 100U);
}

TEST(RecordUsage, GivesNoticeAtEightyPercent) {
  Story story;
  GivenAnnAndBob(story);
  auto batch = Batch(1, {"ann"});
  AddCall(batch, 0, kSeattle, 60 * 95, story.now());
  Record(story, batch);
  EXPECT_EQ(PoolIn(story, "mcopstn5-us-2018-12").notice_percent(), 0U);
  batch = Batch(2, {"ann"});
  AddCall(batch, 0, kSeattle, 60, story.now());
  Record(story, batch);
  EXPECT_EQ(PoolIn(story, "mcopstn5-us-2018-12").notice_percent(), 80U);
}

TEST(RecordUsage, CountsTheMinutesOfAMonthInThatMonth) {
  Story story;
  GivenAnnAndBob(story);
  story.Wait(Duration::Days(31));
  auto batch = Batch(1, {"ann"});
  AddCall(batch, 0, kSeattle, 60, story.now() - Duration::Seconds(1));
  AddCall(batch, 0, kSeattle, 120, story.now());
  Record(story, batch);
  EXPECT_EQ(PoolIn(story, "mcopstn5-us-2018-12").domestic_seconds_used(), 60);
  EXPECT_EQ(PoolIn(story, "mcopstn5-us-2019-01").domestic_seconds_used(), 120);
}

// Shows 2.3/pools.
TEST(RecordUsage, SharesThePoolOfOnePlanBetweenTheUsersOfACountry) {
  Story story;
  story
      .Given(Users({"ann", "bob"}), Users({"carlos"}, "PR"), Users({"zoe"}, "CA"),
             Licensed({"ann", "bob", "carlos", "zoe"}, {"MCOPSTN1"}))
      .When(RegisterSource(), kDecide)
      .ThenOk();
  auto batch = Batch(1, {"ann", "carlos", "zoe"});
  AddCall(batch, 0, kSeattle, 60, story.now());
  AddCall(batch, 1, kSeattle, 60, story.now());
  AddCall(batch, 2, kVancouver, 60, story.now());
  Record(story, batch);
  EXPECT_EQ(PoolIn(story, "mcopstn1-us-2018-12").domestic_seconds(), 3 * 3'000 * 60)
      << "US and PR share: domain.md 2.3";
  EXPECT_EQ(PoolIn(story, "mcopstn1-us-2018-12").domestic_seconds_used(), 120);
  EXPECT_EQ(PoolIn(story, "mcopstn1-ca-2018-12").domestic_seconds_used(), 60);
}

TEST(RecordUsage, EndsBothAllowancesOfAPlanWhenOneIsUsedUp) {
  Story story;
  story.Given(Users({"ann"}), Licensed({"ann"}, {"MCOPSTN2", "MCOPSTNPP"}));
  Funded(story, 50);
  story.When(RegisterSource(), kDecide).ThenOk();
  auto batch = Batch(1, {"ann"});
  AddCall(batch, 0, kLondon, 600 * 60, story.now());
  AddCall(batch, 0, kSeattle, 60, story.now());
  EXPECT_EQ(Record(story, batch).charged().micros(), 13'000)
      << "600 abroad, whichever comes first: domain.md 2.3";
}

TEST(RecordUsage, TakesConferenceDialOutFromTheOrganizationsPool) {
  Story story;
  story.Given(Users({"ann"}), Licensed({"ann"}, {"MCOMEETADV"}))
      .When(RegisterSource(), kDecide)
      .ThenOk()
      .Wait(Duration::Days(400));
  auto batch = Batch(1, {"ann"});
  AddCall(batch, 0, kLondon, 60, story.now(), CALL_TYPE_CONF_OUT);
  AddCall(batch, 0, kSeattle, 60, story.now(), CALL_TYPE_CONF_OUT);
  EXPECT_EQ(Record(story, batch).recorded(), 2U);
  EXPECT_EQ(PoolIn(story, "mcomeetadv-2020-01").domestic_seconds(), 60 * 60);
  EXPECT_EQ(PoolIn(story, "mcomeetadv-2020-01").domestic_seconds_used(), 120);
}

TEST(RecordUsage, ChargesCallsToTollFreeNumbersToTheirOwner) {
  Story story;
  GivenAnnAndBob(story);
  auto batch = Batch(1, {"ann"});
  AddCall(batch, 0, 18005550100, 7, story.now(), CALL_TYPE_UCAP_IN);
  AddCall(batch, 0, kSeattle, 7, story.now(), CALL_TYPE_USER_IN);
  EXPECT_EQ(Record(story, batch).charged().micros(), 6'000) << "12 s at 0.03 a minute";
}

TEST(RecordUsage, TellsRecordByRecordWhatIsRefused) {
  Story story;
  GivenAnnAndBob(story);
  auto batch = Batch(1, {"ann", "bob", "zoe"});
  AddCall(batch, 0, kLondon, 60, story.now());
  AddCall(batch, 1, kLondon, 60, story.now());
  AddCall(batch, 2, kLondon, 60, story.now());
  AddCall(batch, 0, 99955501001, 60, story.now());
  AddCall(batch, 0, kLondon, 60, story.now() + Duration::Seconds(1));
  AddCall(batch, 0, kLondon, 60, story.now() - Duration::Days(61));
  AddCall(batch, 0, 12345, 60, story.now());
  AddCall(batch, 0, kLondon, 5'000'000, story.now());
  AddCall(batch, 7, kSeattle, 60, story.now());
  const auto result = Record(story, batch);
  EXPECT_EQ(result.recorded(), 1U);
  EXPECT_THAT(ReasonsOf(result),
              ::testing::ElementsAre("USER_WITHOUT_CREDITS_LICENSE", "CREDIT_USER_NOT_FOUND",
                                     "DESTINATION_WITHOUT_RATE", "USAGE_IN_THE_FUTURE",
                                     "USAGE_TOO_LATE", "USAGE_RECORD_INVALID",
                                     "CREDITS_INSUFFICIENT", "CREDIT_USER_NOT_FOUND"));
  EXPECT_EQ(result.refused(), 8U);
  EXPECT_EQ(result.refusals(0).sequences(0), 2U);
  EXPECT_EQ(result.done_through(), 9U) << "a refused record is done too";
}

TEST(RecordUsage, RefusesWhatNobodyPaysFor) {
  Story story;
  story.Given(Users({"ann"}), Licensed({"ann"}, {"MCOPSTN5", "MCOPSTNPP"}))
      .When(RegisterSource(), kDecide)
      .ThenOk();
  auto batch = Batch(1, {"ann"});
  AddCall(batch, 0, kSeattle, 60 * (kMinutesOfPlan + 1), story.now());
  EXPECT_THAT(ReasonsOf(Record(story, batch)), ::testing::ElementsAre("CREDIT_BALANCE_NOT_FOUND"));
  batch = Batch(2, {"ann"});
  AddCall(batch, 0, kSeattle, 60 * kMinutesOfPlan, story.now());
  EXPECT_EQ(Record(story, batch).recorded(), 1U) << "the refused call left the pool untouched";
}

// A call of a user in that state, as the two ways to charge it see it: the reason of the refusal;
// empty: none.
struct Charged {
  std::string at_once;
  std::string as_usage;
};

constexpr std::uint32_t kTwoDays = 48 * 60 * 60;  // to London: 63.36

Charged ChargeACall(const std::string& country, const std::vector<std::string>& skus,
                    std::int64_t units) {
  Story story;
  auto created = testing::OrganizationCreated("contoso");
  created.mutable_organization()->set_country(country);
  story.Given(Users({"ann"}), Licensed({"ann"}, skus));
  if (units > 0) Funded(story, units);
  story.Given(created).When(RegisterSource(), kDecide).ThenOk();
  auto batch = Batch(1, {"ann"});
  AddCall(batch, 0, kLondon, kTwoDays, story.now() - Duration::Days(2));
  const auto reasons = ReasonsOf(Record(story, batch));
  const auto consume = testing::ConsumeCall("ann", "+" + std::to_string(kLondon), kTwoDays);
  Charged charged{"", reasons.empty() ? "" : reasons.front()};
  story.When(consume, kDecide);
  if (story.answer()->has_refusal()) charged.at_once = story.answer()->refusal().reason();
  return charged;
}

TEST(RecordUsage, IsRefusedForJustTheReasonsThatConsumptionIs) {
  const std::vector<std::vector<std::string>> licences = {
      {}, {"MCOPSTNPP"}, {"MCOPSTN1"}, {"MCOPSTN1", "MCOPSTNPP"}};
  std::set<std::string> seen;
  for (const char* const country : {"US", "AQ"}) {
    for (const auto& skus : licences) {
      for (const std::int64_t units : {0, 50, 200}) {
        SCOPED_TRACE(country + std::to_string(skus.size()) + " " + std::to_string(units));
        const Charged charged = ChargeACall(country, skus, units);
        EXPECT_EQ(charged.as_usage, charged.at_once);
        seen.insert(charged.at_once);
      }
    }
  }
  EXPECT_EQ(seen.size(), 5U) << "no credits there, no balance, no licence, not enough, and none";
}

// Shows 5.4/never-refused.
TEST(RecordUsage, NeverRefusesAnEmergencyCall) {
  Story story;
  story.When(RegisterSource(), kDecide).ThenOk();
  auto batch = Batch(1, {});
  AddCall(batch, 0, 911, 60, story.now());
  AddCall(batch, 5, 112, 60, story.now() + Duration::Days(1), CALL_TYPE_UNSPECIFIED);
  const auto result = Record(story, batch);
  EXPECT_EQ(result.recorded(), 2U);
  EXPECT_EQ(result.refused(), 0U);
}

TEST(RecordUsage, CountsEachRecordOnce) {
  Story story;
  GivenAnnAndBob(story);
  auto batch = Batch(1, {"ann"});
  for (int i = 0; i < 3; ++i) AddCall(batch, 0, kLondon, 60, story.now());
  const std::int64_t charged = Record(story, batch).charged().micros();
  const auto again = Record(story, batch);
  EXPECT_EQ(again.repeated_before(), 3U);
  EXPECT_EQ(again.recorded(), 0U);
  EXPECT_TRUE(story.events().empty());
  AddCall(batch, 0, kLondon, 60, story.now());
  const auto partly = Record(story, batch);
  EXPECT_EQ(partly.repeated_before(), 3U);
  EXPECT_EQ(partly.recorded(), 1U);
  EXPECT_EQ(AccountIn(story).consumed().micros(), charged / 3 * 4);
}

TEST(RecordUsage, TakesBatchesOutOfOrderWithinTheWindow) {
  Story story;
  GivenAnnAndBob(story);
  auto late = Batch(1, {"ann"});
  AddCall(late, 0, kLondon, 60, story.now());
  auto early = Batch(3, {"ann"});
  AddCall(early, 0, kLondon, 60, story.now());
  EXPECT_EQ(Record(story, early).done_through(), 0U);
  EXPECT_EQ(Record(story, late).done_through(), 1U);
  EXPECT_EQ(Record(story, early).repeated_before(), 1U);
}

TEST(RecordUsage, IsRefusedBeyondTheWindowUntilTheHoleIsSkipped) {
  Story story;
  GivenAnnAndBob(story);
  auto batch = Batch(514, {"ann"});
  AddCall(batch, 0, kLondon, 60, story.now());
  story.When(batch, kDecide)
      .ThenRefused(USAGE_SEQUENCE_BEYOND_WINDOW,
                   {{"sequence", "514"}, {"done_through", "0"}, {"window", "512"}});
  SkipUsageRequest skip;
  skip.set_source(testing::kSource);
  skip.set_first_sequence(1);
  skip.set_last_sequence(513);
  skip.set_reason("the switch lost its disk");
  story.When(skip, kDecide).ThenOk();
  EXPECT_EQ(Record(story, batch).done_through(), 514U);
}

TEST(SkipUsage, IsRefusedForNothingAtAll) {
  Story story;
  GivenAnnAndBob(story);
  SkipUsageRequest skip;
  skip.set_source(testing::kSource);
  skip.set_first_sequence(7);
  for (const std::uint64_t last : {6U, 1U}) {
    skip.set_last_sequence(last);
    story.When(skip, kDecide)
        .ThenRefused(USAGE_SPAN_EMPTY, {{"first", "7"}, {"last", std::to_string(last)}});
  }
  EXPECT_EQ(story.Count<UsageSkipped>(), 0);
}

TEST(RegisterUsageSource, IsRefusedBeyondTheLimit) {
  Story story(testing::PolicyWith(
      [](policy::v1::Policy& policy) { policy.mutable_rating()->set_sources_max(1); }));
  RegisterUsageSourceRequest request;
  request.set_parent("organizations/contoso");
  request.set_usage_source_id("one");
  story.When(request, kDecide).ThenOk();
  request.set_usage_source_id("two");
  story.When(request, kDecide)
      .ThenRefused(TOO_MANY_USAGE_SOURCES, {{"sources", "1"}, {"max", "1"}});
}

TEST(RecordUsage, IsRefusedForASourceThatNobodyRegistered) {
  Story story;
  story.When(Batch(1, {}), kDecide).ThenRefused(USAGE_SOURCE_NOT_FOUND);
}

TEST(RecordUsage, IsRefusedForMoreThanAThousandRecords) {
  Story story;
  GivenAnnAndBob(story);
  auto batch = Batch(1, {"ann"});
  for (int i = 0; i < 1'001; ++i) AddCall(batch, 0, kSeattle, 1, story.now());
  story.When(batch, kDecide)
      .ThenRefused(USAGE_BATCH_TOO_LARGE, {{"records", "1001"}, {"max", "1000"}});
}

TEST(RecordUsage, TakesLittleRoomInTheLedger) {
  Story story;
  std::vector<std::string> ids;
  for (int group = 0; group < 10; ++group) {
    std::vector<std::string> some;
    for (int i = 0; i < 100; ++i) some.push_back("user-number-" + std::to_string(100 * group + i));
    story.Given(Users(some), Licensed(some, {"MCOPSTN2", "MCOPSTNPP"}));
    ids.insert(ids.end(), some.begin(), some.end());
  }
  Funded(story, 50'000);
  story.When(RegisterSource(), kDecide).ThenOk();
  auto batch = Batch(1, ids);
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    AddCall(batch, i, (i % 2 == 0 ? kSeattle : kLondon) + i, 61 + i,
            story.now() - Duration::Micros(86'400'000'000 - 7'919'993 * i));
  }
  EXPECT_EQ(Record(story, batch).recorded(), 1'000U);
  ASSERT_EQ(story.Count<UsageRecorded>(), 1);
  EXPECT_LE(story.events().front().second.ByteSizeLong(), 60U * 1'000);
}

TEST(RecordUsage, TellsAThousandRefusalsInOneAnswer) {
  Story story;
  story.When(RegisterSource(), kDecide).ThenOk();
  auto batch = Batch(1, {"zoe"});
  for (int i = 0; i < 1'000; ++i) AddCall(batch, 0, kSeattle, 60, story.now());
  const auto result = Record(story, batch);
  EXPECT_EQ(result.refused(), 1'000U);
  EXPECT_EQ(result.refusals_size(), 1);
}

TEST(RegisterUsageSource, IsRefusedTwice) {
  Story story;
  story.When(RegisterSource(), kDecide)
      .ThenOk()
      .When(RegisterSource(), kDecide)
      .ThenRefused(USAGE_SOURCE_EXISTS);
}

}  // namespace
}  // namespace dialtone::billing
