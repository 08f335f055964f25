#include "controlplane/policy/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "controlplane/policy/loader.h"
#include "tests/unit/policy/at.h"

namespace dialtone::policy {
namespace {

using testing::ElementsAre;

const Policy& TheDefault() { return *BuiltIn(); }

v1::GetCountryRequest CountryRequest(const std::string& name, const std::string& date) {
  v1::GetCountryRequest request;
  request.set_name(name);
  request.set_date(date);
  return request;
}

// Shows 1.1/dated.
TEST(GetCountry, AnswersForTheDateThatIsAskedFor) {
  const auto before =
      Get(CountryRequest("countries/DE", "2018-12-01"), TheDefault(), At("2026-01-01"));
  ASSERT_TRUE(before);
  EXPECT_EQ(before->name(), "countries/DE");
  EXPECT_EQ(before->features().shared_dial_in_city(), "Frankfurt");
  EXPECT_EQ(before->valid_until(), "2020-08-01");
  EXPECT_TRUE(before->rules().area_code_match());
  EXPECT_EQ(before->calling_plans_size(), 4);
  EXPECT_EQ(before->calling_plans(0).domestic_minutes(), 1200U);

  const auto after = Get(CountryRequest("countries/DE", ""), TheDefault(), At("2020-09-01"));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->features().shared_dial_in_city(), "Munich");
  EXPECT_EQ(after->valid_until(), "");
}

TEST(GetCountry, IsRefusedWhereNothingIsSold) {
  const auto answer =
      Get(CountryRequest("countries/AL", "2018-12-01"), TheDefault(), At("2026-01-01"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, "COUNTRY_UNKNOWN");
  EXPECT_THAT(answer.error().facts,
              ElementsAre(Fact{"name", "countries/AL"}, Fact{"date", "2018-12-01"}));
}

TEST(GetCountry, IsRefusedForWhatIsNoCountryAndNoDay) {
  for (const char* name : {"", "countries", "countries/", "countries/de", "users/DE", "DE"}) {
    const auto answer = Get(CountryRequest(name, ""), TheDefault(), At("2020-09-01"));
    ASSERT_FALSE(answer) << name;
    EXPECT_EQ(answer.error().reason, "COUNTRY_UNKNOWN");
  }
  for (const char* date : {"2019-02-29", "today", "2019"}) {
    const auto answer = Get(CountryRequest("countries/DE", date), TheDefault(), At("2020-09-01"));
    ASSERT_FALSE(answer) << date;
    EXPECT_EQ(answer.error().reason, "CATALOG_DATE_INVALID");
  }
}

TEST(ListCountries, GivesEachOnceWhateverThePageSize) {
  for (const int size : {1, 7, 114, 500}) {
    v1::ListCountriesRequest request;
    request.set_page_size(size);
    std::set<std::string> seen;
    do {
      const auto page = List(request, TheDefault(), At("2020-09-01"));
      ASSERT_TRUE(page);
      EXPECT_LE(page->countries_size(), size);
      for (const auto& country : page->countries()) EXPECT_TRUE(seen.insert(country.name()).second);
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(seen.size(), 114U);
  }
}

TEST(ListCountries, RefusesATokenOfAnotherQuery) {
  v1::ListCountriesRequest request;
  request.set_page_size(10);
  const auto first = List(request, TheDefault(), At("2020-09-01"));
  ASSERT_TRUE(first);
  request.set_page_token(first->next_page_token());
  EXPECT_TRUE(List(request, TheDefault(), At("2020-09-01") + Duration::Hours(23)));
  EXPECT_FALSE(List(request, TheDefault(), At("2020-09-02")));

  v1::ListSkusRequest other;
  other.set_page_token(request.page_token());
  EXPECT_FALSE(List(other, TheDefault(), At("2020-09-01")));

  const std::string token = request.page_token();
  for (const auto& wrong : {std::string("x"), token + "0", token + "x", token.substr(1),
                            token.substr(0, token.size() - 2)}) {
    request.set_page_token(wrong);
    const auto answer = List(request, TheDefault(), At("2020-09-01"));
    ASSERT_FALSE(answer) << wrong;
    EXPECT_EQ(answer.error().reason, "CATALOG_PAGE_TOKEN_INVALID");
  }
}

// Shows 1.4/cities.
TEST(ListCities, KeepsToTheCountryAndTheDate) {
  v1::ListCitiesRequest request;
  request.set_parent("countries/DE");
  const auto names = [&](const char* date) {
    request.set_date(date);
    std::vector<std::string> cities;
    const auto reply = List(request, TheDefault(), Timestamp());
    for (const auto& city : reply->cities()) cities.push_back(city.city());
    return cities;
  };
  EXPECT_THAT(names("2018-12-01"), ElementsAre("Frankfurt"));
  EXPECT_THAT(names("2020-09-01"), ElementsAre("Frankfurt", "Munich"));
  request.set_parent("countries/-");
  EXPECT_EQ(names("2020-09-01").size(),
            static_cast<std::size_t>(TheDefault().proto().toll_cities_size()));
}

TEST(ListCities, IsRefusedWhereNothingIsSold) {
  v1::ListCitiesRequest request;
  request.set_parent("countries/AL");
  const auto answer = List(request, TheDefault(), At("2018-12-01"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, "COUNTRY_UNKNOWN");
  const auto later = List(request, TheDefault(), At("2020-09-01"));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->cities_size(), 1);
}

TEST(ListSkus, GivesWhatIsSoldAtItsPrice) {
  v1::ListSkusRequest request;
  const auto sold = [&](const char* date, const std::string& sku) -> std::string {
    request.set_date(date);
    const auto reply = List(request, TheDefault(), Timestamp());
    for (const auto& entry : reply->skus()) {
      if (entry.sku().sku() == sku) return FromProto(entry.price()).text();
    }
    return "not sold";
  };
  EXPECT_EQ(sold("2018-12-01", "ENTERPRISEPACK"), "20.00 USD");
  EXPECT_EQ(sold("2022-12-01", "ENTERPRISEPACK"), "23.00 USD");
  EXPECT_EQ(sold("2018-12-01", "MCOPSTNPP"), "0.00 USD");
  EXPECT_EQ(sold("2018-12-01", "BUSINESS_VOICE"), "not sold");
}

TEST(ListLimits, NamesEachLimitWithItsValue) {
  const auto limit = [](const char* date, const std::string& name) -> std::string {
    v1::ListLimitsRequest request;
    request.set_date(date);
    const auto reply = List(request, TheDefault(), Timestamp());
    for (const auto& row : reply->limits()) {
      if (row.name() == name) return row.value();
    }
    return "none";
  };
  EXPECT_EQ(limit("2018-12-01", "reservations.open_max"), "10");
  EXPECT_EQ(limit("2018-12-01", "reservations.ttl"), "600s");
  EXPECT_EQ(limit("2018-12-01", "number_quota.basis"), "LICENSE_BASIS_ASSIGNED");
  EXPECT_EQ(limit("2018-12-01", "rating.notice_percents"), "80, 100");
  EXPECT_EQ(limit("2018-12-01", "emergency.numbers"), "112, 911, 933, 999");
  EXPECT_EQ(limit("2018-07-11", "credits.funding_min"), "20.00 USD");
  EXPECT_EQ(limit("2018-07-12", "credits.funding_min"), "50.00 USD");
  EXPECT_EQ(limit("2017-01-01", "conferencing.dial_out_minutes"), "none");
}

TEST(ListLimits, NamesThePolicy) {
  EXPECT_EQ(List(v1::ListLimitsRequest(), TheDefault(), Timestamp())->policy_digest(),
            ToHex(AsBytes(TheDefault().digest())));
}

TEST(ListNumberRanges, HasStockForTheUnitedStatesAndTheUnitedKingdom) {
  v1::ListNumberRangesRequest request;
  request.set_page_size(1000);
  for (const auto& [parent, first] :
       {std::pair("countries/US", "12065550100"), std::pair("countries/GB", "442079460000")}) {
    request.set_parent(parent);
    const auto reply = List(request, TheDefault(), Timestamp());
    ASSERT_TRUE(reply);
    bool found = false;
    for (const auto& range : reply->number_ranges()) {
      EXPECT_EQ("countries/" + range.iso(), parent);
      found = found || range.first() == first;
    }
    EXPECT_TRUE(found) << first;
  }
}

}  // namespace
}  // namespace dialtone::policy
