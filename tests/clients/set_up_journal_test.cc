// What `user set-up` writes down: the journal, the report, and the file below them.
#include "clients/cli/set_up_journal.h"

#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>

#include "clients/cli/set_up_report.h"
#include "clients/cpp/request_id.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::clients::cli {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

constexpr char kSeed[] = "01932c07-0001-7000-8000-000000000000";
constexpr char kOtherSeed[] = "01932c07-0002-7000-8000-000000000000";

class SetUpFiles : public testing::Test {
 protected:
  std::string path() const { return folder_.path() / "people.report.csv.journal"; }
  std::string text() const {
    std::ostringstream text;
    text << std::ifstream(path()).rdbuf();
    return text.str();
  }
  void Write(const std::string& text) const { std::ofstream(path()) << text; }
  // Opened anew.
  std::unique_ptr<SetUpJournal> Journal() {
    auto journal = SetUpJournal::Open(path(), identity_);
    EXPECT_TRUE(journal.has_value()) << journal.error();
    return journal ? std::move(*journal) : nullptr;
  }
  std::string Refused(const SetUpJournal::Identity& identity) const {
    const auto journal = SetUpJournal::Open(path(), identity);
    return journal ? "nothing" : journal.error();
  }

  const TemporaryFolder folder_;
  const SetUpJournal::Identity identity_{"d1", "organizations/contoso", "c1", 300};
};

TEST_F(SetUpFiles, FindWhatWasBegunBeforeACrash) {
  ASSERT_TRUE(Journal()->Begin({100, 100, kSeed}).has_value());
  const auto journal = Journal();
  EXPECT_EQ(journal->Find(99), std::nullopt);
  EXPECT_EQ(journal->Find(100), (Chunk{100, 100, kSeed}));
  EXPECT_EQ(journal->Find(199), (Chunk{100, 100, kSeed}));
  EXPECT_EQ(journal->Find(200), std::nullopt);
}

TEST_F(SetUpFiles, HaveTheNewestOfTwoChunksOfARow) {
  ASSERT_TRUE(Journal()->Begin({0, 100, kSeed}).has_value());
  ASSERT_TRUE(Journal()->Begin({100, 100, kSeed}).has_value());
  ASSERT_TRUE(Journal()->Begin({0, 50, kOtherSeed}).has_value()) << "halved";
  const auto journal = Journal();
  EXPECT_EQ(journal->Find(0), (Chunk{0, 50, kOtherSeed}));
  EXPECT_EQ(journal->Find(50), std::nullopt);
  EXPECT_EQ(journal->Find(100), std::nullopt) << "which came before";
}

TEST_F(SetUpFiles, GoOnInTheMiddleOfAChunk) {
  ASSERT_TRUE(Journal()->Begin({0, 100, kSeed}).has_value());
  ASSERT_TRUE(Journal()->Begin({30, 70, kOtherSeed}).has_value());
  const auto journal = Journal();
  EXPECT_EQ(journal->Find(29), (Chunk{0, 100, kSeed}));
  EXPECT_EQ(journal->Find(30), (Chunk{30, 70, kOtherSeed}));
}

TEST_F(SetUpFiles, LeaveOutALineThatWasNotFinished) {
  ASSERT_TRUE(Journal()->Begin({0, 100, kSeed}).has_value());
  const std::string whole = text();
  for (std::size_t cut = 1; cut <= 20; ++cut) {
    Write(whole + CsvLine({"chunk", "101", "100", kOtherSeed}).substr(0, cut));
    const auto journal = Journal();
    EXPECT_EQ(journal->Find(100), std::nullopt);
    EXPECT_EQ(text(), whole);
  }
  Write(whole.substr(0, 5));
  EXPECT_EQ(Journal()->Find(0), std::nullopt) << "of which not even the first line was finished";
}

TEST_F(SetUpFiles, AreOfOneFileOneOrganizationAndOneLedger) {
  Journal();
  auto other = identity_;
  other.digest = "d2";
  EXPECT_THAT(Refused(other), HasSubstr("the file has changed since"));
  other = identity_;
  other.organization = "organizations/fabrikam";
  EXPECT_THAT(Refused(other),
              HasSubstr("of the organization organizations/contoso, not organizations/fabrikam"));
  other = identity_;
  other.ledger = "c2";
  EXPECT_THAT(Refused(other), HasSubstr("of the ledger c1, and the server has c2"));
  EXPECT_EQ(Refused(identity_), "nothing");
}

