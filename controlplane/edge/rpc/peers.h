// The other nodes: a command whose partition one of them owns is sent on to it, once, and its
// answer comes back as it is. No thread of its own, and none that waits: gRPC calls back.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/functional/any_invocable.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/edge/rpc/asked.h"
#include "controlplane/edge/rpc/call.h"
#include "controlplane/edge/rpc/deadline_keeper.h"
#include "controlplane/edge/rpc/hop.h"
#include "controlplane/edge/rpc/parts.h"

namespace dialtone::edge {

// Where a command is decided, if that is not here.
struct Destination {
  std::uint32_t partition = 0;
  std::string address;  // empty: here, or nowhere that is known
  explicit operator bool() const { return !address.empty(); }
};

// A command that is sent on.
struct Hop {
  const Method& method;
  Caller caller;
  Carried carried;
  Asked asked;
  Destination destination;
  std::unique_ptr<const google::protobuf::Message> request;  // as the caller sent it
  google::protobuf::Message* reply;                          // filled if the owner replies
};

// What came of it.
struct Hopped {
  grpc::Status status;
  std::vector<std::pair<std::string, std::string>> trailing;  // the owner's, of Dialtone
  bool is_of_owner = false;  // the owner has said so, and counted it
};
// Called once, in a thread of gRPC's. Does not block.
using HopDone = absl::AnyInvocable<void(Hopped)>;

class HopCall;

// Any thread.
class Peers {
 public:
  // How long a node that owns a partition no longer has for the answers that are on their way.
  static constexpr std::chrono::milliseconds kFarewell{500};

  // `keeper` ends what takes too long; it outlives the peers, and looks after no others.
  Peers(const DoorParts& parts, DeadlineKeeper& keeper);
  // Ends what is under way, and waits for that.
  ~Peers();
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;

  void Send(Hop hop, HopDone done);

 private:
  friend class HopCall;
  using Stub = grpc::TemplatedGenericStub<google::protobuf::Message, google::protobuf::Message>;

  std::shared_ptr<Stub> StubOf(const std::string& address);
  bool Begin(HopCall& call);
  void Forget(HopCall& call);
  void LeaveOldOwners(Deadline now);

  const DoorParts& parts_;
  DeadlineKeeper& keeper_;
  std::mutex mutex_;
  std::condition_variable forgotten_;
  absl::flat_hash_map<std::string, std::shared_ptr<Stub>> stubs_;
  absl::flat_hash_set<HopCall*> calls_;  // under way
  bool is_closing_ = false;
  Deadline looked_at_;  // by the keeper's thread
};

// The messages of one stream that are sent on: one after the other, so that they are decided in
// their order. Any thread.
class HopLine : public std::enable_shared_from_this<HopLine> {
 public:
  explicit HopLine(Peers& peers) : peers_(peers) {}
  void Add(Hop hop, HopDone done);

 private:
  struct Waiting {
    Hop hop;
    HopDone done;
  };
  void Send(Waiting next);
  void GoOn();

  Peers& peers_;
  std::mutex mutex_;
  std::deque<Waiting> waiting_;
  bool is_busy_ = false;
};

}  // namespace dialtone::edge
