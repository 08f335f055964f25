// Whatever organizations do, in whatever order: a number has one holder, and every hold is
// something that a living organization knows.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/organizations/decide.h"
#include "controlplane/domain/stock/rules.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::inventory {
namespace {

using testing::Story;

const std::vector<std::string> kOrganizations = {"contoso", "fabrikam", "adatum"};
const std::vector<std::uint64_t> kBlocks = {1206555, 1206556, 1425555};
constexpr std::uint32_t kLoaded = 8;  // of each block: scarce, so that commands collide

std::string NameOf(const std::string& organization) { return "organizations/" + organization; }

// The last one has no licences, and could be deleted: it has a quota all the same.
void Prepare(Story& story) {
  story.Given(testing::LicensesAssigned("MCOPSTN1", 10));
  story.GivenFor(NameOf(kOrganizations[1]), testing::OrganizationCreated(kOrganizations[1]),
                 testing::LicensesAssigned("MCOPSTN1", 10, kOrganizations[1]));
  story.GivenFor(NameOf(kOrganizations[2]), testing::OrganizationCreated(kOrganizations[2]));
  for (const std::uint64_t block : kBlocks) {
    const std::string prefix = "+" + std::to_string(block);
    story.GivenFor("numberBlocks/" + std::to_string(block),
                   testing::StockLoaded(prefix + "0100", prefix + "0107"));
  }
}

template <class Row>
std::vector<Row> RowsOf(const Table<std::string, Row>& table) {
  std::vector<Row> rows;
  for (const auto& [key, row] : table) rows.push_back(row);
  return rows;
}

std::vector<std::string> NumbersOf(const State& state) {
  std::vector<std::string> numbers;
  for (const auto& [digits, number] : state.numbers) numbers.push_back(number.e164());
  return numbers;
}

RestoreNumbersRequest RestoreAll(const std::string& organization, const State& state) {
  RestoreNumbersRequest restore;
  restore.set_parent(NameOf(organization));
  for (const auto& [digits, released] : state.released)
    restore.add_numbers(released.number().e164());
  return restore;
}

// Perhaps while it waits for the blocks.
void Delete(Story& story, const std::string& organization, const State& state) {
  organizations::DeleteOrganizationRequest request;
  request.set_name(NameOf(organization));
  if (!state.released.empty())
    story.WithoutWaiting().When(RestoreAll(organization, state), kDecide);
  story.When(request, organizations::kDecide);
}

// One thing that an organization may do, at random; it may well be refused.
void Act(Story& story) {
  const std::string organization = *rc::gen::elementOf(kOrganizations);
  const State& state = story.organization(NameOf(organization)).inventory;
  const auto held = NumbersOf(state);
  const auto reservations = RowsOf(state.reservations);
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
    case 1: {
      auto blocks = *rc::gen::unique<std::vector<std::uint64_t>>(2, rc::gen::elementOf(kBlocks));
      story.When(testing::Reserve(organization, blocks, *rc::gen::inRange(1U, 7U)), kDecide);
      return;
    }
    case 2: {
      if (reservations.empty()) return;
      const Reservation chosen = *rc::gen::elementOf(reservations);
      story.When(testing::Acquire(chosen, {chosen.numbers(0)}), kDecide);
      return;
    }
    case 3: {
      if (reservations.empty()) return;
      ReleaseReservationRequest release;
      release.set_name((*rc::gen::elementOf(reservations)).name());
      story.When(release, kDecide);
      return;
    }
    case 4: {
      if (held.empty()) return;
      ReleaseNumbersRequest release;
      release.set_parent(NameOf(organization));
      release.add_numbers(*rc::gen::elementOf(held));
      story.When(release, kDecide);
      return;
    }
    case 5: {
      if (state.released.empty()) return;
      story.When(RestoreAll(organization, state), kDecide);
      return;
    }
    case 6:
      return Delete(story, organization, state);
    default:
      story.Wait(Duration::Minutes(*rc::gen::elementOf(std::vector<int>{1, 6, 11, 60 * 24 * 46})));
  }
}

// E.164 by the hold under which an organization knows it.
std::map<std::string, std::string> Known(const State& state) {
  std::map<std::string, std::string> known;
  for (const auto& [name, reservation] : state.reservations) {
    for (const std::string& number : reservation.numbers()) known[number] = name;
  }
  for (const auto& [digits, number] : state.numbers) known[number.e164()] = number.hold();
  return known;
}

void ExpectEveryHoldIsKnown(const Story& story) {
  std::map<std::string, std::set<std::string>> holders;  // by number: organization and hold
  for (const std::string& organization : kOrganizations) {
    const auto& whole = story.organization(NameOf(organization));
    const State& state = whole.inventory;
    const auto lives = whole.organizations.organization.get().state();
    RC_ASSERT(lives != organizations::Organization::DELETED || Known(state).empty());
    RC_ASSERT(state.pending.empty());  // the story has come to rest: every answer was settled once
    for (const auto& [number, hold] : Known(state))
      holders[number].insert(NameOf(organization) + " " + hold);
  }
  std::size_t held = 0;
  for (const std::uint64_t block : kBlocks) {
    const auto& stock = story.block(block).stock;
    held += stock.holders.size();
    for (const auto& [place, holder] : stock.holders) {
      const E164 number = E164::FromDigits(block * E164::kNumbersOfBlock + place);
      RC_ASSERT(!stock::IsFree(stock, static_cast<std::uint32_t>(place)));
      RC_ASSERT(holders[number.text()] ==
                std::set<std::string>{holder.organization() + " " + holder.hold()});
    }
    std::uint32_t free = 0;
    for (std::uint32_t place = 0; place < stock::kNumbersOfBlock; ++place)
      free += stock::IsFree(stock, place) ? 1 : 0;
    RC_ASSERT(free + stock.holders.size() == kLoaded);  // none is lost, none is counted twice
  }
  RC_ASSERT(held == holders.size());
}

RC_GTEST_PROP(Inventory, GivesNoNumberToTwoAndLosesNone, ()) {
  Story story;
  Prepare(story);
  const int steps = *rc::gen::inRange(1, 40);
  for (int step = 0; step < steps; ++step) {
    Act(story);
    ExpectEveryHoldIsKnown(story);
  }
}

}  // namespace
}  // namespace dialtone::inventory
