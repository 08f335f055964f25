#include "clients/cpp/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <future>
#include <thread>

#include "clients/cpp/stream.h"
#include "clients/cpp/wire.h"

namespace dialtone::clients {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kPauseMax{1'000};
// A server that comes back is found soon, however long it was away.
constexpr int kReconnectFirstMillis = 100;
constexpr int kReconnectMaxMillis = 1'000;
constexpr char kActorKey[] = "dialtone-actor";
constexpr char kRuleTraceKey[] = "dialtone-rule-trace-bin";

std::string Trailing(const grpc::ClientContext& context, const char* key) {
  const auto& metadata = context.GetServerTrailingMetadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return "";
  return {found->second.data(), found->second.size()};
}

bool IsOfAnotherLedger(const Failure& failure) {
  return std::any_of(failure.fields.begin(), failure.fields.end(),
                     [](const auto& field) { return field.first == kConsistencyTokenKey; });
}

grpc::Status CallRaw(grpc::GenericStub& stub, grpc::ClientContext& context, const std::string& path,
                     const grpc::ByteBuffer& request, grpc::ByteBuffer& reply) {
  std::promise<grpc::Status> finished;
  stub.UnaryCall(&context, path, {}, &request, &reply,
                 [&](grpc::Status status) { finished.set_value(std::move(status)); });
  return finished.get_future().get();
}

// Nobody cancels a call here: gRPC says so of one that reaches a server which is just ending.
bool IsAway(grpc::StatusCode code) {
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::CANCELLED;
}

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& server) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectFirstMillis);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMillis);
  // The first of several that answers.
  const bool is_list = server.find(',') != std::string::npos;
  return grpc::CreateCustomChannel(is_list ? "ipv4:" + server : server,
                                   grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

Client::Client(Settings settings, Freshness& freshness)
    : settings_(std::move(settings)), freshness_(freshness), stub_(ChannelTo(settings_.server)) {}

void Client::Prepare(grpc::ClientContext& context) const {
  if (const std::string token = freshness_.token(); !token.empty())
    context.AddMetadata(kConsistencyTokenKey, token);
  if (!settings_.actor.empty()) context.AddMetadata(kActorKey, settings_.actor);
}

std::string Client::FillRequestId(Message& request) const {
  const FieldDescriptor* const field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr) return "";
  const auto& of = *request.GetReflection();
  if (of.GetString(request, field).empty()) of.SetString(&request, field, MintRequestId());
  return of.GetString(request, field);
}

grpc::Status Client::Attempt(const std::string& path, const Message& request, Message& reply,
                             WallTime deadline, Called& called) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  Prepare(context);
  grpc::ByteBuffer answer;
  const grpc::Status status = CallRaw(stub_, context, path, ToWire(request), answer);
  freshness_.Saw(Trailing(context, kConsistencyTokenKey));
  called.rule_trace = Trailing(context, kRuleTraceKey);
  if (status.ok() && !FromWire(answer, reply))
    return {grpc::StatusCode::INTERNAL, "the answer is not of the type " + reply.GetTypeName()};
  return status;
}

tl::expected<Called, Failure> Client::Call(Message& request, Message& reply, Called* trailing) {
  const std::string path = PathOf(MethodOf(*request.GetDescriptor()));
  const WallTime deadline = system_clock::now() + settings_.timeout;
  Called called;
  called.request_id = FillRequestId(request);
  milliseconds pause = kFirstPause;
  for (int attempt = 1;; ++attempt, pause = std::min(pause * 2, kPauseMax)) {
    const grpc::Status status = Attempt(path, request, reply, deadline, called);
    if (trailing != nullptr) *trailing = called;
    if (status.ok()) return called;
    Failure failure = Failure::Of(status);
    failure.request_id = called.request_id;
    const bool is_last = attempt >= settings_.attempts_max;
    if (IsOfAnotherLedger(failure) && !is_last) {
      freshness_.Forget();
      continue;
    }
    if (!IsAway(status.error_code()) || is_last) return tl::unexpected(std::move(failure));
    const milliseconds wait = std::max(pause, failure.retry_after.value_or(pause));
    if (system_clock::now() + wait >= deadline) return tl::unexpected(std::move(failure));
    std::this_thread::sleep_for(wait);
  }
}

std::unique_ptr<Stream> Client::Open(const google::protobuf::MethodDescriptor& method,
                                     milliseconds timeout) {
  auto context = std::make_unique<grpc::ClientContext>();
  Prepare(*context);
  if (timeout > milliseconds::zero()) context->set_deadline(system_clock::now() + timeout);
  return std::make_unique<Stream>(stub_, std::move(context), PathOf(method));
}

bool Client::Serves(const std::string& service) {
  // grpc.health.v1.HealthCheckRequest: field 1 is the service. NOT_FOUND for one that is not there.
  const std::string bytes = std::string("\x0a") + static_cast<char>(service.size()) + service;
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(system_clock::now() + settings_.timeout);
  grpc::ByteBuffer answer;
  return CallRaw(stub_, context, "/grpc.health.v1.Health/Check", ToWire(bytes), answer).ok();
}

std::string Client::MintRequestId() const {
  return clients::MintRequestId(system_clock::now() + milliseconds(ahead_.load()));
}

void Client::SetServerTime(WallTime now) {
  ahead_ = std::chrono::duration_cast<milliseconds>(now - system_clock::now()).count();
}

}  // namespace dialtone::clients
