#include "controlplane/domain/inventory/number_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dialtone::inventory {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t kRangeMax = 10'000;

ParsedNumber Parsed(std::string_view text) { return ParseText(text, kRangeMax); }
std::string E164Of(std::string_view text) { return Parsed(text).e164(); }
ParsedNumber::Problem ProblemOf(std::string_view text) {
  const ParsedNumber parsed = Parsed(text);
  EXPECT_EQ(parsed.text(), text) << "kept as it was";
  EXPECT_EQ(parsed.e164() + parsed.first() + parsed.last(), "");
  return parsed.problem();
}
std::string RangeOf(std::string_view text) {
  const ParsedNumber parsed = Parsed(text);
  EXPECT_EQ(parsed.e164(), "");
  return parsed.first() + " " + parsed.last();
}

// Shows 3.3/paste.
TEST(NumberText, PutsTheCountryCodeOfNorthAmericaBeforeTenDigits) {
  for (const char* text : {"2065550100", "206-555-0100", "(206) 555-0100", "206.555.0100",
                           "206 555 0100", "(206)5550100", "206/555-0100", "'2065550100'"}) {
    EXPECT_EQ(E164Of(text), "+12065550100") << text;
  }
}

// Shows 3.3/paste.
TEST(NumberText, PutsAPlusBeforeElevenDigitsThatBeginWithOne) {
  EXPECT_EQ(E164Of("12065550100"), "+12065550100");
  EXPECT_EQ(E164Of("1 (206) 555-0100"), "+12065550100");
  EXPECT_EQ(E164Of("1-206-555-0100"), "+12065550100");
}

// Shows 3.3/paste.
TEST(NumberText, LeavesWhatIsInternationalAsItIs) {
  EXPECT_EQ(E164Of("+1 206-555-0100"), "+12065550100");
  EXPECT_EQ(E164Of("+44 20 7946 0018"), "+442079460018");
  EXPECT_EQ(E164Of("(+44) 20-7946-0018"), "+442079460018");
  EXPECT_EQ(E164Of("0044 20 7946 0018"), "+442079460018");
  EXPECT_EQ(E164Of("TEL:+49-30-12345678"), "+493012345678");
}

// Ten and eleven digits behind a + are a number of their own country: domain.md 3.3 would put
// nothing, or +1, before the digits alone.
TEST(NumberText, NeverPutsACountryCodeBeforeAnother) {
  EXPECT_EQ(E164Of("+4420794600"), "+4420794600");
  EXPECT_EQ(E164Of("+44 20 7946 001"), "+44207946001");
  EXPECT_EQ(ProblemOf("44 20 7946 001"), ParsedNumber::COUNTRY_CODE_MISSING);
  EXPECT_EQ(ProblemOf("020 7946 0018"), ParsedNumber::COUNTRY_CODE_MISSING);
  EXPECT_EQ(ProblemOf("0207946001"), ParsedNumber::NOT_IN_NORTH_AMERICA) << "ten digits";
}

TEST(NumberText, KnowsNoNorthAmericanNumberThatBeginsWithNoughtOrOne) {
  for (const char* text : {"1065550100", "2061550100", "+1 206 055 0100", "11065550100"})
    EXPECT_EQ(ProblemOf(text), ParsedNumber::NOT_IN_NORTH_AMERICA) << text;
  EXPECT_EQ(ProblemOf("+1206555010"), ParsedNumber::NOT_IN_NORTH_AMERICA) << "a digit is missing";
}

TEST(NumberText, TakesNoDigitsFromBesideLetters) {
  for (const char* text : {"206-555-010 ext 0", "1-800-FLOWERS", "2065550100 x12", "2.06555E+09",
                           "Ann 2065550100", "*67 2065550100", "２065550100"}) {
    EXPECT_EQ(ProblemOf(text), ParsedNumber::NOT_ONLY_DIGITS) << text;
  }
  EXPECT_EQ(ProblemOf("PhoneNumber"), ParsedNumber::NO_NUMBER) << "the head of a column";
  EXPECT_EQ(ProblemOf("-"), ParsedNumber::NO_NUMBER);
}

TEST(NumberText, KnowsNoNumberWithThePrefixOfItsOwnCountry) {
  EXPECT_EQ(ProblemOf("+44 (0)20 7946 0018"), ParsedNumber::TRUNK_PREFIX);
}

