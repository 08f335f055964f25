// A command that came alone: its answer finishes the RPC.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/server_callback.h>

#include <string>
#include <vector>

#include "controlplane/edge/rpc/call.h"
#include "controlplane/edge/rpc/parts.h"
#include "controlplane/edge/rpc/relay.h"
#include "controlplane/edge/rpc/wait_pool.h"
#include "controlplane/kernel/rules.h"

namespace dialtone::edge {

class UnaryCall final : public Call {
 public:
  // `rpc`, its default reactor and `reply` are gRPC's until the call is finished, and not touched
  // afterwards.
  UnaryCall(const DoorParts& parts, Relay& relay, WaitPool& pool, const Method& method, Rpc* rpc,
            grpc::ServerUnaryReactor* reactor, google::protobuf::Message* reply, const Asked& asked,
            const Caller& caller, std::string resource);

  void Answered(const ledger::v1::Answer& answer, const engine::Token& token) override;
  void Late() override;

 private:
  void Finish(grpc::Status status);

  const DoorParts& parts_;
  Relay& relay_;
  WaitPool& pool_;
  const Method& method_;
  Rpc* const rpc_;
  grpc::ServerUnaryReactor* const reactor_;
  google::protobuf::Message* const reply_;
  const std::string resource_;
  const telemetry::Clock::time_point began_;
};

// What a dry run tells of its rules, in order: a dialtone.type.v1.RuleTrace of some 4 KiB at most;
// a last entry RULES_LEFT_OFF says how many did not fit.
std::string TraceBytes(const std::vector<RuleTrace>& traced);
// DEADLINE_EXCEEDED: ask again with this id.
grpc::Status LateStatus(const Call& call);

}  // namespace dialtone::edge
