// Where a call to a number goes, as the routing view knows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/kernel/event.h"
#include "dialtone/inventory/v1/inventory_event.pb.h"
#include "dialtone/routing/v1/routing_event.pb.h"
#include "projections/routing/routing_projection.h"
#include "projections/routing/routing_queries.h"
#include "tests/support/memory_view.h"

namespace dialtone::projections {
namespace {

using namespace routing::v1;
using ::testing::ElementsAre;

const std::string kContoso = "organizations/contoso";

class RoutingView : public ::testing::Test {
 protected:
  template <class E>
  void Happened(E event, const std::string& organization = kContoso) {
    ledger::v1::Outcome outcome;
    outcome.set_aggregate(organization);
    *outcome.add_events() = ToEvent(std::move(event));
    ASSERT_EQ(view_.Project(outcome, {{0, ++index_}, {}}), std::nullopt);
  }
  void HasTrunk(const std::string& id, std::uint32_t priority, std::uint32_t weight,
                const std::string& organization = kContoso) {
    TrunkCreated created;
    created.mutable_trunk()->set_name(organization + "/trunks/" + id);
    created.mutable_trunk()->set_priority(priority);
    created.mutable_trunk()->set_weight(weight);
    Happened(created, organization);
  }
  void Drains(const std::string& id) {
    TrunkUpdated updated;
    updated.mutable_trunk()->set_name(kContoso + "/trunks/" + id);
    updated.mutable_trunk()->set_drained(true);
    Happened(updated);
  }
  void HasNumber(const std::string& assignee) {
    inventory::v1::NumberAssigned assigned;
    assigned.mutable_number()->set_name(kContoso + "/numbers/12065550100");
    assigned.mutable_number()->set_e164("+12065550100");
    assigned.mutable_number()->set_assignee(assignee);
    Happened(assigned);
  }
  tl::expected<Route, QueryError> Resolve(const std::string& e164 = "+12065550100") {
    ResolveNumberRequest request;
    request.set_e164(e164);
    Route route;
    auto found = queries_.ResolveNumber(view_.TakeSnapshot(), request, route);
    if (!found) return tl::unexpected(found.error());
    return route;
  }
  std::vector<std::string> Trunks() {
    std::vector<std::string> ids;
    const auto route = Resolve();
    for (const Trunk& trunk : route->trunks())
      ids.push_back(trunk.name().substr(trunk.name().rfind('/') + 1));
    return ids;
  }

  RoutingProjection projection_;
  MemoryView view_{projection_};
  RoutingQueries queries_{nullptr, PageLimits{10, 100}};
  std::uint64_t index_ = 0;
};

TEST_F(RoutingView, LeadsANumberToItsAssigneeByTheTrunksOfItsHolder) {
  HasNumber(kContoso + "/users/ann");
  HasTrunk("t1", 1, 0);
  HasTrunk("t2", 0, 0, "organizations/fabrikam");
  EXPECT_EQ(Resolve()->number().assignee(), kContoso + "/users/ann");
  EXPECT_THAT(Trunks(), ElementsAre("t1"));
}

TEST_F(RoutingView, TriesTheLowestPriorityFirstAndTheGreaterWeightWithinIt) {
  HasNumber("");
  HasTrunk("backup", 20, 100);
  HasTrunk("light", 10, 1);
  HasTrunk("heavy", 10, 9);
  EXPECT_THAT(Trunks(), ElementsAre("heavy", "light", "backup"));
}

TEST_F(RoutingView, LeavesOutATrunkThatIsDrainedOrDeleted) {
  HasNumber("");
  for (const char* const id : {"t1", "t2", "t3"}) HasTrunk(id, 1, 1);
  Drains("t1");
  TrunkDeleted deleted;
  deleted.set_trunk(kContoso + "/trunks/t2");
  Happened(deleted);
  EXPECT_THAT(Trunks(), ElementsAre("t3"));
}

TEST_F(RoutingView, KnowsNoNumberThatNobodyHolds) {
  EXPECT_FALSE(Resolve().has_value());
  HasNumber("");
  EXPECT_TRUE(Resolve().has_value());
  inventory::v1::NumbersReleased released;
  released.add_numbers()->add_numbers(12065550100);
  Happened(released);
  EXPECT_FALSE(Resolve().has_value());
}

}  // namespace
}  // namespace dialtone::projections
