// Two nodes that share a ledger's partitions, with clerks who work meanwhile: whatever becomes of a
// node or a broker, what was acknowledged is there, once.
//   DIALTONE_ROUNDS=20 build/dev/bin/kafka_cluster_tests --gtest_filter='Cluster*'
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/clerk.h"
#include "tests/integration/journal.h"
#include "tests/kafka/brokers.h"
#include "tests/kafka/cluster/two_nodes.h"

namespace dialtone::testing {

// How often each fault is made; few, unless DIALTONE_ROUNDS says otherwise.
int Rounds();

// Both nodes run, and each has its half.
class Cluster : public ::testing::Test {
 protected:
  explicit Cluster(const engine::Brokers& brokers = engine::Brokers::One());

  void AwaitHalves();
  // Until it owns everything; the other is gone.
  void AwaitAll(int node) { nodes_.AwaitOwned(node, TwoNodes::kPartitions); }
  // Starts one that has ended, for its clients too; returns when it has its half.
  void StartAgain(int node);
  // Who asked one node asks that other one from now on.
  void MoveClients(int of_node, int to_node);
  Caller& caller(int node) { return *nodes_.caller(node); }

  const engine::Brokers& brokers_;
  TwoNodes nodes_;
  std::array<Whereabouts, 2> servers_;
};

// Clerks work meanwhile, half of them with each node.
class ClusterUnderLoad : public Cluster {
 protected:
  explicit ClusterUnderLoad(const engine::Brokers& brokers = engine::Brokers::One());
  ~ClusterUnderLoad() override { EndWork(); }

  // Some of all, and to each clerk one that was asked for after this was called.
  void AwaitAnswers();
  void EndWork();
  // Both nodes say so, the sums first, before anything is asked again; and the public feed has it
  // all. Ends the work.
  void ExpectTruth();
  // With which codes clerks were told to ask again, and in which words. REQUIRES: the work has
  // ended.
  std::map<grpc::StatusCode, std::string> AskedAgain() const;

  static constexpr int kClerks = 4;

  Journal journal_{nodes_.folder() / "journal"};
  std::vector<std::unique_ptr<Clerk>> clerks_;

 private:
  std::array<std::atomic<std::uint32_t>, kClerks> steps_{};  // that were answered
  std::vector<std::thread> threads_;
  std::atomic<bool> is_over_{false};
};

}  // namespace dialtone::testing
