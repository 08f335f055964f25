#include "controlplane/edge/rpc/unary_call.h"

#include <algorithm>
#include <utility>

#include "controlplane/edge/rpc/counting.h"
#include "controlplane/edge/rpc/read_answer.h"
#include "controlplane/edge/rpc/status.h"
#include "dialtone/type/v1/rule_trace.pb.h"

namespace dialtone::edge {

namespace {

// Of a trace in the trailing metadata, of which clients take 8 KiB in all unless told otherwise.
constexpr std::size_t kTraceBytesMax = 4 << 10;

void Put(const RuleTrace& rule, type::v1::TracedRule& added) {
  added.set_holds(rule.holds);
  added.set_reason(rule.rejection.reason);
  for (const Fact& fact : rule.rejection.facts) {
    type::v1::TracedFact& told = *added.add_facts();
    told.set_name(fact.name);
    told.set_value(fact.value);
  }
}

// Of the rules from `first` on, in one entry: how many, and whether all of them hold.
RuleTrace LeftOff(const std::vector<RuleTrace>& traced, std::size_t first) {
  RuleTrace rest;
  rest.holds = std::all_of(traced.begin() + static_cast<std::ptrdiff_t>(first), traced.end(),
                           [](const RuleTrace& rule) { return rule.holds; });
  rest.rejection = {"RULES_LEFT_OFF", {{"rules", std::to_string(traced.size() - first)}}};
  return rest;
}

}  // namespace

std::string TraceBytes(const std::vector<RuleTrace>& traced) {
  type::v1::RuleTrace trace;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < traced.size(); ++i) {
    type::v1::TracedRule& added = *trace.add_rules();
    Put(traced[i], added);
    bytes += added.ByteSizeLong();
    if (bytes <= kTraceBytesMax) continue;
    added.Clear();
    Put(LeftOff(traced, i), added);
    break;
  }
  return trace.SerializeAsString();
}

grpc::Status LateStatus(const Call& call) {
  return EdgeStatus(type::v1::DEADLINE_PASSED, {{"request_id", RequestIdText(call.request_id())}});
}

UnaryCall::UnaryCall(const DoorParts& parts, Relay& relay, WaitPool& pool, const Method& method,
                     Rpc* rpc, grpc::ServerUnaryReactor* reactor, google::protobuf::Message* reply,
                     const Asked& asked, const Caller& caller, std::string resource)
    : Call(asked, caller.deadline),
      parts_(parts),
      relay_(relay),
      pool_(pool),
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
  const AnswerReading reading{parts_, KeysOf(parts_), method_, resource_, *reply_};
  if (auto read = ReadAtHand(answer, reading)) return Finish(std::move(*read));
  ReadLater(answer, reading, pool_,
            [call = CallRef(this), this](grpc::Status status) { Finish(std::move(status)); });
}

void UnaryCall::Late() { Finish(LateStatus(*this)); }

void UnaryCall::Finish(grpc::Status status) {
  if (minted()) rpc_->AddTrailingMetadata("dialtone-request-id", RequestIdText(request_id()));
  method_.metrics->Command(status.error_code(), began_);
  CountEnd(parts_, method_, status, began_);
  relay_.Finish(reactor_, std::move(status));
}

}  // namespace dialtone::edge