TEST(NumberText, KnowsNoNumberOfTheWrongLength) {
  for (const char* text : {"+123456", "+1234567890123456", "+0123456789", "+44+2079460018",
                           "2065550100+1", "++12065550100"}) {
    EXPECT_EQ(ProblemOf(text), ParsedNumber::NOT_E164) << text;
  }
  EXPECT_EQ(ProblemOf("5550100"), ParsedNumber::COUNTRY_CODE_MISSING);
}

TEST(NumberText, PassesOverTheMarksOfWordProcessorsAndTelephones) {
  EXPECT_EQ(E164Of("\xE2\x80\xAA+1\xC2\xA0"
                   "206\xE2\x80\x91"
                   "555\xE2\x80\x93"
                   "0100\xE2\x80\xAC"),
            "+12065550100");
}

// Shows 3.3/range.
TEST(NumberText, ReadsTwoNumbersWithADashBetweenThemAsARange) {
  EXPECT_EQ(RangeOf("2065550100-2065550109"), "+12065550100 +12065550109");
  EXPECT_EQ(RangeOf("206-555-0100 - 206-555-0109"), "+12065550100 +12065550109");
  EXPECT_EQ(RangeOf("+442079460100-+442079460199"), "+442079460100 +442079460199");
  EXPECT_EQ(RangeOf("+12065550100 \xE2\x80\x93 2065550109"), "+12065550100 +12065550109");
}

// Shows 3.3/range.
TEST(NumberText, KnowsNoRangeThatDoesNotAscend) {
  EXPECT_EQ(ProblemOf("2065550109-2065550100"), ParsedNumber::RANGE_NOT_ASCENDING);
  EXPECT_EQ(ProblemOf("2065550100-2065550100"), ParsedNumber::RANGE_NOT_ASCENDING);
}

TEST(NumberText, KnowsNoRangeOfMoreThanABlockOrOfTwoLengths) {
  EXPECT_EQ(RangeOf("2065550000-2065559999"), "+12065550000 +12065559999");
  EXPECT_EQ(ProblemOf("2065550000-2065560000"), ParsedNumber::RANGE_TOO_LARGE);
  EXPECT_EQ(ProblemOf("+99999999-+100000001"), ParsedNumber::NOT_E164) << "+1 has ten digits more";
  EXPECT_EQ(ProblemOf("+999999999-+2000000000"), ParsedNumber::RANGE_TOO_LARGE);
  EXPECT_EQ(ParseText("2065550100-2065550102", 3).last(), "+12065550102");
  EXPECT_EQ(ParseText("2065550100-2065550103", 3).problem(), ParsedNumber::RANGE_TOO_LARGE);
}

TEST(NumberText, KnowsNoRangeWithTwoDashesOrHalfANumber) {
  EXPECT_NE(ProblemOf("2065550100-2065550105-2065550109"), ParsedNumber::PROBLEM_UNSPECIFIED);
  EXPECT_NE(ProblemOf("2065550100-0109"), ParsedNumber::PROBLEM_UNSPECIFIED);
}

// In time that grows as the text does.
TEST(NumberText, KnowsNoNumberInAMegabyteOfDashes) {
  EXPECT_EQ(ProblemOf(std::string(1'000'000, '-')), ParsedNumber::NO_NUMBER);
  const std::string long_one(1'000'000, '2');
  EXPECT_EQ(ProblemOf("+" + long_one), ParsedNumber::NOT_E164);
  EXPECT_EQ(ProblemOf(long_one + "-" + long_one), ParsedNumber::COUNTRY_CODE_MISSING);
}

TEST(NumberText, PassesOverBlankLinesAndTellsTextsApart) {
  EXPECT_THAT(TextsIn("\r\n 206 555 0100\t;\n\n +44 20 7946 0018 ,x\r\n\t\n"),
              ElementsAre("206 555 0100", "+44 20 7946 0018", "x"));
  EXPECT_TRUE(TextsIn(" \n\t,;\r\n").empty());
}

TEST(NumberText, CountsWhatItUnderstood) {
  const auto response =
      Parse(TextsIn("2065550100-2065550109\n+442079460018\nhello; 44 20 7946 001"), kRangeMax);
  EXPECT_EQ(response.numbers_size(), 4);
  EXPECT_EQ(response.understood(), 11U);
  EXPECT_EQ(response.problems(), 2U);
}

}  // namespace
}  // namespace dialtone::inventory
