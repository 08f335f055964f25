// Who should own which partition: a consumer group says so, on a topic that has as many partitions
// as the ledger and never a record. It fences nobody: that is what the claims in the ledger are for
// (ledger-protocol.md section 3).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "controlplane/engine/ledger/kafka_handles.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/ledger_error.h"

namespace dialtone::engine {

struct KafkaGroupOptions {
  KafkaOptions kafka;  // of the topic, whose name is the group's too
  std::string member;  // this node's name to the brokers
  // Who is not heard of for so long is no member any more.
  Duration session_timeout = Duration::Seconds(10);
};

// Of the group beside a ledger's topic: `dialtone.owners.v1` beside `dialtone.ledger.v1`, else
// `<topic>.owners`.
KafkaGroupOptions GroupOptionsOf(const KafkaOptions& ledger);

class KafkaGroup {
 public:
  // Called by the group's own thread; must not wait.
  struct Hooks {
    // Whether the node does its work. While it does not, the group hears nothing of it, and after a
    // session's time gives to others what it has.
    std::function<bool()> is_alive;
    // All that this node should own from now on. What it had before and is not among it is another
    // node's at this very moment: to be left at once, with a closing entry, for which the other
    // waits a little. A change of the group alone is not told: nobody stops working because of it.
    std::function<void(const std::vector<std::uint32_t>&)> assigned;
    // The group went on without this node, or may have: it revoked what this node had, and has told
    // it nothing since, for as long as it waits for anybody. It should own nothing, until it is
    // assigned again.
    std::function<void()> lost;
  };

  // Makes the topic if it is not there, checks it, and joins; to be a member takes a while. Refused
  // while another member has the same name.
  static LedgerExpected<std::unique_ptr<KafkaGroup>> Join(const KafkaGroupOptions& options,
                                                          Hooks hooks);
  ~KafkaGroup();  // leaves
  KafkaGroup(const KafkaGroup&) = delete;
  KafkaGroup& operator=(const KafkaGroup&) = delete;

  // The names of all whom the brokers count on, this node among them; none: they do not say so now.
  // Waits for them a little. Any thread but the group's.
  std::optional<std::vector<std::string>> AskMembers() const;
  // That no other node bears this one's name. One that has just ended without a word is waited for
  // until it is no member any more. The same threads, and once a member.
  LedgerExpected<void> CheckName() const;
  // Leaves the group: hooks are not called any more. Returns when what this node should have owned
  // is assigned to others, if there are any and they do not take longer than `patience`. Any thread
  // but the group's, once.
  void Leave(Duration patience);

 private:
  KafkaGroup(const KafkaGroupOptions& options, Hooks hooks);
  static void Rebalanced(rd_kafka_t* client, rd_kafka_resp_err_t what,
                         rd_kafka_topic_partition_list_t* partitions, void* group);
  LedgerExpected<void> Start();
  void Serve();
  void Stir() const;
  void Take(const rd_kafka_message_t& message) const;
  void Assigned(const rd_kafka_topic_partition_list_t& partitions);
  void Revoked();
  void Lost();
  void LookWhetherLost();
  bool Stop();
  KafkaGroupList AskGroup() const;
  LedgerExpected<void> AwaitNamesakes(std::ptrdiff_t count_max) const;
  bool OthersAreBusy() const;

  const KafkaGroupOptions options_;
  const Hooks hooks_;
  KafkaHandle member_;
  KafkaQueue queue_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::optional<std::chrono::steady_clock::time_point> lost_at_;  // the thread's: if nothing comes
  std::thread thread_;
};

}  // namespace dialtone::engine
