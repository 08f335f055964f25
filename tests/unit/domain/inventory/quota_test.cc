#include "controlplane/domain/inventory/quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/policy/loader.h"

namespace dialtone::inventory {
namespace {

licensing::State Pool(const std::string& sku, std::uint32_t bought, std::uint32_t assigned) {
  licensing::State state;
  auto& pool = state.pools.Put(sku);
  pool.set_sku(sku);
  pool.set_bought(bought);
  pool.set_assigned(assigned);
  return state;
}

// Shows 2.6/explain.
// 50 licences: 65 numbers, domain.md 2.6.
TEST(ExplainQuota, TellsTheFormulaWithItsInputs) {
  const Quota quota = Explain(SUBSCRIBER, Pool("MCOPSTN1", 60, 50), 3, 2, *policy::BuiltIn());
  EXPECT_EQ(quota.quota(), 65U);
  EXPECT_EQ(quota.left(), 60U);
  EXPECT_EQ(quota.formula(),
            "50 calling plans assigned x 11 div 10 + 10 + 0 pay-as-you-go licences x 1 = 65");
  EXPECT_THAT(quota.remedies(),
              ::testing::Contains("Assign the 10 calling plans that are bought and that nobody "
                                  "has."));
}

// 51 licences: 20 toll numbers, domain.md 2.6.
TEST(ExplainQuota, NamesTheNextTierOfServiceNumbers) {
  const Quota quota = Explain(TOLL, Pool("MCOEV", 51, 51), 0, 0, *policy::BuiltIn());
  EXPECT_EQ(quota.quota(), 20U);
  EXPECT_THAT(quota.remedies(),
              ::testing::ElementsAre("Have 100 of these licences: they allow 30 numbers."));
}

TEST(ExplainQuota, LeavesNothingWhereMoreIsHeldThanAllowed) {
  EXPECT_EQ(Explain(SUBSCRIBER, Pool("MCOPSTN1", 1, 1), 30, 0, *policy::BuiltIn()).left(), 0U);
}

}  // namespace
}  // namespace dialtone::inventory
