#include "clients/cli/output.h"

#include <gmock/gmock.h>

#include <sstream>

#include "clients/cli/csv.h"
#include "clients/cli/table.h"
#include "dialtone/admin/v1/admin_service.pb.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"

namespace dialtone::clients::cli {
namespace {

using testing::HasSubstr;

Replies TwoPools() {
  auto page = std::make_unique<licensing::v1::ListLicensePoolsResponse>();
  auto& first = *page->add_license_pools();
  first.set_name("organizations/contoso/licensePools/MCOEV");
  first.set_sku("MCOEV");
  first.set_bought(5);
  first.set_assigned(3);
  auto& second = *page->add_license_pools();
  second.set_name("organizations/contoso/licensePools/MCOPSTNPP");
  second.set_sku("MCOPSTNPP");
  Replies replies;
  replies.push_back(std::move(page));
  return replies;
}

std::string Shown(const Replies& replies, Format format) {
  std::ostringstream out;
  Show(replies, format, out);
  return out.str();
}

TEST(Output, OfAListIsATableWithShortNames) {
  EXPECT_EQ(Shown(TwoPools(), Format::kTable),
            "NAME                    SKU        BOUGHT  ASSIGNED\n"
            "licensePools/MCOEV      MCOEV      5       3\n"
            "licensePools/MCOPSTNPP  MCOPSTNPP  0       0\n");
}

TEST(Output, OfAClusterIsATableOfWhoOwnsWhat) {
  auto page = std::make_unique<admin::v1::ListPartitionsResponse>();
  auto& own = *page->add_partitions();
  own.set_role(admin::v1::Partition::ROLE_OWNER);
  own.set_owner("north:7400");
  own.set_term(3);
  own.set_position(12);
  auto& other = *page->add_partitions();
  other.set_partition(1);
  other.set_role(admin::v1::Partition::ROLE_FOLLOWER);
  other.set_owner("south:7400");
  other.set_term(4);
  other.set_position(7);
  other.set_lag(2);
  Replies replies;
  replies.push_back(std::move(page));
  EXPECT_EQ(Shown(replies, Format::kTable),
            "PARTITION  ROLE      OWNER       TERM  POSITION  LAG\n"
            "0          OWNER     north:7400  3     12        0\n"
            "1          FOLLOWER  south:7400  4     7         2\n");
}

TEST(Output, ShowsNamesWholeWhereThereIsRoom) {
  EXPECT_THAT(Shown(TwoPools(), Format::kWide),
              HasSubstr("organizations/contoso/licensePools/MCOEV"));
}

TEST(Output, AsJsonIsOneArrayOfAllPages) {
  Replies pages = TwoPools();
  pages.push_back(std::move(TwoPools().front()));
  const std::string json = Shown(pages, Format::kJson);
  EXPECT_EQ(json.front(), '[');
  EXPECT_EQ(std::count(json.begin(), json.end(), '{'), 4);
}

TEST(Output, AsJsonLinesIsAnItemALine) {
  const std::string lines = Shown(TwoPools(), Format::kJsonl);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  EXPECT_THAT(lines, HasSubstr(R"("bought":5)"));
}

TEST(Output, AsYamlQuotesWhatWouldBeReadAsANumber) {
  EXPECT_EQ(YamlOf(R"({"e164":"+12065550100","tags":["a","b"],"area":{"city":"Seattle"},"n":[]})"),
            "e164: \"+12065550100\"\ntags:\n  - a\n  - b\narea:\n  city: Seattle\nn: []\n");
}

TEST(Output, AsYamlPutsTheFirstKeyOfAnItemBehindItsDash) {
  EXPECT_EQ(YamlOf(R"([{"a":"x","b":1}])"), "- a: x\n  b: 1\n");
}

TEST(Output, AsCsvQuotesCommasAndQuotes) {
  EXPECT_EQ(CsvLine({"a,b", "say \"hi\"", "", "c"}), "\"a,b\",\"say \"\"hi\"\"\",,c\n");
}

TEST(Output, AsNamesIsWhatOtherCommandsTake) {
  EXPECT_EQ(
      Shown(TwoPools(), Format::kName),
      "organizations/contoso/licensePools/MCOEV\norganizations/contoso/licensePools/MCOPSTNPP\n");
}

TEST(Output, OfOneThingIsItsFieldsLineByLine) {
  Replies replies;
  auto reservation = std::make_unique<inventory::v1::Reservation>();
  reservation->set_name("organizations/contoso/reservations/r-1");
  reservation->set_type(inventory::v1::TOLL_FREE);
  reservation->mutable_expire_time()->set_seconds(600);
  replies.push_back(std::move(reservation));
  EXPECT_EQ(Shown(replies, Format::kTable),
            "name         reservations/r-1\ntype         TOLL_FREE\n"
            "expire time  1970-01-01 00:10:00Z\n");
}

TEST(Csv, IsReadAsItIsWritten) {
  const std::vector<CsvRow> rows = {{"a,b", "say \"hi\"", "two\nlines"}, {"1", "", "3"}};
  EXPECT_EQ(ParseCsv(CsvLine(rows[0]) + "\n" + CsvLine(rows[1])), rows);
}

TEST(Table, LeavesOutColumnsThatNoRowFills) {
  const TextTable table{{"A", "B", "C"}, {{"1", "", "3"}, {"11", "", "33"}}};
  EXPECT_EQ(table.ToText(), "A   C\n1   3\n11  33\n");
}

TEST(Table, CountsLettersNotBytes) { EXPECT_EQ(WidthOf("Zürich …"), 8U); }

TEST(Table, WithoutRowsStillNamesItsColumns) {
  const TextTable table{{"A", "B"}, {}};
  EXPECT_EQ(table.ToText(), "A  B\n");
}

TEST(Format, IsOneOfSeven) {
  EXPECT_EQ(ParseFormat("yaml"), Format::kYaml);
  EXPECT_EQ(ParseFormat("xml"), std::nullopt);
}

}  // namespace
}  // namespace dialtone::clients::cli
