// A command that came alone: its answer finishes the RPC.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/server_callback.h>

#include <string>

#include "controlplane/edge/rpc/call.h"
#include "controlplane/edge/rpc/parts.h"

namespace dialtone::edge {

class UnaryCall final : public Call {
 public:
  // `rpc`, its default reactor and `reply` are gRPC's until the call is finished, and not touched
  // afterwards.
  UnaryCall(const DoorParts& parts, const Method& method, Rpc* rpc,
            grpc::ServerUnaryReactor* reactor, google::protobuf::Message* reply, const Asked& asked,
            const Caller& caller, std::string resource);

  void Answered(const ledger::v1::Answer& answer, const engine::Token& token) override;
  void Late() override;

 private:
  void Finish(const grpc::Status& status);

  const DoorParts& parts_;
  const Method& method_;
  Rpc* const rpc_;
  grpc::ServerUnaryReactor* const reactor_;
  google::protobuf::Message* const reply_;
  const std::string resource_;
  const telemetry::Clock::time_point began_;
};

// What an answer says: the reply, unsealed, or the refusal as a status.
grpc::Status ReadAnswer(const ledger::v1::Answer& answer, const DoorParts& parts,
                        const Method& method, std::string_view resource,
                        google::protobuf::Message& reply);
// DEADLINE_EXCEEDED: ask again with this id.
grpc::Status LateStatus(const Call& call);

}  // namespace dialtone::edge
