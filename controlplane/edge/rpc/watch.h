// A stream that tells what happens from a position on: in order, without gaps, with heartbeats in
// between. The source is pulled, so a slow caller slows nobody; one that takes nothing for too long
// is closed, and told where to resume.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <concepts>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/edge/rpc/asked.h"
#include "controlplane/edge/rpc/counting.h"
#include "controlplane/edge/rpc/parts.h"
#include "controlplane/edge/rpc/status.h"
#include "controlplane/kernel/query_error.h"

namespace dialtone::edge {

// What a watcher reads from; a value that is moved in. None of it blocks; one thread at a time.
//   Next(item)       fills in the next item behind the last one; false: there is none yet
//   Heartbeat(item)  fills in a message that says only how far the watcher is
//   Resume()         the text with which a new watch goes on behind the last item of Next
template <class S, class Reply>
concept WatchSource = requires(S& source, Reply& item) {
  { source.Next(item) } -> std::convertible_to<tl::expected<bool, QueryError>>;
  source.Heartbeat(item);
  { source.Resume() } -> std::convertible_to<std::string>;
};

struct WatchLimits {
  std::size_t queue_max = 64;                   // items
  std::chrono::milliseconds heartbeat{10'000};  // of silence
  std::chrono::milliseconds stalled{30'000};    // without a write that ends
};

struct WatchItem {
  std::unique_ptr<google::protobuf::Message> message;
  std::string resume;
};

// One watcher's queue. Shared by its stream and the hub.
class Watcher {
 public:
  class Source {
   public:
    virtual ~Source() = default;
    virtual std::unique_ptr<google::protobuf::Message> NewItem() const = 0;
    virtual tl::expected<bool, grpc::Status> Next(google::protobuf::Message& item) = 0;
    virtual void Heartbeat(google::protobuf::Message& item) = 0;
    virtual std::string Resume() = 0;
  };
  // What gRPC does for the stream. Called outside of any lock; not touched after End.
  class Wire {
   public:
    virtual ~Wire() = default;
    virtual void Write(const google::protobuf::Message& item) = 0;
    virtual void End(const grpc::Status& status) = 0;
  };

  Watcher(std::unique_ptr<Source> source, Wire& wire, WatchLimits limits);

  // `wake` asks for a Pull: there was more than the queue had room for, and now it has. Set before
  // the first Pull.
  void OnHungry(std::function<void()> wake) { wake_ = std::move(wake); }
  // Fills the queue as far as there is room; ends the stream if it must. In the hub's thread.
  void Pull(std::chrono::steady_clock::time_point now);
  void Written();
  void Broken();  // the caller is gone
  void Close();   // the server drains
  bool ended() const;

 private:
  void Fill(std::chrono::steady_clock::time_point now);
  bool Take();
  void Beat(std::chrono::steady_clock::time_point now);
  void Advance();

  const std::unique_ptr<Source> source_;  // the hub's thread only
  Wire& wire_;
  const WatchLimits limits_;
  std::function<void()> wake_ = [] {};
  mutable std::mutex mutex_;
  std::deque<WatchItem> queue_;
  std::string resume_;  // behind what was written
  std::optional<grpc::Status> closing_;
  std::chrono::steady_clock::time_point last_move_;
  bool writing_ = false;  // gRPC has the first of the queue …
  bool hungry_ = false;   // the source had more than the queue could take
  bool sending_ = false;  // … or is just being given it
  bool ended_ = false;
};

// Pulls for all watchers of a server, in one thread, while there are any.
class WatchHub {
 public:
  static constexpr std::chrono::milliseconds kTick{10};

  WatchHub();
  ~WatchHub();  // closes all: they may resume elsewhere
  WatchHub(const WatchHub&) = delete;
  WatchHub& operator=(const WatchHub&) = delete;

  void Add(std::shared_ptr<Watcher> watcher);
  // Pulls at once.
  void Wake();
  // Ends every stream with where to resume; later ones too.
  void CloseAll();

 private:
  enum class Pulling : std::uint8_t { kOn, kClose };

  void Run();
  void PullAll(Pulling pulling);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<Watcher>> arrived_;
  std::vector<std::shared_ptr<Watcher>> watchers_;  // the thread's own
  bool woken_ = false;
  bool closing_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

// Opens what is sealed in the items, as the door does in answers.
template <class Reply, WatchSource<Reply> S>
class WatchSourceOf final : public Watcher::Source {
 public:
  WatchSourceOf(S source, const Method& method, vault::KeyVault& keys)
      : source_(std::move(source)), seal_(method.reply_seal), keys_(keys) {}
  std::unique_ptr<google::protobuf::Message> NewItem() const override {
    return std::make_unique<Reply>();
  }
  tl::expected<bool, grpc::Status> Next(google::protobuf::Message& item) override {
    const tl::expected<bool, QueryError> next = source_.Next(static_cast<Reply&>(item));
    if (!next) return tl::unexpected(ToStatus(next.error()));
    if (!*next || seal_ == nullptr) return *next;
    // Of a key that is not known here yet: the caller resumes before this item.
    if (const vault::Unsealed unsealed = seal_->Unseal(item, keys_); !unsealed)
      return tl::unexpected(KeyAwayStatus(unsealed.error().subject));
    return true;
  }
  void Heartbeat(google::protobuf::Message& item) override {
    source_.Heartbeat(static_cast<Reply&>(item));
  }
  std::string Resume() override { return source_.Resume(); }

 private:
  S source_;
  const vault::SealPlan* const seal_;  // null: nothing personal in the items
  vault::KeyVault& keys_;
};

template <class Reply>
class WatchReactor final : public grpc::ServerWriteReactor<Reply>, public Watcher::Wire {
 public:
  WatchReactor(std::unique_ptr<Watcher::Source> source, const DoorParts& parts,
               const Method& method, WatchLimits limits)
      : parts_(parts),
        method_(method),
        watcher_(std::make_shared<Watcher>(std::move(source), *this, limits)) {}

  const std::shared_ptr<Watcher>& watcher() const { return watcher_; }
  void OnWriteDone(bool ok) override { ok ? watcher_->Written() : watcher_->Broken(); }
  void OnCancel() override { watcher_->Broken(); }
  void OnDone() override { delete this; }

 private:
  void Write(const google::protobuf::Message& item) override {
    this->StartWrite(&static_cast<const Reply&>(item));
  }
  void End(const grpc::Status& status) override {
    CountEnd(parts_, method_, status, began_);
    this->Finish(status);
  }

  const DoorParts& parts_;
  const Method& method_;
  const telemetry::Clock::time_point began_ = telemetry::Clock::now();
  const std::shared_ptr<Watcher> watcher_;
};

// A watch that has ended before it began.
template <class Reply>
class EndedWatch final : public grpc::ServerWriteReactor<Reply> {
 public:
  explicit EndedWatch(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace dialtone::edge
