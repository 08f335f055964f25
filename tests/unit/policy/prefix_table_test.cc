#include "controlplane/policy/prefix_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace dialtone::policy {
namespace {

using Prefixes = std::map<std::uint64_t, std::string>;

PrefixTable<std::string> TableOf(const Prefixes& rows) {
  std::vector<PrefixTable<std::string>::Entry> entries;
  for (const auto& [prefix, name] : rows) entries.emplace_back(prefix, &name);
  return PrefixTable<std::string>(entries);
}

TEST(PrefixTable, TakesTheLongestPrefix) {
  const Prefixes rows{{1, "1"}, {1242, "1242"}, {44, "44"}, {447, "447"}};
  const auto table = TableOf(rows);
  EXPECT_EQ(*table.Find(12065550100), "1");
  EXPECT_EQ(*table.Find(12425550100), "1242");
  EXPECT_EQ(*table.Find(12435550100), "1");
  EXPECT_EQ(*table.Find(442079460000), "44");
  EXPECT_EQ(*table.Find(447700900000), "447");
  EXPECT_EQ(*table.Find(448081570000), "44");
}

TEST(PrefixTable, KnowsNothingOfOtherNumbers) {
  const Prefixes rows{{44, "44"}, {46, "46"}, {999, "999"}};
  const auto table = TableOf(rows);
  for (const std::uint64_t number : {12065550100U, 4311111111U, 4511111111U, 4711111111U}) {
    EXPECT_EQ(table.Find(number), nullptr) << number;
  }
  EXPECT_EQ(*table.Find(999'999'999'999'999), "999");
  EXPECT_EQ(TableOf({}).Find(12065550100), nullptr);
}

TEST(PrefixTable, AgreesWithTryingEveryLength) {
  std::mt19937_64 random(4);
  Prefixes rows;
  while (rows.size() < 500) {
    const std::string prefix = std::to_string(random() % 99'999 + 1);
    rows[std::stoull(prefix)] = prefix;
  }
  const auto table = TableOf(rows);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t number = random() % 99'999'999'999 + 1;
    const std::string* expected = nullptr;
    for (std::uint64_t prefix = number; prefix > 0 && expected == nullptr; prefix /= 10) {
      const auto found = rows.find(prefix);
      if (found != rows.end()) expected = &found->second;
    }
    ASSERT_EQ(table.Find(number), expected) << number;
  }
}

}  // namespace
}  // namespace dialtone::policy
