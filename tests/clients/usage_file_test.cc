#include "clients/cli/usage_file.h"

#include <gmock/gmock.h>

#include <fstream>

#include "clients/demo/calls.h"
#include "dialtone/billing/v1/billing_service.pb.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::clients::cli {
namespace {

using billing::v1::UsageBatch;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kHeader[] = "UserId,CallType,DestinationNumber,StartTime,DurationSeconds\n";

class UsageFile : public testing::Test {
 protected:
  tl::expected<std::vector<RequestPtr>, std::string> Read(const std::string& text) {
    const auto file = folder_.path() / "usage.csv";
    std::ofstream(file) << text;
    Arguments arguments;
    arguments.org = "contoso";
    arguments.file = file.string();
    arguments.rest = {"usage", "record", "switch-1"};
    return ReadUsage(arguments);
  }
  const TemporaryFolder folder_;
};

const UsageBatch& Batch(const RequestPtr& request) {
  return dynamic_cast<const UsageBatch&>(*request);
}

TEST_F(UsageFile, NamesEachUserOnce) {
  const auto batches = Read(std::string(kHeader) +
                            "ann,user_out,+12065550117,2018-10-02T10:00:00Z,61\n"
                            "bob,user_out,+442079460321,2018-10-02T10:00:01Z,62\n"
                            "cho,conf_in,911,2018-10-02T10:00:02Z,63\n"
                            "bob,user_out,12065550117,2018-10-02T10:00:03Z,64\n");
  ASSERT_TRUE(batches.has_value()) << batches.error();
  ASSERT_EQ(batches->size(), 1U);
  const UsageBatch& batch = Batch(batches->front());
  EXPECT_EQ(batch.source(), "organizations/contoso/usageSources/switch-1");
  EXPECT_EQ(batch.first_sequence(), 1U);
  EXPECT_THAT(batch.users(), ElementsAre("ann", "bob", "cho"));
  ASSERT_EQ(batch.records_size(), 4);
  EXPECT_EQ(batch.records(0).user(), 0U);
  EXPECT_EQ(batch.records(1).user(), 1U);
  EXPECT_EQ(batch.records(2).user(), 2U);
  EXPECT_EQ(batch.records(3).user(), 1U);
  EXPECT_EQ(batch.records(0).number(), 12065550117U);
  EXPECT_EQ(batch.records(2).number(), 911U);
  EXPECT_EQ(batch.records(2).call_type(), billing::v1::CALL_TYPE_CONF_IN);
  EXPECT_EQ(batch.records(0).seconds(), 61U);
  EXPECT_EQ(batch.records(1).start_micros() - batch.records(0).start_micros(), 1'000'000);
}

TEST_F(UsageFile, IsCutIntoBatchesWithoutAGap) {
  const demo::Month month{WallTime(std::chrono::hours(24 * 365 * 48)), {"ann", "bob"}, 2'500, 7};
  const auto file = folder_.path() / "month.csv";
  demo::WriteCalls(month, file);
  std::ifstream stream(file);
  const auto batches = Read(std::string(std::istreambuf_iterator<char>(stream), {}));
  ASSERT_TRUE(batches.has_value()) << batches.error();
  ASSERT_EQ(batches->size(), 3U);
  EXPECT_EQ(Batch((*batches)[1]).first_sequence(), 1'001U);
  EXPECT_EQ(Batch((*batches)[2]).first_sequence(), 2'001U);
  EXPECT_EQ(Batch((*batches)[2]).records_size(), 500);
}

TEST_F(UsageFile, IsRefusedWithItsLine) {
  EXPECT_THAT(Read("UserId\nann\n").error(), HasSubstr("no column CallType"));
  EXPECT_THAT(Read(std::string(kHeader) + "ann,user_out,+1206,yesterday,61\n").error(),
              HasSubstr("line 2"));
  EXPECT_THAT(Read(std::string(kHeader) + "ann,user_out,,2018-10-02T10:00:00Z,61\n").error(),
              HasSubstr("line 2"));
  EXPECT_THAT(Read("").error(), HasSubstr("empty"));
}

}  // namespace
}  // namespace dialtone::clients::cli
