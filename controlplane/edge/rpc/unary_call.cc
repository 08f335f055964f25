#include "controlplane/edge/rpc/unary_call.h"

#include <utility>

#include "controlplane/edge/rpc/status.h"
#include "dialtone/type/v1/rule_trace.pb.h"

namespace dialtone::edge {

namespace {

std::string TraceBytes(const std::vector<RuleTrace>& traced) {
  type::v1::RuleTrace trace;
  for (const RuleTrace& rule : traced) {
    type::v1::TracedRule& added = *trace.add_rules();
    added.set_holds(rule.holds);
    added.set_reason(rule.rejection.reason);
    for (const Fact& fact : rule.rejection.facts) {
      type::v1::TracedFact& told = *added.add_facts();
      told.set_name(fact.name);
      told.set_value(fact.value);
    }
  }
  return trace.SerializeAsString();
}

}  // namespace

grpc::Status ReadAnswer(const ledger::v1::Answer& answer, const DoorParts& parts,
                        const Method& method, std::string_view resource,
                        google::protobuf::Message& reply) {
  switch (answer.result_case()) {
    case ledger::v1::Answer::kReply:
      if (!reply.ParseFromString(answer.reply()))
        return EdgeStatus(type::v1::ANSWER_UNREADABLE, {});
      if (method.reply_seal != nullptr) method.reply_seal->Unseal(reply, parts.keys);
      return grpc::Status::OK;
    case ledger::v1::Answer::kRefusal:
      parts.metrics.Refused(answer.refusal().reason());
      return ToStatus(answer.refusal(), resource);
    case ledger::v1::Answer::RESULT_NOT_SET:
      return grpc::Status::OK;  // a dry run of what would stay open
  }
  return grpc::Status::OK;
}

grpc::Status LateStatus(const Call& call) {
  return EdgeStatus(type::v1::DEADLINE_PASSED, {{"request_id", RequestIdText(call.request_id())}});
}

UnaryCall::UnaryCall(const DoorParts& parts, const Method& method, Rpc* rpc,
                     grpc::ServerUnaryReactor* reactor, google::protobuf::Message* reply,
                     const Asked& asked, const Caller& caller, std::string resource)
    : Call(asked, caller.deadline),
      parts_(parts),
      method_(method),
      rpc_(rpc),
      reactor_(reactor),
      reply_(reply),
      resource_(std::move(resource)),
      began_(caller.began) {}

void UnaryCall::Answered(const ledger::v1::Answer& answer, const engine::Token& token) {
  if (!Win()) return;
  if (!token.empty()) {
    rpc_->AddTrailingMetadata(kConsistencyTokenKey,
                              ConsistencyToken(parts_.cluster_id, token).ToText());
  }
  if (dry_run()) rpc_->AddTrailingMetadata("dialtone-rule-trace-bin", TraceBytes(traced()));
  Finish(ReadAnswer(answer, parts_, method_, resource_, *reply_));
}

void UnaryCall::Late() { Finish(LateStatus(*this)); }

void UnaryCall::Finish(const grpc::Status& status) {
  if (minted()) rpc_->AddTrailingMetadata("dialtone-request-id", RequestIdText(request_id()));
  method_.metrics->Command(status.error_code(), began_);
  method_.metrics->Handled(status.error_code(), began_);
  reactor_->Finish(status);
}

}  // namespace dialtone::edge
