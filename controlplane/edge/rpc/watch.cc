#include "controlplane/edge/rpc/watch.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "controlplane/edge/rpc/status.h"

namespace dialtone::edge {

using Now = std::chrono::steady_clock::time_point;

Watcher::Watcher(std::unique_ptr<Source> source, Wire& wire, WatchLimits limits)
    : source_(std::move(source)),
      wire_(wire),
      limits_(limits),
      resume_(source_->Resume()),
      last_move_(std::chrono::steady_clock::now()) {}

bool Watcher::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void Watcher::Pull(Now now) {
  Fill(now);
  Advance();
}

// Only this thread adds to the queue, so what is found empty stays so until it adds.
void Watcher::Fill(Now now) {
  std::size_t room = 0;
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || closing_) return;
    room = limits_.queue_max - std::min(limits_.queue_max, queue_.size());
    if (writing_ && now - last_move_ > limits_.stalled) {
      closing_ = EdgeStatus(type::v1::WATCH_TOO_SLOW, {{"resume_token", resume_}});
      return;
    }
  }
  while (room > 0 && Take()) --room;
  if (room == 0) {
    const std::lock_guard lock(mutex_);
    hungry_ = true;
  }
  Beat(now);
}

// True if there was an item.
bool Watcher::Take() {
  auto item = source_->NewItem();
  const tl::expected<bool, grpc::Status> next = source_->Next(*item);
  if (next && !*next) return false;
  std::string resume = source_->Resume();
  const std::lock_guard lock(mutex_);
  if (!next) {
    closing_ = next.error();
    return false;
  }
  queue_.push_back({std::move(item), std::move(resume)});
  return true;
}

void Watcher::Beat(Now now) {
  {
    const std::lock_guard lock(mutex_);
    if (!queue_.empty() || now - last_move_ < limits_.heartbeat) return;
  }
  auto item = source_->NewItem();
  source_->Heartbeat(*item);
  std::string resume = source_->Resume();
  const std::lock_guard lock(mutex_);
  queue_.push_back({std::move(item), std::move(resume)});
}

void Watcher::Written() {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    resume_ = std::move(queue_.front().resume);
    queue_.pop_front();
    writing_ = false;
    last_move_ = std::chrono::steady_clock::now();
    wakes = hungry_ && queue_.size() <= limits_.queue_max / 2;
    if (wakes) hungry_ = false;
  }
  if (wakes) wake_();
  Advance();
}

void Watcher::Broken() {
  {
    const std::lock_guard lock(mutex_);
    if (!closing_) closing_ = {grpc::StatusCode::CANCELLED, "the caller is gone"};
  }
  Advance();
}

void Watcher::Close() {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return;
    closing_ = EdgeStatus(type::v1::WATCH_CLOSED, {{"resume_token", resume_}});
  }
  Advance();
}

// What is to be done on the wire, by one thread at a time. A stream that closes does not wait for a
// caller that takes nothing: gRPC sends the status behind what is being written.
void Watcher::Advance() {
  while (true) {
    const google::protobuf::Message* item = nullptr;
    grpc::Status status;
    {
      const std::lock_guard lock(mutex_);
      if (ended_ || sending_) return;
      if (closing_) {
        ended_ = true;
        status = *closing_;
      } else if (writing_ || queue_.empty()) {
        return;
      } else {
        writing_ = sending_ = true;
        last_move_ = std::chrono::steady_clock::now();
        item = queue_.front().message.get();
      }
    }
    if (item == nullptr) return wire_.End(status);
    wire_.Write(*item);
    const std::lock_guard lock(mutex_);
    sending_ = false;
  }
}

WatchHub::WatchHub() : thread_([this] { Run(); }) {}

WatchHub::~WatchHub() {
  CloseAll();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void WatchHub::Add(std::shared_ptr<Watcher> watcher) {
  watcher->OnHungry([this] { Wake(); });
  {
    const std::lock_guard lock(mutex_);
    arrived_.push_back(std::move(watcher));
  }
  changed_.notify_one();
}

void WatchHub::Wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void WatchHub::CloseAll() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
}

void WatchHub::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto has_news = [this] { return stopping_ || woken_ || !arrived_.empty() || closing_; };
    if (watchers_.empty()) {
      changed_.wait(lock, [&] { return stopping_ || !arrived_.empty(); });
    } else {
      changed_.wait_for(lock, kTick, has_news);
    }
    std::move(arrived_.begin(), arrived_.end(), std::back_inserter(watchers_));
    arrived_.clear();
    woken_ = false;
    const bool closing = closing_;
    if (stopping_ && watchers_.empty()) return;
    lock.unlock();
    PullAll(closing ? Pulling::kClose : Pulling::kOn);
    lock.lock();
  }
}

void WatchHub::PullAll(Pulling pulling) {
  const Now now = std::chrono::steady_clock::now();
  for (const auto& watcher : watchers_) {
    pulling == Pulling::kClose ? watcher->Close() : watcher->Pull(now);
  }
  std::erase_if(watchers_, [](const auto& watcher) { return watcher->ended(); });
}

}  // namespace dialtone::edge