TEST_F(SetUpFiles, AreRefusedWhereTheyAreDamaged) {
  Journal();
  const std::string whole = text();
  for (const char* const line : {"chunk,0,100,x", "chunk,1,0,x", "chunk,1,100", "chunk,300,2,x",
                                 "chunk,1,1,short", "piece,1,1,x"}) {
    Write(whole + line + "\n");
    EXPECT_THAT(Refused(identity_), HasSubstr("damaged: line 2")) << line;
  }
  Write("something else\n");
  EXPECT_THAT(Refused(identity_), HasSubstr("is no journal"));
  Write("user set-up,2" + whole.substr(sizeof("user set-up,1") - 1));
  EXPECT_THAT(Refused(identity_), HasSubstr("is no journal that this program can go on with"));
}

TEST_F(SetUpFiles, AreOneProcessesOwn) {
  const auto journal = Journal();
  EXPECT_THAT(Refused(identity_), HasSubstr("another process is at"));
}

TEST_F(SetUpFiles, SayWhereTheyCannotBeWritten) {
  const auto journal = SetUpJournal::Open(folder_.path() / "no" / "where", identity_);
  ASSERT_FALSE(journal.has_value());
  EXPECT_THAT(journal.error(), HasSubstr("cannot be opened: No such file"));
}

TEST(ChunkRequestId, IsAUuidOfTheSeedsTimeAndTheSameEachTime) {
  const Chunk chunk{0, 100, MintRequestId(WallTime(std::chrono::milliseconds(0x0123456789ab)))};
  const std::string id = RequestIdOf(chunk, "create 0");
  EXPECT_THAT(id, MatchesRegex("01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(RequestIdOf({7, 9, chunk.seed}, "create 0"), id);
  std::set<std::string> ids;
  for (int i = 0; i < 1'000; ++i) ids.insert(RequestIdOf(chunk, std::to_string(i)));
  EXPECT_EQ(ids.size(), 1'000U);
  EXPECT_NE(RequestIdOf({0, 100, MintRequestId(WallTime())}, "create 0"), id);
}

class Report : public testing::Test {
 protected:
  std::string path() const { return folder_.path() / "people.report.csv"; }
  std::string text() const {
    std::ostringstream text;
    text << std::ifstream(path()).rdbuf();
    return text.str();
  }
  std::unique_ptr<SetUpReport> Opened() {
    auto report = SetUpReport::Open(path(), people_);
    EXPECT_TRUE(report.has_value()) << report.error();
    return report ? std::move(*report) : nullptr;
  }

  const TemporaryFolder folder_;
  const People people_ = *ReadPeople("user_id,usage_location\nann,US\n\nbob,US\ncho,US\n", "");
  const RowResult refused_{"NO_LICENSE_LEFT", "licenses", "bought=1; assigned=1", ""};
};

TEST_F(Report, HasALineForEachRow) {
  const auto report = Opened();
  ASSERT_TRUE(report->Append({{"ok", "", "", "+12065550100"}, refused_}).has_value());
  ASSERT_TRUE(report->Append({RowResult()}).has_value());
  EXPECT_EQ(text(),
            "line,user_id,status,step,facts,number\n"
            "2,ann,ok,,,+12065550100\n"
            "4,bob,NO_LICENSE_LEFT,licenses,bought=1; assigned=1,\n"
            "5,cho,ok,,,\n");
}

TEST_F(Report, KnowsWhatItHadBefore) {
  ASSERT_TRUE(Opened()->Append({RowResult(), refused_}).has_value());
  const auto report = Opened();
  EXPECT_EQ(report->rows(), 2U);
  EXPECT_EQ(report->refused(), 1U);
  EXPECT_EQ(report->first_reason(), "NO_LICENSE_LEFT");
  EXPECT_EQ(report->refusals().at({"NO_LICENSE_LEFT", "licenses"}), 1U);
}

TEST_F(Report, LosesALineThatWasNotFinished) {
  ASSERT_TRUE(Opened()->Append({RowResult(), RowResult()}).has_value());
  const std::string whole = text();
  std::ofstream(path(), std::ios::app) << "5,cho,o";
  EXPECT_EQ(Opened()->rows(), 2U);
  EXPECT_EQ(text(), whole);
}

TEST_F(Report, IsOfThisFile) {
  for (const char* const line : {"2,bob,ok,,,", "3,ann,ok,,,", "2,ann,ok",
                                 "2,ann,ok,,,\n4,bob,ok"
                                 ",,,\n5,cho,ok,,,\n6,dan,ok,,,"}) {
    std::ofstream(path()) << CsvLine(ReportHeader()) << line << '\n';
    const auto report = SetUpReport::Open(path(), people_);
    ASSERT_FALSE(report.has_value()) << line;
    EXPECT_THAT(report.error(), HasSubstr("is no report of this file"));
  }
}

}  // namespace
}  // namespace dialtone::clients::cli
