#include "controlplane/edge/rpc/door.h"

#include <utility>

namespace dialtone::edge {

namespace {

constexpr std::size_t kWaitThreads = 2;

// The positions that the owner's token names.
engine::Token TokenIn(const Hopped& hopped) {
  engine::Token positions;
  for (const auto& [key, value] : hopped.trailing) {
    if (key != kConsistencyTokenKey) continue;
    const auto token = ConsistencyToken::Parse(value);
    if (!token) continue;
    for (const auto& [partition, index] : token->indexes()) positions.push_back({partition, index});
  }
  return positions;
}

}  // namespace

Door::Door(DoorParts parts)
    : parts_(std::move(parts)), peers_(parts_, keeper_), pool_(kWaitThreads) {}

Door::~Door() = default;

void Door::Refused(const Method& method, grpc::ServerUnaryReactor* reactor,
                   const grpc::Status& status) const {
  reactor->Finish(Counted(method, status));
}

grpc::Status Door::CheckForm(const Method& method, const google::protobuf::Message& request) const {
  return ToStatus(edge::CheckForm(method, request));
}

grpc::Status Door::Seal(const Method& method, google::protobuf::Message& request,
                        const AggregateKey& key, Asked& asked) const {
  if (method.request_seal == nullptr) return grpc::Status::OK;
  const vault::SealPlan& plan = *method.request_seal;
  const std::string own = key.text() + "/subjects/" + RequestIdText(asked.request.id());
  tl::expected<void, std::string> sealed;
  if (asked.mode == engine::Mode::kDryRun) {
    asked.passing_keys = std::make_shared<vault::PassingKeys>(parts_.keys);
    sealed = plan.Seal(request, own, *asked.passing_keys);
  } else {
    std::vector<std::string> subjects;
    plan.AddSubjects(request, own, subjects);
    sealed = parts_.keys.Provide(subjects);
    if (sealed) sealed = plan.Seal(request, own, parts_.keys);
  }
  return sealed ? grpc::Status::OK
                : EdgeStatus(type::v1::KEYS_UNAVAILABLE, {{"cause", sealed.error()}});
}

void Door::Submit(const AggregateKey& key, Asked asked, engine::DecideFunction decide,
                  CallRef call) {
  std::vector<RuleTrace>* const trace = call->trace();
  keeper_.Keep(call);
  auto command = engine::Command::FromClient(
      key, std::move(asked.request), asked.mode, std::move(decide),
      [call = std::move(call)](const ledger::v1::Answer& answer, const engine::Token& token) {
        call->Answered(answer, token);
      });
  command.trace = trace;
  parts_.loop.Submit(std::move(command));
}

void Door::SendOn(Hop hop, Rpc* rpc, grpc::ServerUnaryReactor* reactor) {
  const Method& method = hop.method;
  const auto began = hop.caller.began;
  peers_.Send(std::move(hop), [this, &method, began, rpc, reactor](const Hopped& hopped) {
    for (const auto& [key, value] : hopped.trailing) rpc->AddTrailingMetadata(key, value);
    method.metrics->Handled(hopped.status.error_code(), began);
    if (!hopped.is_of_owner) CountRefusal(parts_, hopped.status);
    reactor->Finish(hopped.status);
  });
}

void Door::SendOn(Hop hop, HopLine& line, const std::shared_ptr<StreamOrder>& order,
                  StreamSlot& slot) {
  line.Add(std::move(hop), [this, order, &slot](const Hopped& hopped) {
    if (!hopped.is_of_owner) CountRefusal(parts_, hopped.status);
    order->Done(slot, hopped.status, TokenIn(hopped));
  });
}

void Door::AnswerLater(const QueryCall& call, absl::AnyInvocable<void()> answer) {
  if (!pool_.Run(answer)) call.Finish(EdgeStatus(type::v1::TOO_MANY_WAIT, {}));
}

}  // namespace dialtone::edge
