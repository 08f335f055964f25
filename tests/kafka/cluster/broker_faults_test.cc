// Brokers die, stand still and are restarted under two nodes at work: commands go on being
// answered, and what was acknowledged is there, once.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstdint>
#include <future>

#include "tests/kafka/cluster/cluster.h"

namespace dialtone::testing {
namespace {

using Clock = std::chrono::steady_clock;

// Longer than a node waits for what it has appended.
std::chrono::microseconds TooLong(const engine::KafkaOptions& options) {
  return std::chrono::microseconds(options.append_timeout.micros()) + std::chrono::seconds(1);
}

class ClusterOnThreeBrokers : public ClusterUnderLoad {
 protected:
  ClusterOnThreeBrokers() : ClusterUnderLoad(engine::Brokers::Three()) { brokers_.AwaitInSync(); }

  // A broker that leads a partition of the ledger, another partition each round.
  int LeaderIn(int round) const {
    return brokers_.LeaderOf(nodes_.topic(),
                             static_cast<std::uint32_t>(round) % TwoNodes::kPartitions);
  }
  void StartBrokersAgain() {
    brokers_.StartAgain();
    brokers_.AwaitInSync();
  }
};

TEST_F(ClusterOnThreeBrokers, LosesNothingWhenALeaderIsKilled) {
  for (int round = 0; round < Rounds(); ++round) {
    brokers_.End(LeaderIn(round), SIGKILL);
    AwaitAnswers();
    StartBrokersAgain();
    AwaitAnswers();
  }
  ExpectTruth();
}

// What the leader had taken in and not told comes up when another leads.
TEST_F(ClusterOnThreeBrokers, LosesNothingWhenALeaderStandsStillAndGoesOnTooLate) {
  for (int round = 0; round < Rounds(); ++round) {
    const int leader = LeaderIn(round);
    brokers_.Signal(leader, SIGSTOP);
    const auto too_late = Clock::now() + TooLong(nodes_.topic());
    AwaitAnswers();
    while (Clock::now() < too_late) AwaitAnswers();
    brokers_.Signal(leader, SIGCONT);
    brokers_.AwaitInSync();
    AwaitAnswers();
  }
  ExpectTruth();
}

TEST_F(ClusterOnThreeBrokers, LosesNothingWhileEachBrokerIsRestarted) {
  for (int round = 0; round < Rounds(); ++round) {
    for (int broker = 0; broker < brokers_.count(); ++broker) {
      brokers_.End(broker, SIGTERM);
      AwaitAnswers();
      StartBrokersAgain();
    }
    AwaitAnswers();
  }
  ExpectTruth();
}

// Nothing can be appended meanwhile: what is open fails, and turns out when the broker goes on.
TEST_F(ClusterUnderLoad, LosesNothingWhenTheOnlyBrokerStandsStillForTooLong) {
  for (int round = 0; round < Rounds(); ++round) {
    brokers_.Signal(0, SIGSTOP);
    std::promise<void> never;
    never.get_future().wait_for(TooLong(nodes_.topic()));
    brokers_.Signal(0, SIGCONT);
    AwaitHalves();
    AwaitAnswers();
  }
  ExpectTruth();
}

}  // namespace
}  // namespace dialtone::testing
