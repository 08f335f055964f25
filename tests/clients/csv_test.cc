#include "clients/cli/csv.h"

#include <gmock/gmock.h>

namespace dialtone::clients::cli {
namespace {

using testing::ElementsAre;

std::string Wrong(std::string_view text) {
  const auto records = ReadCsv(text);
  return records ? "nothing" : records.error();
}

TEST(Csv, ReadsQuotesLineEndsAndEmptyLines) {
  const auto records = ReadCsv("a,b\r\n\r\n\"x,\"\"y\"\"\",\"one\ntwo\"\n\nlast,");
  ASSERT_TRUE(records.has_value()) << records.error();
  ASSERT_EQ(records->size(), 3U);
  EXPECT_THAT((*records)[0].fields, ElementsAre("a", "b"));
  EXPECT_THAT((*records)[1].fields, ElementsAre("x,\"y\"", "one\ntwo"));
  EXPECT_THAT((*records)[2].fields, ElementsAre("last", ""));
}

TEST(Csv, KnowsInWhichLineARecordBegins) {
  const auto records = ReadCsv("a\n\n\"one\ntwo\"\n,b\n\"\",c\n");
  ASSERT_TRUE(records.has_value()) << records.error();
  std::vector<std::size_t> lines;
  for (const CsvRecord& record : *records) lines.push_back(record.line);
  EXPECT_THAT(lines, ElementsAre(1, 3, 5, 6));
}

TEST(Csv, LeavesAByteOrderMarkOut) {
  EXPECT_THAT(ReadCsv("\xef\xbb\xbfname\n")->front().fields, ElementsAre("name"));
  EXPECT_THAT(ParseCsv("\xef\xbb\xbfname\n").front(), ElementsAre("name"));
}

TEST(Csv, NamesLineAndColumnOfWhatIsMalformed) {
  EXPECT_EQ(Wrong("a,b\nx,\"y\n"), "line 2, column 3: a quote is never closed");
  EXPECT_EQ(Wrong("a\nx\"y\"\n"), "line 2, column 2: a quote inside of a field that is not quoted");
  EXPECT_EQ(Wrong("\"a\"b\n"), "line 1, column 4: text behind a closing quote");
  EXPECT_EQ(Wrong("\"\xc3\xa9\xc3\xa9\"x\n"), "line 1, column 5: text behind a closing quote")
      << "columns are characters";
}

TEST(Csv, ReadsBackWhatItWrites) {
  const CsvRow row = {"", "a,b", "\"q\"", "two\nlines", "plain"};
  EXPECT_EQ(ReadCsv(CsvLine(row))->front().fields, row);
}

}  // namespace
}  // namespace dialtone::clients::cli
