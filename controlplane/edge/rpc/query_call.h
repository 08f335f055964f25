// A question on its way: finishes the RPC with its answer, or with why there is none.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/server_callback.h>

#include <concepts>
#include <thread>
#include <tl/expected.hpp>

#include "controlplane/edge/rpc/asked.h"
#include "controlplane/edge/rpc/parts.h"
#include "controlplane/edge/rpc/status.h"
#include "controlplane/kernel/decision.h"
#include "controlplane/kernel/query_error.h"

namespace dialtone::edge {

// What a read model's own error says, in the door's words: { path, description } is a field that
// cannot be taken, { reason, detail } why a view has not reached a token.
template <class E>
QueryError ToQueryError(const E& error) {
  if constexpr (std::convertible_to<const E&, QueryError>) {
    return error;
  } else if constexpr (requires { error.path, error.description; }) {
    return QueryError::BadField(error.path, error.description);
  } else {
    using Reason = decltype(error.reason);
    const bool is_callers =
        error.reason == Reason::kOtherCluster || error.reason == Reason::kBeyondEnd;
    if (is_callers) return QueryError::BadField(kConsistencyTokenKey, error.detail);
    QueryError behind = QueryError::Behind({});
    behind.message = error.detail;
    for (std::size_t i = 0; i < error.reached.size(); ++i)
      behind.reached.push_back({static_cast<std::uint32_t>(i), error.reached[i]});
    return behind;
  }
}

class QueryCall {
 public:
  QueryCall(const DoorParts& parts, const Method& method, Rpc* rpc,
            grpc::ServerUnaryReactor* reactor, google::protobuf::Message* reply,
            telemetry::Clock::time_point began)
      : parts_(parts),
        method_(method),
        rpc_(rpc),
        reactor_(reactor),
        reply_(reply),
        began_(began),
        came_in_(std::this_thread::get_id()) {}

  // Still in the thread that the RPC came in with.
  bool IsInline() const { return std::this_thread::get_id() == came_in_; }
  // The reply is filled in; `seen` is what it shows.
  void Answer(const ConsistencyToken& seen) const;
  template <class E>
  void Fail(const E& error) const {
    if constexpr (std::same_as<E, Rejection>) {
      Finish(ToStatus(error));
    } else {
      Finish(ToStatus(ToQueryError(error)));
    }
  }
  void Finish(const grpc::Status& status) const;

 private:
  const DoorParts& parts_;
  const Method& method_;
  Rpc* const rpc_;
  grpc::ServerUnaryReactor* const reactor_;
  google::protobuf::Message* const reply_;
  const telemetry::Clock::time_point began_;
  const std::thread::id came_in_;
};

}  // namespace dialtone::edge
