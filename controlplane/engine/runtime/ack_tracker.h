// Who waits for what, and the only one that may let a reply go: when the entry that holds the
// answer is valid, never before. One for each partition, in the loop's thread.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/engine/runtime/command.h"
#include "controlplane/engine/runtime/feed.h"
#include "controlplane/engine/runtime/request_log.h"
#include "dialtone/ledger/v1/runtime_refusal.pb.h"

namespace dialtone::engine {

// A refusal by the runtime itself.
ledger::v1::Answer RuntimeAnswer(ledger::v1::RuntimeRefusal reason,
                                 const std::vector<Fact>& facts = {});

class AckTracker {
 public:
  explicit AckTracker(const Feed& feed) : feed_(feed) {}

  // The caller waits for an answer to this request, in whichever entry it comes: the one being
  // made, or a later one.
  void Park(Command& command) {
    parked_[KeyOf(command.request.id(), command.aggregate.text())].push_back(
        std::move(command.done_));
  }
  // The answer stands in the valid entry `index`: it is read back, now or as soon as it can be had;
  // after a while the caller is told to ask again.
  void Repeat(std::uint64_t index, Command& command, Timestamp now);
  // Looks again for what could not be read.
  void ReadAgain(Timestamp now);
  bool has_unread() const { return !unread_.empty(); }
  // The answer depends on all up to entry `index`, and is no part of the ledger.
  void ReleaseAt(std::uint64_t index, ledger::v1::Answer answer, Command& command);
  // No decision was made.
  static void Refuse(ledger::v1::RuntimeRefusal reason, Command& command,
                     std::vector<Fact> facts = {});

  // An entry is valid: its answers go to those who wait for them.
  void Valid(const FeedEntry& entry);
  // Nobody knows what becomes of the open entries: whoever waits is told to ask again.
  void Fail(ledger::v1::RuntimeRefusal reason);

  std::size_t waiting() const { return parked_.size() + at_index_.size() + unread_.size(); }

 private:
  struct Late {
    ledger::v1::Answer answer;
    DoneFunction done;
  };
  struct Unread {
    std::uint64_t index = 0;
    std::string aggregate;
    std::string request_id;
    DoneFunction done;
    Timestamp until;
  };

  // An id has 16 bytes. Not a RequestKey: nothing has to be hashed again when an entry is valid.
  static std::string KeyOf(std::string_view request_id, std::string_view aggregate) {
    return std::string(request_id).append(aggregate);
  }

  bool ReadBack(Unread& asked) const;

  const Feed& feed_;
  absl::flat_hash_map<std::string, std::vector<DoneFunction>> parked_;
  std::multimap<std::uint64_t, Late> at_index_;
  std::deque<Unread> unread_;
};

}  // namespace dialtone::engine
