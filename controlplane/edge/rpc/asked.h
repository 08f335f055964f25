// A request at the border: who asks, until when, and as what it goes on to be decided.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/edge/rpc/metadata.h"
#include "controlplane/edge/rpc/parts.h"
#include "controlplane/engine/runtime/command.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/token.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone::edge {

using Deadline = std::chrono::steady_clock::time_point;

// What another node of the cluster vouches for of a command that it has sent on (hop.h).
struct HopSaid {
  std::string request_id;  // text; empty: the call is a caller's own
  std::string body;
  explicit operator bool() const { return !request_id.empty(); }
};

struct Caller {
  Actor actor;
  std::string trace_id;  // 16 bytes, or empty
  HopSaid hop;
  Deadline began;
  Deadline deadline;

  // The same for a message of a stream that comes now: the stream may last longer than a command.
  Caller ForMessage(const DoorParts& parts) const;
};

struct Asked {
  ledger::v1::Request request;
  engine::Mode mode = engine::Mode::kCommit;
  bool minted = false;                               // the caller sent no id
  std::shared_ptr<vault::PassingKeys> passing_keys;  // of a dry run with personal data; else null
};

// Who asks: the one place where identity is taken in. For development it is what the metadata
// `dialtone-actor` says, `users/developer` without it; nothing is verified.
tl::expected<Actor, grpc::Status> Authenticate(const Rpc& rpc);

// Identity, the W3C trace id, and the deadline within its limits; of a hop (hop.h), what the node
// that sent it vouches for.
tl::expected<Caller, grpc::Status> CallerOf(const Rpc& rpc, const Method& method,
                                            const DoorParts& parts);

// The token in the metadata; one that asks for nothing if there is none.
tl::expected<ConsistencyToken, grpc::Status> TokenOf(const Rpc& rpc);

// What is wrong with a request's form.
std::vector<Violation> CheckForm(const Method& method, const google::protobuf::Message& request);

// Checks the form, and takes out what is about the request rather than of it: afterwards
// `request_id`, `validate_only` and the fields that only the server may fill are empty.
tl::expected<Asked, grpc::Status> TakeIn(const Caller& caller, const Method& method,
                                         google::protobuf::Message& request,
                                         const DoorParts& parts);

// A UUIDv7 as 16 bytes, and as text.
std::string MintRequestId(Timestamp now);
std::string RequestIdText(std::string_view bytes);

}  // namespace dialtone::edge
