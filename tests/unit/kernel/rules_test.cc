#include "controlplane/kernel/rules.h"

#include <gtest/gtest.h>

#include "dialtone/type/v1/options.pb.h"

namespace dialtone {
namespace {

using type::v1::FORMAT_DIGITS;
using type::v1::FORMAT_E164;

TEST(Rules, RefuseByTheFirstThatIsBroken) {
  Rules rules;
  rules.Require(true, FORMAT_DIGITS)
      .Require(false, FORMAT_E164, Named{"asked", 2})
      .Require(false, FORMAT_DIGITS);
  ASSERT_FALSE(rules);
  const Rejection rejection = rules.refusal().value();
  EXPECT_EQ(rejection.reason, "FORMAT_E164");
  EXPECT_EQ(rejection.facts, (std::vector<Fact>{{"asked", "2"}}));
}

TEST(Rules, ShowADryRunEveryRuleWithItsInputs) {
  std::vector<RuleTrace> trace;
  Rules rules(&trace);
  rules.Require(true, FORMAT_DIGITS, Named{"open", 1})
      .Require(false, FORMAT_E164, Named{"asked", 2});
  ASSERT_EQ(trace.size(), 2U);
  EXPECT_TRUE(trace[0].holds);
  EXPECT_EQ(trace[0].rejection.facts, (std::vector<Fact>{{"open", "1"}}));
  EXPECT_FALSE(trace[1].holds);
}

}  // namespace
}  // namespace dialtone
