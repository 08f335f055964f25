// Nodes that share one partition, turned by hand: the stories of partition_test.cc.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/memory_ledger.h"
#include "controlplane/engine/runtime/node.h"
#include "controlplane/policy/loader.h"
#include "tests/support/toy_machine.h"

namespace dialtone::engine {

inline constexpr AppendPlan kLost{0, 0, Report::kFailed, 0};
inline constexpr AppendPlan kStoredButFailed{1, 0, Report::kFailed, 0};
inline constexpr AppendPlan kUnplaced{1, 0, Report::kUnknown, 0};
inline constexpr AppendPlan kFalsePlace{1, 0, Report::kFalseDuplicate, 0};
inline constexpr AppendPlan kFalselyStored{0, 0, Report::kFalseDuplicate, 0};
inline constexpr AppendPlan kTwice{2, 0, Report::kTrue, 0};
inline constexpr AppendPlan kSlow{1, 100, Report::kTrue, 0};

class PartitionStory {
 public:
  static constexpr Timestamp kNoon = Timestamp::Micros(1'700'000'000'000'000);

  struct Member {
    std::unique_ptr<LedgerStore> ledger;
    std::unique_ptr<Node> node;
  };

  PartitionStory() {
    memory_.SetScript([this](NodeId, std::uint32_t, std::string_view) {
      if (plans_.empty()) return AppendPlan{};
      const AppendPlan plan = plans_.front();
      plans_.pop_front();
      return plan;
    });
  }

  // What becomes of the next appends.
  void Next(std::vector<AppendPlan> plans) { plans_.assign(plans.begin(), plans.end()); }

  Partition& Start(NodeId id, std::uint32_t level = 0) {
    NodeOptions options;
    options.level = level;
    options.address = "node-" + std::to_string(id) + ":7400";
    options.queue_max = queue_max;
    options.random = [this] { return ++random_; };
    Member& member = members_[id];
    member.node.reset();
    member.ledger = memory_.Open(id);
    member.node =
        std::make_unique<Node>(options, *member.ledger, rows_[id], reactor_, *policy::BuiltIn(),
                               [this](std::uint32_t) { return new_machine(); });
    const auto loaded = member.node->Load();
    DIALTONE_CHECK(loaded, loaded.error().what);
    return part(id);
  }
  Node& node(NodeId id) { return *members_.at(id).node; }
  Partition& part(NodeId id) { return members_.at(id).node->partition(0); }
  // The other node that is to be asked instead of this one; empty: none.
  std::string Elsewhere(NodeId id) { return members_.at(id).node->owners().Elsewhere(0); }
  MemoryRowStore& rows(NodeId id) { return rows_[id]; }

  // Turns one node until nothing happens any more.
  void Turn(NodeId id) {
    while (members_.at(id).node->Turn(now_)) {
    }
  }
  void TurnOnce(NodeId id) { members_.at(id).node->Turn(now_); }
  void Pass(Duration span) { now_ = now_ + span; }
  Partition& Owner(NodeId id, std::uint32_t level = 0) {
    Start(id, level).Assign(now_);
    Pass(Duration::Seconds(2));
    Turn(id);
    return part(id);
  }

  // A client's deposit; what it hears goes to `heard`.
  void Deposit(NodeId id, std::uint64_t number, std::int64_t amount = 5,
               Mode mode = Mode::kCommit) {
    const AggregateKey key = testing::AccountKey(1);
    const auto body = testing::CountUsage("source", number, amount);
    Send(id, number, body, mode);
  }
  void Send(NodeId id, std::uint64_t number, const ledger::v1::ExerciseRequest& body,
            Mode mode = Mode::kCommit) {
    const AggregateKey key = testing::AccountKey(1);
    members_.at(id).node->Submit(Command::FromClient(
        key, testing::ToyRequest(testing::ToyRequestId(kNoon, number), body), mode,
        testing::DecideToy(key, body), [this](const ledger::v1::Answer& answer, const Token&) {
          heard.push_back(answer.has_refusal() ? answer.refusal().reason() : "done");
        }));
  }
  std::int64_t Balance(NodeId id) {
    return static_cast<const testing::ToyMachine&>(part(id).fold().machine())
        .account(testing::AccountKey(1))
        .balance();
  }
  Timestamp now() const { return now_; }
  // The log loses its records from there on; open nodes hear of it.
  void CutOff(Offset end) { memory_.CutOff(0, end); }
  // The log takes an offset for itself.
  void LeaveGap() { memory_.LeaveGap(0); }
  // The node can read nothing until it comes back.
  void GoAway(NodeId id) { memory_.GoAway(id); }
  void ComeBack(NodeId id) { memory_.ComeBack(id); }
  Ledger& ledger(NodeId id) { return members_.at(id).ledger->partition(0); }
  Offset log_end() { return members_.begin()->second.ledger->partition(0).End(); }

  std::vector<std::string> heard;
  std::size_t queue_max = 3;
  std::function<std::unique_ptr<Machine>()> new_machine = [] {
    return std::make_unique<testing::ToyMachine>();
  };

 private:
  MemoryLedgerStore memory_{ClusterId(), 1};
  testing::ToyReactor reactor_;
  std::map<NodeId, MemoryRowStore> rows_;
  std::deque<AppendPlan> plans_;
  std::map<NodeId, Member> members_;
  Timestamp now_ = kNoon;
  std::uint64_t random_ = 0;
};

}  // namespace dialtone::engine
