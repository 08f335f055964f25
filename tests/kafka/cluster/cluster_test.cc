// Many nodes on one ledger: whatever becomes of one of them, what was acknowledged is there, once,
// and the other goes on.
#include "tests/kafka/cluster/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/kafka_ledger.h"
#include "controlplane/engine/ledger/record.h"
#include "controlplane/kernel/aggregate.h"
#include "tests/integration/contest.h"
#include "tests/kafka/cluster/cluster.h"
#include "tests/kafka/cluster/probe.h"
#include "tests/support/office.h"

namespace dialtone::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Key;

TEST_F(Cluster, SharesThePartitionsAndEachNodeAnswersForAll) {
  std::vector<std::uint32_t> owned = nodes_.Owned(0);
  for (const std::uint32_t partition : nodes_.Owned(1)) owned.push_back(partition);
  std::sort(owned.begin(), owned.end());
  EXPECT_THAT(owned, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  for (int node : {0, 1}) {
    for (int i = 0; i < 20; ++i)
      CreateOrganization(caller(node), "of-" + std::to_string(node) + "-" + std::to_string(i));
  }
}

// As a node of a newer program would write: no other may own that partition any more.
void ClaimWithALevelAhead(const engine::KafkaOptions& topic, std::uint32_t partition) {
  const auto random = [] { return std::uint64_t{7}; };
  const auto store = engine::KafkaLedgerStore::Open(topic, random);
  ASSERT_TRUE(store) << ToText(store.error());
  ledger::v1::Claim claim;
  claim.set_term(900);
  claim.set_level(99);
  claim.set_writer(std::string(engine::NewWriter(random).bytes()));
  claim.set_policy_digest(std::string(32, 'p'));
  engine::Ledger& ledger = (*store)->partition(partition);
  engine::AppendFate fate = engine::AppendFate::kUnknown;
  ledger.Append(engine::ClaimRecord(std::move(claim)), 1);
  ledger.Poll(Duration::Seconds(60),
              [&](engine::Cookie, const engine::AppendResult& result) { fate = result.fate; });
  ASSERT_EQ(fate, engine::AppendFate::kStored);
}

TEST_F(Cluster, KeepsTheOtherPartitionsWithOneNodeWhenAPartitionStopsOnAll) {
  ClaimWithALevelAhead(nodes_.topic(), 3);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const auto sizes = [&] { return std::minmax({nodes_.Owned(0).size(), nodes_.Owned(1).size()}); };
  const std::pair<std::size_t, std::size_t> wanted{0, TwoNodes::kPartitions - 1};
  auto found = sizes();
  while (found != wanted && std::chrono::steady_clock::now() < deadline) found = sizes();
  EXPECT_EQ(found, wanted);
  int left = nodes_.Owned(0).empty() ? 0 : 1;
  const auto status = caller(left).Call<admin::v1::ServerStatus>(admin::v1::GetStatusRequest());
  ASSERT_TRUE(status);
  EXPECT_THAT(status->not_ready_because(), Contains(HasSubstr("has left the group")));
  EXPECT_THAT(status->not_ready_because(), Contains(HasSubstr("partition 3 is stopped")));
}

TEST_F(ClusterUnderLoad, LosesNothingWhenAnOwnerIsKilled) {
  for (int round = 0; round < Rounds(); ++round) {
    nodes_.Kill(1);
    MoveClients(1, 0);
    AwaitAll(0);
    AwaitAnswers();
    StartAgain(1);
    AwaitAnswers();
  }
  ExpectTruth();
}

TEST_F(ClusterUnderLoad, LosesNothingWhenAnOwnerStandsStillAndGoesOnTooLate) {
  for (int round = 0; round < Rounds(); ++round) {
    nodes_.Pause(1);
    AwaitAll(0);
    nodes_.GoOn(1);  // with commands that have come to it meanwhile
    AwaitHalves();
    AwaitAnswers();
  }
  ExpectTruth();
}

TEST_F(ClusterUnderLoad, LosesNothingWhenANodeEndsAndTellsClientsToAskAgainAtMost) {
  for (int round = 0; round < Rounds(); ++round) {
    nodes_.Terminate(1);
    MoveClients(1, 0);
    EXPECT_EQ(nodes_.AwaitEnd(1), 0);
    AwaitAll(0);
    AwaitAnswers();
    StartAgain(1);
    AwaitAnswers();
  }
  ExpectTruth();
  EXPECT_THAT(AskedAgain(), Each(Key(grpc::StatusCode::UNAVAILABLE)));
}

TEST_F(ClusterUnderLoad, FailsNoCallOfAClientThatAsksAgainWhileEachNodeIsRestarted) {
  for (int round = 0; round < Rounds(); ++round) {
    for (int node : {0, 1}) {
      nodes_.Terminate(node);
      MoveClients(node, 1 - node);
      EXPECT_EQ(nodes_.AwaitEnd(node), 0);
      AwaitAll(1 - node);
      StartAgain(node);
      AwaitAnswers();
    }
  }
  ExpectTruth();
  EXPECT_THAT(AskedAgain(), Each(Key(grpc::StatusCode::UNAVAILABLE)));
}

// Which node owns it.
int OwnerOf(std::uint32_t partition, const TwoNodes& nodes) {
  const auto owned = nodes.Owned(0);
  return std::find(owned.begin(), owned.end(), partition) == owned.end() ? 1 : 0;
}

// As tests/integration/contention_test.cc has it, with the block's owner killed.
TEST_F(Cluster, GivesTheLastNumbersOfABlockToEachOnceAndToNobodyBeyondTheQuota) {
  const auto partition = AggregateKey(Contest::kBlock).PartitionOf(TwoNodes::kPartitions);
  Contest contest(caller(0));
  contest.Begin({&servers_[0], &servers_[1]});
  for (const std::uint32_t acquired : {30U, 70U}) {
    contest.AwaitAcquired(acquired);
    const int owner = OwnerOf(partition, nodes_);
    nodes_.Kill(owner);
    MoveClients(owner, 1 - owner);
    AwaitAll(1 - owner);
    StartAgain(owner);
  }
  contest.Finish();
  for (int node : {0, 1}) contest.ExpectFair(caller(node));
  EXPECT_GT(contest.Refused("STOCK_EXHAUSTED"), 0);
}

// One client for each partition, with the node that stays.
class ClusterMeasured : public Cluster {
 protected:
  using Clock = Probe::Clock;

  ClusterMeasured() {
    for (std::uint32_t partition = 0; partition < TwoNodes::kPartitions; ++partition) {
      probes_.push_back(
          std::make_unique<Probe>(partition, TwoNodes::kPartitions, caller(0), servers_[0]));
    }
  }
  ~ClusterMeasured() override {
    for (const auto& probe : probes_) probe->Stop();
  }

  // What stands still, and what should not.
  void Note(Clock::time_point moment, const std::vector<std::uint32_t>& moved) {
    for (std::uint32_t partition = 0; partition < TwoNodes::kPartitions; ++partition) {
      const double pause = probes_[partition]->PauseAt(moment).count();
      const bool has_moved = std::find(moved.begin(), moved.end(), partition) != moved.end();
      (has_moved ? moved_ : others_).push_back(pause);
    }
  }
  void Tell(const char* what) {
    std::sort(moved_.begin(), moved_.end());
    std::sort(others_.begin(), others_.end());
    std::printf("%s: median %.0f ms, worst %.0f ms of %zu; others: median %.0f ms, worst %.0f ms\n",
                what, moved_[moved_.size() / 2], moved_.back(), moved_.size(),
                others_[others_.size() / 2], others_.back());
    moved_.clear();
    others_.clear();
  }

  std::vector<std::unique_ptr<Probe>> probes_;
  std::vector<double> moved_;
  std::vector<double> others_;
};

TEST_F(ClusterMeasured, TakesOverFromAnOwnerThatIsKilled) {
  for (int round = 0; round < Rounds(); ++round) {
    const auto moved = nodes_.Owned(1);
    const auto moment = Clock::now();
    nodes_.Kill(1);
    AwaitAll(0);
    Note(moment, moved);
    StartAgain(1);
  }
  Tell("takeover, with a session timeout of 2000 ms in it");
  for (const auto& probe : probes_) probe->ExpectSums(caller(0));
}

TEST_F(ClusterMeasured, MovesPartitionsAsPlanned) {
  for (int round = 0; round < Rounds(); ++round) {
    const auto moved = nodes_.Owned(1);
    const auto moment = Clock::now();
    EXPECT_EQ((nodes_.Terminate(1), nodes_.AwaitEnd(1)), 0);
    AwaitAll(0);
    Note(moment, moved);
    StartAgain(1);
  }
  Tell("planned move, of a node that ends");
  for (int round = 0; round < Rounds(); ++round) {
    EXPECT_EQ((nodes_.Terminate(1), nodes_.AwaitEnd(1)), 0);
    AwaitAll(0);
    const auto moment = Clock::now();
    StartAgain(1);
    Note(moment, nodes_.Owned(1));
  }
  Tell("planned move, to a node that joins");
  for (const auto& probe : probes_) {
    probe->ExpectSums(caller(0));
    EXPECT_THAT(probe->asked_again(), Each(Eq(grpc::StatusCode::UNAVAILABLE)));
  }
}

}  // namespace
}  // namespace dialtone::testing
