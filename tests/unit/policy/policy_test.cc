#include "controlplane/policy/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/policy/loader.h"
#include "tests/unit/policy/at.h"

namespace dialtone::policy {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

const Policy& TheDefault() { return *BuiltIn(); }

v1::Policy Changed(void (*change)(v1::Policy&)) {
  v1::Policy proto = TheDefault().proto();
  change(proto);
  return proto;
}

TEST(Limits, AreThoseOfTheDocuments) {
  const Policy& policy = TheDefault();
  EXPECT_EQ(policy.reservations().open_max(), 10U);
  EXPECT_EQ(policy.reservations().numbers_max(), 200U);
  EXPECT_EQ(policy.reservations().search_max(), 500U);
  EXPECT_EQ(At("2018-10-01") + policy.reservations().ttl(),
            At("2018-10-01") + Duration::Minutes(10));
  EXPECT_EQ(FromProto(policy.reservations().ttl_max()), Duration::Hours(2));
  EXPECT_EQ(policy.porting().self_service_max(), 999U);
  EXPECT_EQ(FromProto(policy.porting().lock()), Duration::Hours(24));
  EXPECT_EQ(policy.conferencing().pin_digits_default(), 5U);
  EXPECT_EQ(policy.credits().lot_months(), 12U);
  EXPECT_EQ(policy.number_quota().basis(), v1::LICENSE_BASIS_ASSIGNED);
}

// Shows 2.6/quota.
TEST(UserNumberQuota, IsThatOfTheDocumentsExamples) {
  EXPECT_EQ(TheDefault().UserNumberQuota(50, 0), 65U);
  EXPECT_EQ(TheDefault().UserNumberQuota(100, 0), 120U);
  EXPECT_EQ(TheDefault().UserNumberQuota(30, 20), 63U);
}

// Shows 2.6/rounding.
TEST(UserNumberQuota, RoundsDown) {
  EXPECT_EQ(TheDefault().UserNumberQuota(1, 0), 11U);
  EXPECT_EQ(TheDefault().UserNumberQuota(9, 0), 19U);
  EXPECT_EQ(TheDefault().UserNumberQuota(10, 0), 21U);
}

TEST(ServiceNumberTier, IsThatOfTheDocumentsExamples) {
  EXPECT_EQ(TheDefault().ServiceNumberTier(51), 20U);
  EXPECT_EQ(TheDefault().ServiceNumberTier(1001), 125U);
}

// Shows 2.6/tiers.
TEST(ServiceNumberTier, ChangesAtItsBounds) {
  EXPECT_EQ(TheDefault().ServiceNumberTier(0), 0U);
  EXPECT_EQ(TheDefault().ServiceNumberTier(1), 5U);
  EXPECT_EQ(TheDefault().ServiceNumberTier(25), 5U);
  EXPECT_EQ(TheDefault().ServiceNumberTier(26), 10U);
  EXPECT_EQ(TheDefault().ServiceNumberTier(49'999), 1000U);
  EXPECT_EQ(TheDefault().ServiceNumberTier(50'000), 1500U);
  EXPECT_EQ(TheDefault().ServiceNumberTier(5'000'000), 1500U);
}

// Shows 1.1/dated.
TEST(Country, HasTheFeaturesOfTheDate) {
  const auto* before = TheDefault().CountryAt("KE", At("2018-12-01"));
  const auto* after = TheDefault().CountryAt("KE", At("2020-09-01"));
  ASSERT_TRUE(before != nullptr && after != nullptr);
  EXPECT_EQ(before->toll(), v1::AVAILABILITY_NO);
  EXPECT_EQ(after->toll(), v1::AVAILABILITY_ON_REQUEST);
  EXPECT_EQ(TheDefault().CountryAt("JP", At("2020-09-01"))->calling_plan(),
            v1::AVAILABILITY_VIA_SOFTBANK);
  EXPECT_EQ(TheDefault().CountryAt("CL", At("2018-12-01"))->toll(),
            v1::AVAILABILITY_LOCAL_ORGANIZATIONS);
}

TEST(Country, ChangesAtMidnightUtc) {
  const Timestamp change = At("2020-08-01");
  EXPECT_EQ(TheDefault().CountryAt("UA", change - Duration::Micros(1))->communications_credits(),
            v1::AVAILABILITY_YES);
  EXPECT_EQ(TheDefault().CountryAt("UA", change)->communications_credits(), v1::AVAILABILITY_NO);
  EXPECT_EQ(TheDefault().CountryChangesAfter("UA", change - Duration::Micros(1)), change);
  EXPECT_FALSE(TheDefault().CountryChangesAfter("UA", change));
}

TEST(Country, IsUnknownBeforeItsFirstRow) {
  EXPECT_EQ(TheDefault().CountryAt("AL", At("2018-12-01")), nullptr);
  EXPECT_NE(TheDefault().CountryAt("AL", At("2020-08-01")), nullptr);
  EXPECT_EQ(TheDefault().CountryAt("XX", At("2020-08-01")), nullptr);
}

// Shows 1.3/countries.
TEST(Countries, AreEightySixInTheSeedAnd114In2020) {
  EXPECT_EQ(TheDefault().CountriesAt(At("2018-12-01")).size(), 86U);
  EXPECT_EQ(TheDefault().CountriesAt(At("2020-09-01")).size(), 114U);
}

TEST(Countries, EachHaveADialPrefix) {
  for (const auto* country : TheDefault().CountriesAt(At("2020-09-01"))) {
    EXPECT_FALSE(TheDefault().DialPrefixes(country->iso()).empty()) << country->iso();
  }
  EXPECT_THAT(TheDefault().DialPrefixes("PR"), ElementsAre("1787", "1939"));
}

TEST(CountryRules, SayWhenALocationIsDue) {
  const Timestamp at = At("2018-12-01");
  for (const char* iso : {"US", "CA"}) {
    EXPECT_EQ(TheDefault().RulesAt(iso, at).location_due(), v1::LOCATION_DUE_ASSIGNMENT) << iso;
  }
  for (const char* iso : {"GB", "FR", "JP", "XX"}) {
    EXPECT_EQ(TheDefault().RulesAt(iso, at).location_due(), v1::LOCATION_DUE_ACQUISITION) << iso;
  }
  EXPECT_TRUE(TheDefault().RulesAt("US", at).emergency_disclaimer());
  EXPECT_FALSE(TheDefault().RulesAt("CA", at).emergency_disclaimer());
}

// Shows 3.5/area-code.
TEST(CountryRules, AskSixCountriesForAnAddressInTheAreaCode) {
  std::vector<std::string> matching;
  for (const auto* country : TheDefault().CountriesAt(At("2020-09-01"))) {
    if (TheDefault().RulesAt(country->iso(), At("2020-09-01")).area_code_match()) {
      matching.push_back(country->iso());
    }
  }
  EXPECT_THAT(matching, ElementsAre("BE", "DE", "ES", "FR", "IE", "NL"));
}

TEST(CountryRules, OpenSelfServicePortingCountryByCountry) {
  EXPECT_TRUE(TheDefault().RulesAt("US", At("2018-12-01")).self_service_porting());
  EXPECT_FALSE(TheDefault().RulesAt("GB", At("2018-12-01")).self_service_porting());
  EXPECT_TRUE(TheDefault().RulesAt("GB", At("2020-09-01")).self_service_porting());
}

// Shows 1.1/plus-one.
TEST(CountryOf, TellsTheCountriesOfPlusOneApart) {
  EXPECT_EQ(TheDefault().CountryOf(Number("+12065550100")), "US");
  EXPECT_EQ(TheDefault().CountryOf(Number("+14165550100")), "CA");
  EXPECT_EQ(TheDefault().CountryOf(Number("+17875550100")), "PR");
  EXPECT_EQ(TheDefault().CountryOf(Number("+12425550100")), "BS");
  EXPECT_EQ(TheDefault().CountryOf(Number("+18765550100")), "JM");
  EXPECT_EQ(TheDefault().PrefixOf(Number("+12065550100"))->region(), "WA");
  EXPECT_EQ(TheDefault().PrefixOf(Number("+14165550100"))->region(), "ON");
}

TEST(CountryOf, KnowsAreaCodesOfEveryState) {
  std::set<std::string> states;
  for (const auto& area : TheDefault().proto().npa()) {
    if (area.iso() == "US" && !area.region().empty()) states.insert(area.region());
    EXPECT_THAT(area.prefix(), testing::MatchesRegex("1[2-9][0-9][0-9]"));
  }
  EXPECT_EQ(states.size(), 51U);  // and the District of Columbia
}

// Shows 1.5/toll-free.
TEST(CountryOf, GivesNoCountryForTollFreeNumbersOfPlusOne) {
  for (const char* number : {"+18005550199", "+18335550100", "+18885550100"}) {
    EXPECT_EQ(TheDefault().CountryOf(Number(number)), "");
    EXPECT_EQ(TheDefault().PrefixOf(Number(number))->kind(), v1::PREFIX_KIND_TOLL_FREE);
  }
  EXPECT_EQ(TheDefault().PrefixOf(Number("+12115550100")), nullptr);
}

TEST(CountryOf, TellsRussiaAndKazakhstanApart) {
  EXPECT_EQ(TheDefault().CountryOf(Number("+74951234567")), "RU");
  EXPECT_EQ(TheDefault().CountryOf(Number("+77271234567")), "KZ");
}

TEST(NumberRanges, AreInTheCountryThatTheySay) {
  for (const auto& range : TheDefault().proto().number_ranges()) {
    if (range.number_class() == v1::NUMBER_CLASS_SERVICE_TOLL_FREE) continue;
    EXPECT_EQ(TheDefault().CountryOf(Number("+" + range.first())), range.iso()) << range.first();
    EXPECT_EQ(TheDefault().CountryOf(Number("+" + range.last())), range.iso()) << range.last();
  }
}

TEST(Skus, AreProvidedByThePlansThatIncludeThem) {
  EXPECT_TRUE(TheDefault().Provides("ENTERPRISEPREMIUM", "MCOEV"));
  EXPECT_TRUE(TheDefault().Provides("ENTERPRISEPREMIUM", v1::SKU_KIND_AUDIO_CONFERENCING));
  EXPECT_FALSE(TheDefault().Provides("ENTERPRISEPREMIUM_NOPSTNCONF", "MCOMEETADV"));
  EXPECT_FALSE(TheDefault().Provides("ENTERPRISEPACK", v1::SKU_KIND_PHONE_SYSTEM));
  EXPECT_FALSE(TheDefault().Provides("NOSUCH", "MCOEV"));
}

TEST(Skus, HaveOnlyPrerequisitesThatAreKnown) {
  for (const auto& sku : TheDefault().proto().skus()) {
    for (const auto& group : sku.prerequisites()) {
      EXPECT_FALSE(group.skus().empty()) << sku.sku();
      for (const auto& needed : group.skus())
        EXPECT_NE(TheDefault().Sku(needed), nullptr) << needed;
    }
  }
}

TEST(Skus, NeverGiveBusinessPremiumCloudVoice) {
  EXPECT_TRUE(TheDefault().Sku("O365_BUSINESS_PREMIUM")->no_cloud_voice());
  EXPECT_THAT(TheDefault().Sku("MCOEV")->prerequisites(0).skus(),
              Not(Contains("O365_BUSINESS_PREMIUM")));
  EXPECT_THAT(TheDefault().Sku("MCOMEETADV")->prerequisites(0).skus(),
              Contains("O365_BUSINESS_PREMIUM"));
}

TEST(Skus, CommunicationsCreditsIsFreeAndUncounted) {
  const auto* credits = TheDefault().Sku(TheDefault().credits().license_sku());
  ASSERT_NE(credits, nullptr);
  EXPECT_EQ(credits->sku(), "MCOPSTNPP");
  EXPECT_TRUE(credits->free());
  EXPECT_TRUE(credits->unlimited());
  EXPECT_FALSE(TheDefault().PriceAt("MCOPSTNPP", At("2018-12-01")));
}

TEST(Prices, ChangeOnTheirDay) {
  EXPECT_EQ(TheDefault().PriceAt("ENTERPRISEPACK", At("2018-12-01"))->text(), "20.00 USD");
  EXPECT_EQ(TheDefault().PriceAt("ENTERPRISEPACK", At("2022-03-01"))->text(), "23.00 USD");
  EXPECT_FALSE(TheDefault().PriceAt("MCOPSTN5", At("2016-01-01")));
}

// Shows 1.2/minutes.
TEST(Minutes, AreThoseOfThePlanInTheCountry) {
  const Timestamp at = At("2018-12-01");
  EXPECT_EQ(TheDefault().MinutesAt("US", "MCOPSTN1", at)->domestic_minutes(), 3000U);
  EXPECT_EQ(TheDefault().MinutesAt("GB", "MCOPSTN2", at)->international_minutes(), 600U);
  EXPECT_EQ(TheDefault().MinutesAt("PR", "MCOPSTN5", at), nullptr);
  EXPECT_EQ(TheDefault().RulesAt("PR", at).minute_pool(), "US");
  EXPECT_EQ(TheDefault().DialOutMinutesAt(At("2019-11-30")), 900U);
  EXPECT_EQ(TheDefault().DialOutMinutesAt(At("2019-12-01")), 60U);
  EXPECT_TRUE(TheDefault().InZone("A", "KR", at));
  EXPECT_FALSE(TheDefault().InZone("A", "AR", at));
}

TEST(FundingMin, RoseInJuly2018) {
  EXPECT_EQ(TheDefault().FundingMinAt(At("2018-07-11")).text(), "20.00 USD");
  EXPECT_EQ(TheDefault().FundingMinAt(At("2018-07-12")).text(), "50.00 USD");
  EXPECT_EQ(TheDefault().FundingMinAt(Timestamp()).text(), "20.00 USD");
}

TEST(RateFor, TakesTheLongestPrefixInForce) {
  const auto rate = [](const char* number, const char* day) {
    return TheDefault().RateFor(Number(number), At(day));
  };
  EXPECT_EQ(rate("+12065550100", "2018-12-01")->prefix(), "1");
  EXPECT_EQ(rate("+12425550100", "2018-12-01")->destination(), "Bahamas");
  EXPECT_EQ(rate("+442079460000", "2018-12-01")->per_minute_micros(), 22'000);
  EXPECT_EQ(rate("+442079460000", "2020-09-01")->per_minute_micros(), 19'000);
  EXPECT_EQ(rate("+447700900000", "2020-09-01")->destination(), "United Kingdom mobile");
  EXPECT_EQ(rate("+448445550100", "2020-09-01")->connection_fee_micros(), 100'000);
  EXPECT_EQ(rate("+442079460000", "2018-09-30"), nullptr);
}

TEST(RateFor, KeepsTheOlderLongPrefixWhenTheShortOneChanges) {
  v1::Policy proto = TheDefault().proto();
  proto.clear_rates();
  const auto add = [&](const char* prefix, const char* from, std::int64_t micros) {
    auto* rate = proto.add_rates();
    rate->set_direction(v1::CALL_DIRECTION_OUTBOUND);
    rate->set_prefix(prefix);
    rate->set_valid_from(from);
    rate->set_destination(prefix);
    rate->set_per_minute_micros(micros);
    rate->set_increment_seconds(60);
  };
  add("44", "2018-01-01", 1);
  add("447", "2018-01-01", 2);
  add("44", "2019-01-01", 3);
  add("4420", "2019-01-01", 4);
  const auto policy = Compile(proto);
  ASSERT_TRUE(policy) << policy.error();
  const auto micros = [&](const char* number, const char* day) {
    return (*policy)->RateFor(Number(number), At(day))->per_minute_micros();
  };
  EXPECT_EQ(micros("+447700900000", "2019-06-01"), 2);
  EXPECT_EQ(micros("+441134960000", "2019-06-01"), 3);
  EXPECT_EQ(micros("+442079460000", "2019-06-01"), 4);
  EXPECT_EQ(micros("+442079460000", "2018-06-01"), 1);
}

TEST(InboundRateFor, ChargesTollFreeNumbersOnly) {
  const Timestamp at = At("2018-12-01");
  EXPECT_EQ(TheDefault().InboundRateFor(Number("+18885550100"), at)->increment_seconds(), 6U);
  EXPECT_EQ(TheDefault().InboundRateFor(Number("+448081570000"), at)->minimum_seconds(), 60U);
  EXPECT_EQ(TheDefault().InboundRateFor(Number("+12065550100"), at), nullptr);
}

TEST(BusinessDays, LeaveOutWeekendsAndHolidays) {
  const auto is_business_day = [](const char* iso, const char* day) {
    return TheDefault().IsBusinessDay(iso, *ParseDay(day));
  };
  EXPECT_TRUE(is_business_day("US", "2018-11-21"));
  EXPECT_FALSE(is_business_day("US", "2018-11-22"));  // Thanksgiving
  EXPECT_TRUE(is_business_day("GB", "2018-11-22"));
  EXPECT_FALSE(is_business_day("GB", "2018-11-24"));  // a Saturday
  EXPECT_FALSE(is_business_day("GB", "2020-05-08"));
  EXPECT_TRUE(is_business_day("GB", "2020-05-04"));
  EXPECT_FALSE(is_business_day("DE", "2019-04-19"));  // Good Friday
  EXPECT_FALSE(is_business_day("IL", "2018-11-23"));  // a Friday
  EXPECT_TRUE(is_business_day("IL", "2018-11-25"));
}

TEST(BusinessDays, AreCountedFromTheNextDayOn) {
  const auto after = [](const char* iso, const char* day, std::uint32_t count) {
    return ToText(TheDefault().AddBusinessDays(iso, *ParseDay(day), count));
  };
  EXPECT_EQ(after("US", "2018-11-20", 0), "2018-11-20");
  EXPECT_EQ(after("US", "2018-11-20", 2), "2018-11-23");
  EXPECT_EQ(after("US", "2018-11-20", 5), "2018-11-28");
  EXPECT_EQ(after("GB", "2018-12-21", 2), "2018-12-27");
}

TEST(Digest, IsTheSameForTheSameContent) {
  const auto again = Compile(TheDefault().proto());
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ((*again)->digest(), TheDefault().digest());
}

TEST(Digest, ChangesWithAnyChange) {
  const std::vector<void (*)(v1::Policy&)> changes{
      [](v1::Policy& policy) { policy.mutable_reservations()->set_open_max(11); },
      [](v1::Policy& policy) { policy.mutable_reservations()->mutable_ttl()->set_seconds(601); },
      [](v1::Policy& policy) { policy.mutable_rates(0)->set_per_minute_micros(1); },
      [](v1::Policy& policy) { policy.mutable_holidays(0)->set_name("Another name"); },
      [](v1::Policy& policy) { policy.mutable_holidays()->RemoveLast(); },
      [](v1::Policy& policy) { policy.mutable_skus()->SwapElements(0, 1); },
  };
  std::set<Digest> digests{TheDefault().digest()};
  for (const auto change : changes) {
    const auto changed = Compile(Changed(change));
    ASSERT_TRUE(changed) << changed.error();
    digests.insert((*changed)->digest());
  }
  EXPECT_EQ(digests.size(), changes.size() + 1);
}

}  // namespace
}  // namespace dialtone::policy
