// A bare gRPC callback server: what the transport alone costs. Prints one JSON line with its
// address.  usage: echo_server HOST:PORT
#include <echo.grpc.pb.h>
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <string>

namespace dialtone::benchmark {
namespace {

using billing::v1::UsageBatch;

// The parsed request goes back without a copy: no real service can be cheaper.
template <class Message>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const Message* request,
                                 Message* reply) {
  const_cast<Message*>(request)->Swap(reply);
  auto* const reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

class EchoService final : public Echo::CallbackService {
  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* One(Context* context, const Record* in, Record* out) override {
    return Answer(context, in, out);
  }
  grpc::ServerUnaryReactor* Batch(Context* context, const UsageBatch* in,
                                  UsageBatch* out) override {
    return Answer(context, in, out);
  }
};

int Serve(const std::string& address) {
  EchoService echo;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::printf("{\"listening\":\"127.0.0.1:%d\"}\n", port);
  std::fflush(stdout);
  server->Wait();
  return 0;
}

}  // namespace
}  // namespace dialtone::benchmark

int main(int argc, char** argv) {
  return dialtone::benchmark::Serve(argc > 1 ? argv[1] : "127.0.0.1:0");
}
