#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/kernel/event.h"
#include "projections/inventory/emergency_rows.h"
#include "projections/inventory/inventory_projection.h"
#include "projections/inventory/inventory_queries.h"
#include "projections/inventory/inventory_rows.h"
#include "tests/support/memory_view.h"
#include "tests/support/numbers.h"

namespace dialtone::projections {
namespace {

using namespace inventory::v1;

Number NumberOf(const std::string& organization, const std::string& digits) {
  Number number;
  number.set_name(organization + "/numbers/" + digits);
  number.set_e164("+" + digits);
  number.set_type(SUBSCRIBER);
  number.mutable_area()->set_country("US");
  number.set_source(Number::STOCK);
  number.set_state(Number::UNASSIGNED);
  return number;
}

class InventoryView : public ::testing::Test {
 protected:
  template <class E>
  void Happened(const std::string& organization, E event) {
    ledger::v1::Outcome outcome;
    outcome.set_aggregate(organization);
    *outcome.add_events() = ToEvent(std::move(event));
    ASSERT_EQ(view_.Project(outcome, AtNext()), std::nullopt);
  }
  Moment AtNext() {
    ++index_;
    return {{0, index_}, Timestamp::Micros(static_cast<std::int64_t>(index_) * 1'000)};
  }
  void Acquired(const std::string& organization, const std::vector<std::string>& numbers) {
    NumbersAcquired acquired;
    acquired.mutable_reservation()->set_name(organization + "/reservations/r1");
    for (const std::string& digits : numbers)
      *acquired.add_numbers() = NumberOf(organization, digits);
    Happened(organization, acquired);
  }
  void Released(const std::string& organization, std::uint64_t digits) {
    NumbersReleased released;
    released.add_numbers()->add_numbers(digits);
    Happened(organization, released);
  }
  ListNumbersResponse List(const ListNumbersRequest& request) {
    ListNumbersResponse reply;
    EXPECT_TRUE(queries_.ListNumbers(view_.TakeSnapshot(), request, now_, reply).has_value());
    return reply;
  }

  const std::string contoso_ = "organizations/contoso";
  const std::string fabrikam_ = "organizations/fabrikam";
  Timestamp now_ = Timestamp::Micros(0);
  std::uint64_t index_ = 0;
  InventoryProjection projection_;
  MemoryView view_{projection_};
  InventoryQueries queries_{nullptr, {10, 100}};
};

TEST_F(InventoryView, ShowsAnOrganizationItsOwnNumbersOnly) {
  Acquired(contoso_, {"12065550100", "12065550101"});
  Acquired(fabrikam_, {"12065550102"});
  ListNumbersRequest request;
  request.set_parent(contoso_);
  EXPECT_EQ(List(request).numbers_size(), 2);
  GetNumberRequest get;
  get.set_name(contoso_ + "/numbers/12065550102");
  Number number;
  EXPECT_FALSE(queries_.GetNumber(view_.TakeSnapshot(), get, number).has_value());
}

TEST_F(InventoryView, FiltersByStateAndPrefix) {
  Acquired(contoso_, {"12065550100", "14255550101"});
  NumberAssigned assigned;
  *assigned.mutable_number() = NumberOf(contoso_, "12065550100");
  assigned.mutable_number()->set_state(Number::ASSIGNED);
  assigned.mutable_number()->set_assignee(contoso_ + "/users/ann");
  Happened(contoso_, assigned);
  ListNumbersRequest request;
  request.set_parent(contoso_);
  request.set_state(Number::UNASSIGNED);
  const auto unassigned = List(request);
  ASSERT_EQ(unassigned.numbers_size(), 1);
  EXPECT_EQ(unassigned.numbers(0).e164(), "+14255550101");
  request.set_prefix("1206");
  EXPECT_EQ(List(request).numbers_size(), 0);
}

TEST_F(InventoryView, ShowsThatANumberIsLeavingStaysAndIsGone) {
  Acquired(contoso_, {"12065550100"});
  ListNumbersRequest request;
  request.set_parent(contoso_);
  NumbersLeaving leaving;
  leaving.set_port_out("out1");
  leaving.add_numbers(12065550100);
  Happened(contoso_, leaving);
  EXPECT_EQ(List(request).numbers(0).port_out(), "out1");
  NumbersStaying staying;
  staying.add_numbers(12065550100);
  Happened(contoso_, staying);
  EXPECT_EQ(List(request).numbers(0).port_out(), "");
  NumbersPortedOut gone;
  gone.add_numbers()->add_numbers()->set_digits(12065550100);
  Happened(contoso_, gone);
  EXPECT_EQ(List(request).numbers_size(), 0);
  const auto changes = view_.TakeSnapshot().Scan(kNumberChanges, {}, 10);
  EXPECT_EQ(changes.back().row.kind(), NumberChange::PORTED_OUT);
  EXPECT_FALSE(FindHeld(view_.TakeSnapshot(), kCallers, *E164::Parse("+12065550100")).has_value());
}

TEST_F(InventoryView, TellsWhoHadANumberWhen) {
  Acquired(contoso_, {"12065550100"});
  Released(contoso_, 12065550100);
  Acquired(fabrikam_, {"12065550100"});
  stock::v1::ListNumberHoldersRequest holders;
  holders.set_e164("+12065550100");
  stock::v1::ListNumberHoldersResponse story;
  ASSERT_TRUE(queries_.ListNumberHolders(view_.TakeSnapshot(), holders, story).has_value());
  ASSERT_EQ(story.changes_size(), 3);
  EXPECT_EQ(story.changes(1).kind(), NumberChange::RELEASED);
  EXPECT_EQ(story.changes(2).organization(), fabrikam_);
  ListNumberChangesRequest own;
  own.set_name(fabrikam_ + "/numbers/12065550100");
  ListNumberChangesResponse theirs;
  ASSERT_TRUE(queries_.ListNumberChanges(view_.TakeSnapshot(), own, theirs).has_value());
  EXPECT_EQ(theirs.changes_size(), 1) << "nothing of the holder before";
}

TEST_F(InventoryView, TellsEveryChangeOfANumberThatOneEntryHas) {
  Acquired(contoso_, {"12065550100"});
  NumberAssigned assigned;
  *assigned.mutable_number() = NumberOf(contoso_, "12065550100");
  NumberUnassigned unassigned;
  *unassigned.mutable_number() = assigned.number();
  assigned.mutable_number()->set_assignee(contoso_ + "/users/ann");
  const Moment one_entry = AtNext();
  const auto happened = [&](auto event) {
    ledger::v1::Outcome outcome;
    outcome.set_aggregate(contoso_);
    *outcome.add_events() = ToEvent(std::move(event));
    ASSERT_EQ(view_.Project(outcome, one_entry), std::nullopt);
  };
  happened(assigned);
  happened(unassigned);
  happened(assigned);
  ListNumberChangesRequest request;
  request.set_name(contoso_ + "/numbers/12065550100");
  ListNumberChangesResponse story;
  ASSERT_TRUE(queries_.ListNumberChanges(view_.TakeSnapshot(), request, story).has_value());
  ASSERT_EQ(story.changes_size(), 4);
  EXPECT_EQ(story.changes(1).kind(), NumberChange::ASSIGNED);
  EXPECT_EQ(story.changes(2).kind(), NumberChange::UNASSIGNED);
  EXPECT_EQ(story.changes(3).kind(), NumberChange::ASSIGNED);
}

TEST_F(InventoryView, CountsWhatIsHeldAndReservedAgainstTheQuota) {
  Acquired(contoso_, {"12065550100", "12065550101"});
  Released(contoso_, 12065550101);
  NumbersReserved reserved;
  reserved.mutable_reservation()->set_name(contoso_ + "/reservations/r2");
  reserved.mutable_reservation()->set_type(SUBSCRIBER);
  reserved.mutable_reservation()->add_numbers("+12065550105");
  Happened(contoso_, reserved);
  Happened(contoso_, testing::LicensesAssigned("MCOPSTN1", 50));
  Happened(fabrikam_, testing::LicensesAssigned("MCOPSTN2", 7, "fabrikam"));
  const auto basis = queries_.QuotaBasisOf(view_.TakeSnapshot(), contoso_, SUBSCRIBER);
  EXPECT_EQ(basis.held, 1U);
  EXPECT_EQ(basis.reserved, 1U);
  ASSERT_EQ(basis.pools.size(), 1U) << "its own only";
  EXPECT_EQ(basis.pools[0].sku(), "MCOPSTN1");
  EXPECT_EQ(basis.pools[0].assigned(), 50U);
}

TEST_F(InventoryView, ForgetsAReservationThatIsOver) {
  NumbersReserved reserved;
  reserved.mutable_reservation()->set_name(contoso_ + "/reservations/r1");
  reserved.mutable_reservation()->add_numbers("+12065550100");
  Happened(contoso_, reserved);
  GetReservationRequest get;
  get.set_name(contoso_ + "/reservations/r1");
  Reservation reservation;
  EXPECT_TRUE(queries_.GetReservation(view_.TakeSnapshot(), get, reservation).has_value());
  Acquired(contoso_, {"12065550100"});
  EXPECT_FALSE(queries_.GetReservation(view_.TakeSnapshot(), get, reservation).has_value());
}

TEST_F(InventoryView, FiltersByTagBlockAndActivation) {
  Acquired(contoso_, {"12065550100", "12065550101"});
  NumberTagsChanged tagged;
  *tagged.mutable_number() = NumberOf(contoso_, "12065550100");
  tagged.mutable_number()->add_tags("Sales");
  Happened(contoso_, tagged);
  NumberBlocked blocked;
  *blocked.mutable_number() = NumberOf(contoso_, "12065550101");
  blocked.mutable_number()->mutable_activation()->set_state(Activation::UPDATE_FAILED);
  *blocked.mutable_number()->mutable_assignment_block()->mutable_end_time() =
      ToProto(Timestamp::Micros(5));
  Happened(contoso_, blocked);
  const auto digits = [&](auto set) {
    ListNumbersRequest request;
    request.set_parent(contoso_);
    set(request);
    std::vector<std::string> found;
    const auto listed = List(request);
    for (const Number& number : listed.numbers()) found.push_back(number.e164().substr(8));
    return found;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(digits([](auto& request) { request.set_tag("SALES"); }), ElementsAre("0100"));
  EXPECT_THAT(digits([](auto& request) { request.set_tag("Sale"); }), ElementsAre());
  const auto is_blocked = [](auto& request) { request.set_block(ASSIGNMENT_BLOCKED); };
  const auto is_open = [](auto& request) { request.set_block(ASSIGNMENT_NOT_BLOCKED); };
  EXPECT_THAT(digits(is_blocked), ElementsAre("0101"));
  EXPECT_THAT(digits(is_open), ElementsAre("0100"));
  now_ = Timestamp::Micros(5);
  EXPECT_THAT(digits(is_blocked), ElementsAre()) << "it has run out";
  const auto is_active = [](auto& request) { request.set_activation(Activation::ACTIVATED); };
  const auto has_failed = [](auto& request) { request.set_activation(Activation::UPDATE_FAILED); };
  EXPECT_THAT(digits(is_active), ElementsAre("0100")) << "never asked for";
  EXPECT_THAT(digits(has_failed), ElementsAre("0101"));
}

TEST_F(InventoryView, CountsANumberAgainstTheQuotaOfItsUse) {
  Acquired(contoso_, {"12065550100"});
  NumberUseChanged changed;
  *changed.mutable_number() = NumberOf(contoso_, "12065550100");
  changed.mutable_number()->set_type(TOLL);
  Happened(contoso_, changed);
  const auto held = [&](NumberType type) {
    return queries_.QuotaBasisOf(view_.TakeSnapshot(), contoso_, type).held;
  };
  EXPECT_EQ(held(SUBSCRIBER), 0U);
  EXPECT_EQ(held(TOLL), 1U);
}

TEST_F(InventoryView, ShowsWhatAnOrganizationHasSetAndNothingUnlessItHas) {
  GetNumberSettingsRequest request;
  request.set_parent(contoso_);
  NumberSettings settings;
  ASSERT_TRUE(queries_.GetNumberSettings(view_.TakeSnapshot(), request, settings).has_value());
  EXPECT_EQ(settings.name(), contoso_ + "/numberSettings");
  EXPECT_EQ(settings.cooling_off_days(), 0U);
  NumberSettingsChanged changed;
  changed.mutable_settings()->set_name(settings.name());
  changed.mutable_settings()->set_cooling_off_days(7);
  Happened(contoso_, changed);
  ASSERT_TRUE(queries_.GetNumberSettings(view_.TakeSnapshot(), request, settings).has_value());
  EXPECT_EQ(settings.cooling_off_days(), 7U);
}

// The carrier's list, from the beginning or from a token.
class ActivationWatch : public InventoryView {
 protected:
  Number Asked(const std::string& digits, const std::string& etag) {
    Number number = NumberOf(contoso_, digits);
    number.mutable_activation()->set_state(Activation::ASSIGNMENT_PENDING);
    number.mutable_activation()->set_etag(etag);
    return number;
  }
  template <class E>
  void Become(const Number& number) {
    E event;
    *event.mutable_number() = number;
    Happened(contoso_, event);
  }
  std::vector<std::string> Told(std::string& token) {
    WatchActivationsRequest request;
    request.set_resume_token(token);
    auto watch = *queries_.WatchActivations(request, [](Number number) { return number; });
    std::vector<std::string> told;
    WatchActivationsResponse item;
    while (*watch.Next(view_.TakeSnapshot(), item))
      told.push_back(item.number().e164().substr(8) + " " + item.number().activation().etag());
    token = watch.Resume();
    return told;
  }
};

TEST_F(ActivationWatch, TellsWhatIsAskedOnceAndGoesOnWhereItWas) {
  using ::testing::ElementsAre;
  Acquired(contoso_, {"12065550100", "12065550101"});
  std::string token;
  EXPECT_THAT(Told(token), ElementsAre()) << "they work as they came";
  Become<NumberAssigned>(Asked("12065550100", "e1"));
  Become<NumberAssigned>(Asked("12065550101", "e2"));
  EXPECT_THAT(Told(token), ElementsAre("0100 e1", "0101 e2"));
  Number tagged = Asked("12065550100", "e1");
  tagged.add_tags("x");
  Become<NumberTagsChanged>(tagged);
  EXPECT_THAT(Told(token), ElementsAre()) << "a tag is nothing to the carrier";
  Become<NumberLocated>(Asked("12065550100", "e3"));
  EXPECT_THAT(Told(token), ElementsAre("0100 e3"));
  Number done = Asked("12065550100", "e3");
  done.mutable_activation()->set_state(Activation::ACTIVATED);
  Become<ActivationCompleted>(done);
  std::string anew;
  EXPECT_THAT(Told(anew), ElementsAre("0101 e2"));
}

TEST_F(ActivationWatch, TellsNothingOfWhatFailedOrWasReleased) {
  using ::testing::ElementsAre;
  Acquired(contoso_, {"12065550100", "12065550101"});
  Number failed = Asked("12065550100", "e1");
  Become<NumberAssigned>(failed);
  Become<NumberAssigned>(Asked("12065550101", "e2"));
  failed.mutable_activation()->set_state(Activation::ASSIGNMENT_FAILED);
  Become<ActivationFailed>(failed);
  Released(contoso_, 12065550101);
  std::string token;
  EXPECT_THAT(Told(token), ElementsAre());
}

TEST_F(ActivationWatch, TellsOfNumbersThatWereAssignedTogether) {
  using ::testing::ElementsAre;
  Acquired(contoso_, {"12065550100", "12065550101"});
  NumbersAssigned assigned;
  assigned.set_users(contoso_ + "/users/");
  assigned.add_locations(contoso_ + "/addresses/a1/locations/default");
  *assigned.mutable_activation() = Asked("12065550100", "e7").activation();
  for (const std::uint64_t digits : {std::uint64_t{12065550100}, std::uint64_t{12065550101}}) {
    auto& assignment = *assigned.add_assignments();
    assignment.set_number(digits);
    assignment.set_user(digits % 10 == 0 ? "ann" : "bob");
  }
  Happened(contoso_, assigned);
  std::string token;
  EXPECT_THAT(Told(token), ElementsAre("0100 e7", "0101 e7"));
  ListNumbersRequest request;
  request.set_parent(contoso_);
  request.set_assignee(contoso_ + "/users/bob");
  const auto listed = List(request);
  ASSERT_EQ(listed.numbers_size(), 1);
  EXPECT_EQ(listed.numbers(0).location(), contoso_ + "/addresses/a1/locations/default");
  NumbersUnassigned unassigned;
  unassigned.add_numbers(12065550101);
  unassigned.mutable_cooling_off()->set_cause(AssignmentBlock::COOLING_OFF);
  Happened(contoso_, unassigned);
  EXPECT_EQ(List(request).numbers_size(), 0);
  std::string anew;
  EXPECT_THAT(Told(anew), ElementsAre("0100 e7"));
}

}  // namespace
}  // namespace dialtone::projections
