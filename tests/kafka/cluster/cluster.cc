#include "tests/kafka/cluster/cluster.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/integration/audit.h"
#include "tests/kafka/cluster/published.h"
#include "tests/support/office.h"

namespace dialtone::testing {

namespace {

constexpr std::size_t kHalf = TwoNodes::kPartitions / 2;
constexpr std::size_t kSomeAnswers = 100;
constexpr std::size_t kRepeats = 1'500;  // of the newest answers: each is read back from the ledger

}  // namespace

int Rounds() {
  const char* const said = std::getenv("DIALTONE_ROUNDS");
  return said == nullptr ? 1 : std::atoi(said);
}

Cluster::Cluster(const engine::Brokers& brokers) : brokers_(brokers), nodes_(brokers) {
  nodes_.Start(0);
  nodes_.Start(1);
  AwaitHalves();
  for (int node : {0, 1}) MoveClients(node, node);
}

void Cluster::AwaitHalves() {
  for (int node : {0, 1}) nodes_.AwaitOwned(node, kHalf);
}

void Cluster::StartAgain(int node) {
  nodes_.Start(node);
  MoveClients(node, node);
  AwaitHalves();
}

void Cluster::MoveClients(int of_node, int to_node) {
  servers_[static_cast<std::size_t>(of_node)].MoveTo(nodes_.caller(to_node));
}

ClusterUnderLoad::ClusterUnderLoad(const engine::Brokers& brokers) : Cluster(brokers) {
  LoadNumbers(caller(0), 12065550000, 10'000);
  LoadNumbers(caller(0), 12065560000, 10'000);
  for (int i = 0; i < kClerks; ++i) {
    clerks_.push_back(
        std::make_unique<Clerk>(i, caller(0), servers_[static_cast<std::size_t>(i % 2)], journal_));
  }
  for (std::size_t i = 0; i < kClerks; ++i) {
    threads_.emplace_back([this, &clerk = *clerks_[i], &steps = steps_[i]] {
      while (!is_over_) {
        clerk.Step();
        ++steps;
        steps.notify_all();
      }
    });
  }
  AwaitAnswers();
}

// The answer that comes next may have been asked for before.
void ClusterUnderLoad::AwaitAnswers() {
  const std::size_t wanted = journal_.size() + kSomeAnswers;
  for (auto& steps : steps_) {
    const std::uint32_t goal = steps + 2;
    for (std::uint32_t now = steps; now < goal; now = steps) steps.wait(now);
  }
  journal_.WaitFor(wanted);
}

void ClusterUnderLoad::EndWork() {
  is_over_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ClusterUnderLoad::ExpectTruth() {
  EndWork();
  for (int node : {0, 1}) {
    Audit audit(caller(node));
    for (const auto& clerk : clerks_) audit.Expect(*clerk);
  }
  ExpectSameAnswers(journal_, caller(0), journal_.size() - std::min(journal_.size(), kRepeats));
  ExpectSameAnswers(journal_, caller(1), journal_.size() - kSomeAnswers);
  Audit audit(caller(0));
  for (const auto& clerk : clerks_) audit.Expect(*clerk);
  std::printf("%zu answers acknowledged\n", journal_.size());
  ExpectAllPublished(nodes_.topic());
}

std::map<grpc::StatusCode, std::string> ClusterUnderLoad::AskedAgain() const {
  std::map<grpc::StatusCode, std::string> codes;
  for (const auto& clerk : clerks_)
    codes.insert(clerk->asked_again().begin(), clerk->asked_again().end());
  return codes;
}

}  // namespace dialtone::testing
