// One read model, kept up by a thread of its own: pulls the valid entries of all partitions, writes
// rows and positions in one batch, then lets those go on who wait for what they wrote.
#pragma once

#include <absl/functional/any_invocable.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/engine/runtime/feed.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/kernel/token.h"
#include "projections/kernel/projection.h"
#include "projections/kernel/snapshot.h"

namespace dialtone::projections {

// Who appends to the ledger that is read.
enum class Appenders : std::uint8_t {
  kThisNode,  // so its end is known here
  kMany,      // so there may be more than is known here
};

// Where a view reads. All of it outlives the view; the node has loaded its rows (Node::Load)
// before.
struct ViewSource {
  std::string cluster_id;                  // 16 bytes
  std::vector<const engine::Feed*> feeds;  // by partition
  engine::FeedSignal& signal;
  Appenders appenders = Appenders::kThisNode;
};

struct ViewLimits {
  // A batch is written when it has waited this long, or has this many bytes of entries; at once
  // when somebody waits for it.
  std::chrono::microseconds batch_wait{25'000};
  std::size_t batch_bytes = 1U << 20U;
  // Rows in memory before they go to disk: what a crash makes the view read again.
  std::size_t memtable_bytes = 16U << 20U;
};

using Deadline = std::chrono::steady_clock::time_point;

enum class UnreachedReason : std::uint8_t {
  kDeadline,      // UNAVAILABLE: the view is behind; ask again
  kBuilding,      // UNAVAILABLE: the view is built anew, and has not been ready yet
  kStopped,       // UNAVAILABLE: the view met what it does not know, or the server stops
  kOtherCluster,  // INVALID_ARGUMENT: a token of another ledger
  kBeyondEnd,     // INVALID_ARGUMENT: a token of what is not in the ledger, as far as one can know
};

struct Unreached {
  UnreachedReason reason;
  std::string detail;  // a sentence
  Positions reached;
};

using Reached = tl::expected<Snapshot, Unreached>;

struct ViewStatus {
  Positions positions;
  // Ledger time from the last entry that is shown to the newest one, of the partition that is
  // furthest behind.
  Duration lag;
  bool ready = false;       // the first build has reached the head
  bool rebuilding = false;  // a new build runs, beside the one that readers have, if there is one
  std::string stop_reason;  // empty: runs
};

class View {
 public:
  // Opens `folder`/<name>, makes it if it is not there, and starts. Rows of another version of the
  // projection are dropped, and built anew. The error says what stands in the way.
  static tl::expected<std::unique_ptr<View>, std::string> Open(
      const std::filesystem::path& folder, std::unique_ptr<const Projection> projection,
      ViewSource source, ViewLimits limits = {});
  ~View();  // stops; whoever waits gets kStopped
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  std::string_view name() const;

  // Rows that show at least what `token` asks for. `done` is called once: at once, or in the view's
  // thread, where it must not block.
  void WhenReached(const ConsistencyToken& token, Deadline deadline,
                   absl::AnyInvocable<void(Reached)> done);
  // The same, waiting.
  Reached WaitFor(const ConsistencyToken& token, Deadline deadline);

  // The rows of the last batch, whatever it shows: for hints. While the view is not ready these are
  // of an early part of the ledger; WaitFor never gives such.
  Snapshot TakeSnapshot() const;

  // Builds the view anew beside the one that readers have, and swaps them at the head. A second
  // call joins the first. `done` is called once, in the view's thread; an error says why it ended.
  void Rebuild(absl::AnyInvocable<void(tl::expected<void, std::string>)> done);

  // For metrics and the administrator. May read the ledger.
  ViewStatus Status() const;

 private:
  class Writer;
  explicit View(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace dialtone::projections
