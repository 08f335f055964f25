// The thread of a view, and what it shares with readers. Only view.cc needs to know.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "projections/kernel/projector.h"
#include "projections/kernel/view.h"
#include "projections/kernel/view_store.h"
#include "projections/kernel/waiters.h"

namespace dialtone::projections {

class View::Writer {
 public:
  using RebuildDone = absl::AnyInvocable<void(tl::expected<void, std::string>)>;

  // `serving` is what readers get: complete, or to be completed first.
  Writer(std::unique_ptr<const Projection> projection, ViewSource source, ViewLimits limits,
         std::shared_ptr<ViewStore> store, std::shared_ptr<Build> serving);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  std::string_view name() const { return projection_->Name(); }
  void WhenReached(const ConsistencyToken& token, Deadline deadline,
                   absl::AnyInvocable<void(Reached)> done);
  Snapshot TakeSnapshot() const;
  void Rebuild(RebuildDone done);
  ViewStatus Status() const;

 private:
  using Lock = std::unique_lock<std::mutex>;
  struct Failed {
    Waiters::Waiter waiter;
    Unreached why;
  };

  // view_writer.cc: the thread.
  void Run();
  bool AdvanceServing();
  bool AdvanceBuilding();
  void GatherBatch();
  void SleepUntilNews(std::uint64_t seen);
  void BeginRebuildIfAsked();
  tl::expected<void, std::string> BeginRebuild();
  tl::expected<void, std::string> Swap();
  void EndRebuild(const tl::expected<void, std::string>& how);
  void Publish();
  void Expire();
  void Stop(const std::string& reason);
  std::vector<Failed> Fail(std::vector<Waiters::Waiter> waiters) const;  // under the lock

  // view_readers.cc: any thread.
  std::optional<Unreached> WhyNever(const ConsistencyToken& token) const;
  Unreached NotYet(const ConsistencyToken& token) const;  // under the lock
  bool IsOnItsWay(const ConsistencyToken& token) const;
  Duration LagOf(std::uint32_t partition, const ledger::v1::ViewedPartition& shown) const;

  const std::unique_ptr<const Projection> projection_;
  const ViewSource source_;
  const ViewLimits limits_;
  const Projector projector_;       // for what readers see
  const Projector bulk_projector_;  // for what they do not see yet

  // The thread's own.
  const std::shared_ptr<ViewStore> store_;
  std::shared_ptr<Build> serving_;
  std::shared_ptr<Build> building_;  // null: no rebuild
  bool more_ = false;                // the last batch was a full one
  bool later_ = false;               // what is new could not be read

  mutable std::mutex mutex_;
  std::condition_variable called_;
  Snapshot snapshot_;
  ledger::v1::ViewState shown_;
  Waiters waiters_;
  std::vector<RebuildDone> rebuilds_;
  bool ready_ = false;
  bool asleep_ = false;  // waits for the feeds' signal
  bool stopping_ = false;
  std::string stop_reason_;

  std::thread thread_;
};

}  // namespace dialtone::projections
