#include "clients/cli/people_file.h"

#include <gmock/gmock.h>

namespace dialtone::clients::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kHeader[] = "user_id,display_name,email,usage_location,skus,number,location\n";

std::string Wrong(const std::string& text) {
  const auto people = ReadPeople(text, "contoso");
  return people ? "nothing" : people.error();
}
std::string WrongLine(const std::string& line) { return Wrong(kHeader + line + "\n"); }

TEST(PeopleFile, IsReadLineByLine) {
  const auto people =
      ReadPeople(std::string(kHeader) +
                     "ann,\"Beebe, Ann\",ann@contoso.com,US,MCOEV|ENTERPRISEPACK|MCOEV,12065550100,"
                     "addresses/a1/locations/default\n"
                     "bob,,,GB,MCOEV;ENTERPRISEPACK,,\n",
                 "contoso");
  ASSERT_TRUE(people.has_value()) << people.error();
  ASSERT_EQ(people->rows.size(), 2U);
  const Person& ann = people->rows[0];
  EXPECT_EQ(ann.line, 2U);
  EXPECT_EQ(ann.user_id, "ann");
  EXPECT_EQ(ann.display_name, "Beebe, Ann");
  EXPECT_EQ(ann.email, "ann@contoso.com");
  EXPECT_EQ(ann.usage_location, "US");
  EXPECT_THAT(ann.skus, ElementsAre("ENTERPRISEPACK", "MCOEV"));
  EXPECT_EQ(ann.number, "+12065550100");
  EXPECT_EQ(ann.location, "organizations/contoso/addresses/a1/locations/default");
  EXPECT_EQ(people->rows[1].skus, ann.skus) << "what groups rows is not how they are written";
  EXPECT_EQ(people->rows[1].number, "");
}

TEST(PeopleFile, HasItsColumnsInAnyOrderAndOnlyTwoAreDue) {
  const auto people = ReadPeople("usage_location,user_id\nUS,ann\n", "");
  ASSERT_TRUE(people.has_value()) << people.error();
  EXPECT_EQ(people->rows.front().user_id, "ann");
  EXPECT_THAT(people->rows.front().skus, IsEmpty());
}

TEST(PeopleFile, IsKnownByItsBytes) {
  const auto one = ReadPeople("user_id,usage_location\nann,US\n", "");
  const auto same = ReadPeople("user_id,usage_location\nann,US\n", "");
  const auto other = ReadPeople("user_id,usage_location\nann,US\n\n", "");
  EXPECT_EQ(one->digest, same->digest);
  EXPECT_NE(one->digest, other->digest);
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(PeopleFile, IsRefusedForItsFirstLine) {
  EXPECT_EQ(Wrong("user_id,usage_location,colour\nann,US,red\n"),
            "line 1, column colour: there is no such column");
  EXPECT_EQ(Wrong("user_id,user_id,usage_location\na,b,US\n"),
            "line 1, column user_id: is there twice");
  EXPECT_EQ(Wrong("user_id,email\nann,a@b.c\n"), "line 1, column usage_location: is missing");
  EXPECT_EQ(Wrong(""), "the file lists nobody");
  EXPECT_EQ(Wrong(kHeader), "the file lists nobody");
}

TEST(PeopleFile, IsRefusedWithLineAndColumn) {
  EXPECT_EQ(WrongLine("ann,,,US,,"),
            "line 2, column location: the line has 6 fields, the first line 7");
  EXPECT_EQ(WrongLine("ann,,,US,,,,"), "line 2, column 8: the line has 8 fields, the first line 7");
  EXPECT_EQ(WrongLine(",,,US,,,"), "line 2, column user_id: is empty");
  EXPECT_EQ(WrongLine("ann,,,,,,"), "line 2, column usage_location: is empty");
  EXPECT_EQ(WrongLine("ann,,,US,,555,\nbob,,,US,,+0123,"),
            "line 3, column number: +0123 is no number in E.164");
  EXPECT_THAT(WrongLine("ann,,,US,,,a1/l1"), HasSubstr("line 2, column location: is where help"));
  EXPECT_THAT(WrongLine("ann,,,US,,12065550100,a/b/c/d/e"), HasSubstr("line 2, column location"));
  EXPECT_EQ(WrongLine("ann,\xff,,US,,,"), "line 2, column display_name: is not in UTF-8");
  EXPECT_EQ(WrongLine("ann,\xed\xa0\x80,,US,,,"), "line 2, column display_name: is not in UTF-8")
      << "half of a surrogate pair";
  EXPECT_EQ(WrongLine("ann,\"two\nlines\",,US,,,"),
            "line 2, column display_name: holds a line end or control character");
  EXPECT_EQ(WrongLine("ann,\"A,,US,,,"), "line 2, column 5: a quote is never closed");
}

TEST(PeopleFile, ListsNobodyAndNoNumberTwice) {
  EXPECT_EQ(WrongLine("ann,,,US,,,\n\nbob,,,US,,,\nann,,,GB,,,"),
            "line 5, column user_id: ann is in line 2 already");
  EXPECT_EQ(WrongLine("ann,,,US,,+12065550100,\nbob,,,US,,12065550100,"),
            "line 3, column number: +12065550100 is in line 2 already");
}

TEST(PeopleFile, TakesNamesOfAllTheWorld) {
  const auto people = ReadPeople(
      "user_id,display_name,usage_location\nann,Zo\xc3\xab \xe6\xb1\x9f \xf0\x9f\x93\x9e,US\n", "");
  ASSERT_TRUE(people.has_value()) << people.error();
}

}  // namespace
}  // namespace dialtone::clients::cli
