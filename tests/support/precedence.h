// Whether a command's rules are checked in the order of their slice's refusal enum.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/support/story.h"

namespace dialtone::testing {

// The slice's own rules that a dry run of the command looks at, by their places in the enum's text:
// a rule that comes later than others may stand before them, under a number of its own.
template <class Refusal, class Request, class DecideFn>
std::vector<int> RulesOf(Story& story, const Request& request, DecideFn decide) {
  std::vector<int> rules;
  story.DryRun().When(request, decide);
  for (const RuleTrace& rule : story.trace()) {
    const auto* const value =
        google::protobuf::GetEnumDescriptor<Refusal>()->FindValueByName(rule.rejection.reason);
    if (value != nullptr) rules.push_back(value->index());
  }
  return rules;
}

// There are so many of them, and none stands before an earlier one.
template <class Refusal, class Request, class DecideFn>
void ExpectInOrder(Story& story, const Request& request, DecideFn decide, std::size_t count) {
  const auto rules = RulesOf<Refusal>(story, request, decide);
  EXPECT_EQ(rules.size(), count) << request.GetTypeName();
  EXPECT_TRUE(std::is_sorted(rules.begin(), rules.end())) << request.GetTypeName();
}

}  // namespace dialtone::testing
