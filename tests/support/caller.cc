#include "tests/support/caller.h"

#include <absl/strings/str_format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <random>
#include <vector>

#include "controlplane/kernel/check.h"

namespace dialtone::testing {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

namespace {

std::string TextOf(const grpc::ByteBuffer& wire) {
  grpc::Slice slice;
  if (!wire.Valid() || !wire.DumpToSingleSlice(&slice).ok()) return "";
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

std::shared_ptr<grpc::Channel> OwnChannel(const std::string& target) {
  static std::atomic<int> next{0};
  grpc::ChannelArguments arguments;
  arguments.SetInt("dialtone.test.channel", ++next);  // or gRPC would share one connection
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);  // for one attempt
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 50);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

std::uint64_t Random64() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device system;
    std::seed_seq seed{system(), system(), system(), system()};
    return std::mt19937_64(seed);
  }();
  return engine();
}

}  // namespace

std::string WireAnswer::Bytes() const {
  return std::to_string(status.error_code()) + '\n' + status.error_message() + '\n' +
         status.error_details() + '\n' + reply;
}

Caller::Caller(const std::string& target) : channel_(OwnChannel(target)), stub_(channel_) {}

WireAnswer Caller::Send(const std::string& path, const std::string& request,
                        std::chrono::milliseconds timeout) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  if (const std::string seen = token(); !seen.empty())
    context.AddMetadata(kConsistencyTokenKey, seen);
  const grpc::Slice slice(request);
  const grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  // Shared: whoever waits may be gone before the other thread has left the promise.
  const auto ended = std::make_shared<std::promise<grpc::Status>>();
  stub_.UnaryCall(&context, path, {}, &sent, &received,
                  [ended](grpc::Status status) { ended->set_value(std::move(status)); });
  WireAnswer answer{ended->get_future().get(), ""};
  if (answer.status.ok()) answer.reply = TextOf(received);
  Saw(context);
  return answer;
}

WireAnswer Caller::SendInStream(const std::string& path, const std::string& request,
                                std::chrono::milliseconds timeout) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  grpc::CompletionQueue queue;
  const auto stream = stub_.PrepareCall(&context, path, &queue);
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const grpc::Slice slice(request);
  grpc::ByteBuffer received;
  WireAnswer answer;
  stream->StartCall(nullptr);
  if (done()) {
    stream->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
    done();
  }
  stream->Read(&received, nullptr);
  const bool is_answered = done();
  if (is_answered) context.TryCancel();
  stream->Finish(&answer.status, nullptr);
  done();
  if (is_answered) answer = {grpc::Status::OK, TextOf(received)};
  return answer;
}

WireAnswer Caller::Send(const Message& request, std::chrono::milliseconds timeout) {
  return Send(PathOf(*request.GetDescriptor()), request.SerializeAsString(), timeout);
}

void Caller::MustInto(const Message& request, Message& reply) {
  const WireAnswer answer = Send(request);
  google::rpc::Status detailed;
  detailed.ParseFromString(answer.status.error_details());
  DIALTONE_CHECK(answer.status.ok() && reply.ParseFromString(answer.reply),
                 PathOf(*request.GetDescriptor()) + ": " + answer.status.error_message() + " " +
                     detailed.ShortDebugString());
}

bool Caller::Serves(const std::string& service) {
  // grpc.health.v1.HealthCheckRequest: field 1 is the service. NOT_FOUND for one that is not there.
  const std::string bytes = std::string("\x0a") + static_cast<char>(service.size()) + service;
  return Send("/grpc.health.v1.Health/Check", bytes).status.ok();
}

std::string Caller::token() const {
  const std::lock_guard lock(mutex_);
  return token_.ToText();
}

void Caller::Saw(const grpc::ClientContext& context) {
  const auto& metadata = context.GetServerTrailingMetadata();
  const auto found = metadata.find(kConsistencyTokenKey);
  if (found == metadata.end()) return;
  const auto token = ConsistencyToken::Parse({found->second.data(), found->second.size()});
  DIALTONE_CHECK(token.has_value(), "the answer's token is none");
  const std::lock_guard lock(mutex_);
  DIALTONE_CHECK(token_.Merge(*token).has_value(), "the token is of another ledger");
}

const std::vector<const MethodDescriptor*>& LinkedMethods() {
  static const auto& methods = *[] {
    std::vector<std::string> names;
    DescriptorPool::internal_generated_database()->FindAllFileNames(&names);
    std::sort(names.begin(), names.end());
    auto* const found = new std::vector<const MethodDescriptor*>;
    for (const std::string& name : names) {
      if (!name.starts_with("dialtone/")) continue;
      const auto* const file = DescriptorPool::generated_pool()->FindFileByName(name);
      for (int i = 0; i < file->service_count(); ++i) {
        for (int j = 0; j < file->service(i)->method_count(); ++j)
          found->push_back(file->service(i)->method(j));
      }
    }
    return found;
  }();
  return methods;
}

std::string PathOf(const Descriptor& request) {
  const auto& all = LinkedMethods();
  const auto found = std::find_if(all.begin(), all.end(), [&](const MethodDescriptor* method) {
    return method->input_type() == &request;
  });
  DIALTONE_CHECK(found != all.end(), "no method takes " + request.full_name());
  return "/" + (*found)->service()->full_name() + "/" + (*found)->name();
}

std::string MintRequestId(std::chrono::system_clock::time_point issued) {
  using std::chrono::milliseconds;
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::duration_cast<milliseconds>(issued.time_since_epoch()).count());
  const std::uint64_t high = Random64();
  const std::uint64_t low = Random64();
  return absl::StrFormat("%08x-%04x-7%03x-%04x-%012x", (millis >> 16U) & 0xFFFFFFFFU,
                         millis & 0xFFFFU, high & 0xFFFU, 0x8000U | (low >> 50U),
                         low & 0xFFFFFFFFFFFFU);
}

}  // namespace dialtone::testing
