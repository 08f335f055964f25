#include "controlplane/server/readiness.h"

#include <gmock/gmock.h>

namespace dialtone::server {
namespace {

using engine::Role;
using testing::ElementsAre;
using testing::IsEmpty;

PartitionState Owned(std::uint32_t number) { return {number, Role::kOwner, "", true, 10, 10, ""}; }
PartitionState Followed(std::uint32_t number) {
  return {number, Role::kFollower, "", false, 10, 10, "10.0.0.2:7400"};
}

NodeState NodeWith(Membership membership, std::vector<PartitionState> partitions) {
  NodeState node;
  node.membership = membership;
  node.partitions = std::move(partitions);
  return node;
}

std::vector<std::string> WhyNotReadyWith(const PartitionState& partition) {
  return WhyNotReady(NodeWith(Membership::kMember, {Owned(0), partition}));
}

TEST(Readiness, IsToOwnEverythingOrToKnowWhoDoes) {
  EXPECT_THAT(WhyNotReady(NodeWith(Membership::kAlone, {Owned(0), Owned(1)})), IsEmpty());
  EXPECT_THAT(WhyNotReady(NodeWith(Membership::kMember, {Owned(0), Followed(1)})), IsEmpty());
  EXPECT_THAT(WhyNotReady(NodeWith(Membership::kMember, {Followed(0), Followed(1)})), IsEmpty());
}

TEST(Readiness, OfANodeAloneIsToOwnEverything) {
  EXPECT_THAT(WhyNotReady(NodeWith(Membership::kAlone, {Owned(0), Followed(1)})),
              ElementsAre("partition 1 is not owned yet"));
}

TEST(Readiness, WaitsForTheGroup) {
  EXPECT_THAT(WhyNotReady(NodeWith(Membership::kOutside, {Followed(0)})),
              ElementsAre("the group of the ledger's nodes does not count on this one yet"));
}

TEST(Readiness, EndsWithTheMembershipOfTheGroup) {
  EXPECT_THAT(WhyNotReady(NodeWith(Membership::kLeft, {Followed(0)})),
              ElementsAre("this node has left the group of the ledger's nodes: others own all"));
}

TEST(Readiness, WaitsUntilWhatIsAssignedIsOwned) {
  PartitionState partition = Followed(1);
  partition.assigned = true;
  for (const Role role : {Role::kFollower, Role::kCandidate, Role::kSuspect}) {
    partition.role = role;
    EXPECT_THAT(WhyNotReadyWith(partition), ElementsAre("partition 1 is not owned yet"));
  }
}

TEST(Readiness, WaitsUntilTheLedgerIsReadAsItWasAtTheStart) {
  PartitionState partition = Followed(1);
  partition.read_to = 9;
  EXPECT_THAT(WhyNotReadyWith(partition), ElementsAre("partition 1 is read up to offset 9 of 10"));
  partition.read_to = 11;
  EXPECT_THAT(WhyNotReadyWith(partition), IsEmpty());
}

TEST(Readiness, MissesAnOwner) {
  PartitionState partition = Followed(1);
  partition.elsewhere.clear();
  EXPECT_THAT(WhyNotReadyWith(partition), ElementsAre("partition 1 has no owner"));
}

TEST(Readiness, EndsWithAPartitionThatStops) {
  PartitionState partition = Followed(1);
  partition.role = Role::kStopped;
  partition.stop_reason = "a newer level";
  EXPECT_THAT(WhyNotReadyWith(partition), ElementsAre("partition 1 is stopped: a newer level"));
  EXPECT_THAT(WhyNotReady(NodeWith(Membership::kOutside, {partition})).size(), 2U);
}

TEST(Readiness, EndsWithAClockThatIsNotBelieved) {
  NodeState node = NodeWith(Membership::kAlone, {Owned(0)});
  node.clock_jump = Duration::Seconds(90);
  EXPECT_THAT(WhyNotReady(node), ElementsAre("the clock jumped by 90 s"));
  node.clock_jump = Duration();
  node.clock_behind = Duration::Seconds(12);
  EXPECT_THAT(WhyNotReady(node), ElementsAre("the clock is behind the ledger by 12 s"));
}

TEST(Readiness, WaitsForReadModelsThoughCommandsAreDecided) {
  NodeState node = NodeWith(Membership::kAlone, {Owned(0)});
  node.projections.resize(2);
  node.projections[0].set_name("projections/stock");
  node.projections[1].set_name("projections/billing");
  node.projections[1].set_stop_reason("an event it does not know");
  EXPECT_THAT(WhyNotReady(node),
              ElementsAre("projections/stock is being built",
                          "projections/billing is stopped: an event it does not know"));
  EXPECT_THAT(WhyNotDeciding(node), IsEmpty());
}

TEST(Readiness, IsBehindWhileTheLedgerIsNotReadOrTheClockNotBelieved) {
  NodeState node = NodeWith(Membership::kOutside, {Followed(0), Followed(1)});
  EXPECT_FALSE(IsBehind(node));
  node.partitions[1].read_to = 9;
  EXPECT_TRUE(IsBehind(node));
  node.partitions[1].role = Role::kStopped;  // will never be read
  EXPECT_FALSE(IsBehind(node));
  node.clock_behind = Duration::Seconds(11);
  EXPECT_TRUE(IsBehind(node));
  node.clock_behind = Duration();
  node.clock_jump = Duration::Seconds(-11);
  EXPECT_TRUE(IsBehind(node));
}

}  // namespace
}  // namespace dialtone::server
