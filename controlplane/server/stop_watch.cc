#include "controlplane/server/stop_watch.h"

#include <utility>

namespace dialtone::server {

StopWatch::StopWatch(Look look, Tell tell, std::chrono::milliseconds every)
    : look_(std::move(look)), tell_(std::move(tell)), every_(every), thread_([this] { Run(); }) {}

StopWatch::~StopWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void StopWatch::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    LookOnce();
    lock.lock();
    changed_.wait_for(lock, every_, [this] { return stopping_; });
  }
  LookOnce();
}

void StopWatch::LookOnce() {
  for (const StoppedPart& stopped : look_()) {
    if (told_.insert(stopped).second) tell_(stopped);
  }
}

}  // namespace dialtone::server
