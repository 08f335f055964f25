#include "projections/kernel/view_writer.h"

#include <algorithm>
#include <utility>

namespace dialtone::projections {

namespace {

constexpr std::size_t kBulkBatches = 4;  // a batch that nobody waits for may be so much larger
constexpr std::chrono::microseconds kSleepMax = std::chrono::minutes(1);
constexpr std::chrono::microseconds kLaterMax = std::chrono::milliseconds(10);

}  // namespace

View::Writer::Writer(std::unique_ptr<const Projection> projection, ViewSource source,
                     ViewLimits limits, std::shared_ptr<ViewStore> store,
                     std::shared_ptr<Build> serving)
    : projection_(std::move(projection)),
      source_(std::move(source)),
      limits_(limits),
      projector_(*projection_, source_.feeds, limits.batch_bytes),
      bulk_projector_(*projection_, source_.feeds, limits.batch_bytes * kBulkBatches),
      store_(std::move(store)),
      serving_(std::move(serving)),
      snapshot_(serving_->TakeSnapshot()),
      shown_(serving_->state()),
      ready_(shown_.complete()),
      thread_([this] { Run(); }) {}

View::Writer::~Writer() {
  {
    const Lock lock(mutex_);
    stopping_ = true;
  }
  called_.notify_one();
  source_.signal.Raise();
  thread_.join();
}

void View::Writer::Run() {
  while (true) {
    const std::uint64_t seen = source_.signal.version();
    {
      const Lock lock(mutex_);
      if (stopping_) break;
    }
    Expire();
    BeginRebuildIfAsked();
    later_ = false;
    const bool served = AdvanceServing();
    const bool built = AdvanceBuilding();
    if (!stop_reason_.empty()) return;
    if (!served && !built) SleepUntilNews(seen);
  }
  Stop("the server stops");
}

// True if anything was done.
bool View::Writer::AdvanceServing() {
  if (ready_ && !projector_.HasNews(*serving_)) return false;
  if (ready_ && !more_ && !building_) GatherBatch();
  const Projector& projector = ready_ ? projector_ : bulk_projector_;
  const auto progress = projector.Advance(*serving_);
  Publish();
  if (!progress) {
    Stop(progress.error());
    return true;
  }
  more_ = *progress == Progress::kMore;
  if (*progress == Progress::kLater) {
    later_ = true;
    return false;
  }
  if (ready_ || more_) return true;
  const auto complete = serving_->Complete();
  if (!complete) {
    Stop(complete.error());
    return true;
  }
  {
    const Lock lock(mutex_);
    ready_ = true;
  }
  Publish();
  EndRebuild({});
  return true;
}

bool View::Writer::AdvanceBuilding() {
  if (!building_ || !stop_reason_.empty()) return false;
  const auto progress = bulk_projector_.Advance(*building_);
  if (!progress) {
    std::exchange(building_, nullptr)->Drop();
    EndRebuild(tl::unexpected(progress.error()));
  } else if (*progress == Progress::kAtHead) {
    EndRebuild(Swap());
  }
  const bool is_later = progress && *progress == Progress::kLater;
  later_ |= is_later;
  return !is_later;
}

// What is new may come with more: one write is for all of it, unless somebody waits.
void View::Writer::GatherBatch() {
  Lock lock(mutex_);
  called_.wait_for(lock, limits_.batch_wait,
                   [this] { return stopping_ || !waiters_.empty() || !rebuilds_.empty(); });
}

// Whoever calls while this sleeps raises the signal.
void View::Writer::SleepUntilNews(std::uint64_t seen) {
  std::chrono::microseconds wait = later_ ? kLaterMax : kSleepMax;
  {
    const Lock lock(mutex_);
    if (stopping_ || !rebuilds_.empty()) return;
    if (const auto deadline = waiters_.NextDeadline()) {
      const auto left = *deadline - std::chrono::steady_clock::now();
      wait = std::min(wait, std::chrono::ceil<std::chrono::microseconds>(left));
    }
    asleep_ = true;
  }
  source_.signal.WaitBeyond(seen, Duration::Micros(wait.count()));
  const Lock lock(mutex_);
  asleep_ = false;
}

// While the first build runs, a rebuild is what it is.
void View::Writer::BeginRebuildIfAsked() {
  {
    const Lock lock(mutex_);
    if (rebuilds_.empty() || !ready_ || building_) return;
  }
  if (auto begun = BeginRebuild(); !begun) EndRebuild(begun);
}

tl::expected<void, std::string> View::Writer::BeginRebuild() {
  auto build = store_->NewBuild(projection_->Version());
  if (!build) return tl::unexpected(build.error());
  if (auto begun = (*build)->Begin(source_.cluster_id, source_.feeds.size()); !begun) return begun;
  building_ = std::move(*build);
  return {};
}

// The new build has read up to the heads that the old one has not passed: positions never go back.
tl::expected<void, std::string> View::Writer::Swap() {
  std::shared_ptr<Build> built = std::exchange(building_, nullptr);
  if (auto complete = built->Complete(); !complete) return complete;
  const std::shared_ptr<Build> old = std::exchange(serving_, std::move(built));
  Publish();
  old->Drop();
  return {};
}

void View::Writer::EndRebuild(const tl::expected<void, std::string>& how) {
  std::vector<RebuildDone> ended;
  {
    const Lock lock(mutex_);
    ended.swap(rebuilds_);
  }
  for (RebuildDone& done : ended) done(how);
}

// Shows the last batch to readers, and lets those go on who waited for it.
void View::Writer::Publish() {
  Snapshot snapshot = serving_->TakeSnapshot();
  std::vector<Waiters::Waiter> reached;
  {
    const Lock lock(mutex_);
    snapshot_ = snapshot;
    shown_ = serving_->state();
    if (ready_ && !waiters_.empty()) reached = waiters_.TakeReached(snapshot.positions());
  }
  for (Waiters::Waiter& waiter : reached) waiter.done(snapshot);
}

void View::Writer::Expire() {
  std::vector<Failed> expired;
  {
    const Lock lock(mutex_);
    expired = Fail(waiters_.TakeExpired(std::chrono::steady_clock::now()));
  }
  for (auto& [waiter, why] : expired) waiter.done(tl::unexpected(std::move(why)));
}

// For good: whatever could mend it needs another binary, or another disk.
void View::Writer::Stop(const std::string& reason) {
  std::vector<Failed> failed;
  {
    const Lock lock(mutex_);
    stop_reason_ = reason;
    failed = Fail(waiters_.TakeAll());
  }
  for (auto& [waiter, why] : failed) waiter.done(tl::unexpected(std::move(why)));
  EndRebuild(tl::unexpected(reason));
}

std::vector<View::Writer::Failed> View::Writer::Fail(std::vector<Waiters::Waiter> waiters) const {
  std::vector<Failed> failed;
  for (Waiters::Waiter& waiter : waiters) {
    Unreached why = NotYet(waiter.token);
    failed.push_back({std::move(waiter), std::move(why)});
  }
  return failed;
}

}  // namespace dialtone::projections
