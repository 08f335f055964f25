#include "controlplane/policy/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "controlplane/policy/embedded_files.h"

namespace dialtone::policy {
namespace {

using testing::HasSubstr;

// A folder of its own for each test; its files replace the built-in ones.
class PolicyFiles : public testing::Test {
 protected:
  void SetUp() override {
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = std::filesystem::temp_directory_path() /
              ("policy-" + test + "-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string PathOf(const std::string& name) const { return (folder_ / name).string(); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  // Writes the built-in file with `from`, which must be in it, replaced by `to`. Returns the line,
  // from 1.
  std::string Change(const std::string& name, const std::string& from, const std::string& to) {
    std::string text;
    for (const auto& [known, content] : EmbeddedFiles()) {
      if (known == name) text = content;
    }
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " is not in " << name;
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');
    Write(name, text.replace(at, from.size(), to));
    return std::to_string(line);
  }

  // What Load says of the folder; empty: nothing.
  std::string Complaint() const {
    const auto loaded = Load(folder_);
    return loaded ? "" : loaded.error();
  }

  std::filesystem::path folder_;
};

TEST_F(PolicyFiles, ReplaceWhatIsBuiltIn) {
  Change("limits.textproto", "open_max: 10", "open_max: 3");
  const auto folder = Load(folder_);
  ASSERT_TRUE(folder) << folder.error();
  EXPECT_EQ((*folder)->reservations().open_max(), 3U);
  EXPECT_EQ((*folder)->proto().rates_size(), BuiltIn()->proto().rates_size());
  EXPECT_NE((*folder)->digest(), BuiltIn()->digest());

  const auto file = Load(folder_ / "limits.textproto");
  ASSERT_TRUE(file) << file.error();
  EXPECT_EQ((*file)->digest(), (*folder)->digest());
}

TEST_F(PolicyFiles, GiveTheBuiltInPolicyWhenThereAreNone) {
  const auto loaded = Load(folder_);
  ASSERT_TRUE(loaded) << loaded.error();
  EXPECT_EQ((*loaded)->digest(), BuiltIn()->digest());
}

TEST_F(PolicyFiles, MustHaveTheNameOfATable) {
  Write("rate.csv", "");
  EXPECT_THAT(Complaint(), HasSubstr(PathOf("rate.csv") + ":1: no file of a policy; they are "));
  EXPECT_THAT(Complaint(), HasSubstr("rates.csv"));
  EXPECT_FALSE(Load(folder_ / "nowhere" / "rates.csv"));
}

TEST_F(PolicyFiles, AreRefusedWithTheLineOfAMistakeInTheLimits) {
  const auto line = Change("limits.textproto", "open_max: 10", "open_maximum: 10");
  EXPECT_THAT(Complaint(), HasSubstr(PathOf("limits.textproto") + ":" + line + ": "));
  EXPECT_THAT(Complaint(), HasSubstr("open_maximum"));
}

TEST_F(PolicyFiles, AreRefusedWithTheLineOfALimitOutOfRange) {
  const auto line = Change("limits.textproto", "open_max: 10", "open_max: 0");
  EXPECT_EQ(Complaint(), PathOf("limits.textproto") + ":" + line + ": open_max is less than 1");
}

TEST_F(PolicyFiles, AreRefusedWhenALimitIsMissing) {
  Change("limits.textproto", "basis: LICENSE_BASIS_ASSIGNED", "");
  EXPECT_THAT(Complaint(), HasSubstr("basis is missing"));
  Change("limits.textproto", "ttl { seconds: 600 }", "ttl {}");
  EXPECT_THAT(Complaint(), HasSubstr("ttl is no time"));
}

TEST_F(PolicyFiles, AreRefusedWhenLimitsContradictEachOther) {
  Change("limits.textproto", "ttl { seconds: 600 }", "ttl { seconds: 7201 }");
  EXPECT_THAT(Complaint(), HasSubstr("ttl is beyond ttl_max"));
  Change("limits.textproto", "micros: 1000000000000000000", "micros: 4611686018427387904");
  EXPECT_THAT(Complaint(), HasSubstr("funded_max is more than sums can hold"));
}

struct Mistake {
  const char* file;
  const char* from;
  const char* to;
  const char* complaint;
};

class Mistakes : public PolicyFiles, public testing::WithParamInterface<Mistake> {};

TEST_P(Mistakes, AreNamedWithTheirLine) {
  const Mistake& mistake = GetParam();
  const auto line = Change(mistake.file, mistake.from, mistake.to);
  EXPECT_THAT(Complaint(), HasSubstr(PathOf(mistake.file) + ":" + line + ": " + mistake.complaint));
}

INSTANTIATE_TEST_SUITE_P(
    Tables, Mistakes,
    testing::Values(
        Mistake{"rates.csv", "prefix,valid_from", "prefix,valid_since",
                "no column 'valid_since' in Rate"},
        Mistake{"rates.csv", "inbound,1833,2018-10-01", "inbound,1833,2018-10-32",
                "valid_from cannot be '2018-10-32'"},
        Mistake{"rates.csv", "inbound,1833,", "sideways,1833,", "direction cannot be 'sideways'"},
        Mistake{"rates.csv", "inbound,1833,", "inbound,0833,", "a prefix has 1 to 15 digits"},
        Mistake{"rates.csv", "inbound,1833,", "inbound,18x3,", "prefix cannot be '18x3'"},
        Mistake{"rates.csv", "inbound,1833,2018-10-01,", "inbound,1833,2018-10-01,\"",
                "a quote stays open"},
        Mistake{"rates.csv", "inbound,1833,", "inbound,1833,,", "9 cells, the header has 8"},
        Mistake{"sku_prices.csv", "MCOEV,2015-12-01,8000000", "MCOEV,2015-12-01,8.00",
                "price_micros cannot be '8.00'"},
        Mistake{"sku_prices.csv", "MCOEV,2015-12-01,8000000", "MCOEV,2015-12-01,-1",
                "price_micros is less than 0"},
        Mistake{"sku_prices.csv", "MCOEV,", "MCOEVE,", "sku 'MCOEVE' is not in skus"},
        Mistake{"skus.csv", "calling plan,MCOEV,,MCOPSTN2", "calling plan,MCOEV|NOSUCH,,MCOPSTN2",
                "prerequisites 'NOSUCH' is not in skus"},
        Mistake{"skus.csv", "Phone System,phone system,", "Phone System,phone system,MCOPSTN1&",
                "MCOEV is among its own prerequisites"},
        Mistake{"country_features.csv", "AL,Albania", "al,Albania", "iso cannot be 'al'"},
        Mistake{"country_features.csv", "BH,Bahrain,2020-08-01", "BH,Bahrain,2018-10-01",
                "the same key as "},
        Mistake{"country_rules.csv", "6|7", "6|8", "weekend_days is more than 7"},
        Mistake{"calling_plan_minutes.csv", "US,MCOPSTN1", "UX,MCOPSTN1",
                "iso 'UX' is not in country_features"},
        Mistake{"service_number_tiers.csv", "26,49,10", "27,49,10",
                "a tier must begin where the one before it ends"},
        Mistake{"service_number_tiers.csv", "26,49,10", "26,25,10",
                "licences_max is less than licences_min"},
        Mistake{"number_ranges.csv", "12015550100,12015550179", "12015550100,12015550099",
                "a range ends where it begins or later"},
        Mistake{"number_ranges.csv", "12015550180,", "12015550179,", "overlaps the range at "},
        Mistake{"toll_cities.csv", "Tirana,2020-08-01,no", "Tirana,2020-08-01,maybe",
                "on_request cannot be 'maybe'"},
        Mistake{"calling_codes.csv", "355,AL", "1206,AL", "prefix 1206 stands twice"}));

TEST_F(PolicyFiles, AreReadOrRefusedWithTheirNameHoweverTheyAreDamaged) {
  std::mt19937 random(5);
  for (int i = 0; i < 60; ++i) {
    const auto& [name, content] = EmbeddedFiles()[random() % EmbeddedFiles().size()];
    std::string text(content);
    for (int damage = 0; damage < 3; ++damage) {
      text[random() % text.size()] = static_cast<char>(' ' + random() % 95);
    }
    text.resize(text.size() - random() % 20);
    Write(std::string(name), text);
    const auto complaint = Complaint();
    if (!complaint.empty()) {
      EXPECT_THAT(complaint, HasSubstr(std::string(name) + ":")) << text;
    }
    std::filesystem::remove(folder_ / name);
  }
}

TEST_F(PolicyFiles, NameEveryMistakeNotOnlyTheFirst) {
  Change("sku_prices.csv", "MCOEV,2015-12-01,8000000", "MCOEV,2015-12-99,-1");
  EXPECT_THAT(Complaint(), HasSubstr("valid_from cannot be '2015-12-99'"));
  EXPECT_THAT(Complaint(), HasSubstr("price_micros is less than 0"));
}

TEST_F(PolicyFiles, MustAnswerForEveryTime) {
  Change("country_rules.csv", "*,1970-01-01", "*,2018-01-01");
  EXPECT_THAT(Complaint(), HasSubstr("country_rules need a row for * from 1970-01-01 on"));
}

TEST(Compile, ChecksWhatComesFromNoFile) {
  v1::Policy proto = BuiltIn()->proto();
  proto.mutable_paging()->set_page_size_default(1001);
  const auto compiled = Compile(proto);
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error(), "policy: page_size_default is beyond page_size_max");
}

}  // namespace
}  // namespace dialtone::policy
