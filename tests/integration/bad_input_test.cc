// Bad input of every field of every request of every method that the server has. There is no list
// here: methods and rules come from the descriptors, so that a new method is tested by being there.
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dialtone/admin/v1/admin_service.pb.h"
#include "tests/integration/bad_inputs.h"
#include "tests/integration/failure.h"
#include "tests/integration/request_example.h"
#include "tests/integration/server_process.h"
#include "tests/support/caller.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::testing {
namespace {

using google::protobuf::MethodDescriptor;

constexpr std::chrono::milliseconds kTimeout{10'000};
constexpr std::chrono::milliseconds kOpenStream{100};  // a watch that was let in stays open

class BadInputTest : public ::testing::Test {
 protected:
  google::rpc::Status Ask(const MethodDescriptor& method, const std::string& request,
                          std::chrono::milliseconds stream_timeout = kTimeout);
  std::vector<const MethodDescriptor*> ServedMethods();
  std::map<std::uint32_t, std::uint64_t> Positions();
  // Once nothing follows any more from what was asked.
  std::map<std::uint32_t, std::uint64_t> SettledPositions();

  const TemporaryFolder folder_{TemporaryFolder::InMemory()};
  ServerProcess server_{folder_.path() / "data"};
  Caller caller_{server_.address()};
};

// The refusal of a message of a stream stands in its reply's field `status`.
google::rpc::Status StatusIn(const MethodDescriptor& method, const std::string& bytes) {
  auto* const factory = google::protobuf::MessageFactory::generated_factory();
  const std::unique_ptr<google::protobuf::Message> reply(
      factory->GetPrototype(method.output_type())->New());
  const auto* const field = method.output_type()->FindFieldByName("status");
  if (field == nullptr || field->message_type() != google::rpc::Status::descriptor() ||
      !reply->ParseFromString(bytes))
    return {};
  google::rpc::Status status;
  status.CopyFrom(reply->GetReflection()->GetMessage(*reply, field));
  return status;
}

google::rpc::Status BadInputTest::Ask(const MethodDescriptor& method, const std::string& request,
                                      std::chrono::milliseconds stream_timeout) {
  const std::string path = "/" + method.service()->full_name() + "/" + method.name();
  const bool is_stream = method.client_streaming() || method.server_streaming();
  const WireAnswer answer = is_stream ? caller_.SendInStream(path, request, stream_timeout)
                                      : caller_.Send(path, request, kTimeout);
  google::rpc::Status status = DetailsOf(answer.status);
  if (answer.status.ok() && method.client_streaming()) {
    // gRPC ends a stream in which it cannot read a message, and calls that OK.
    if (!answer.reply.empty()) return StatusIn(method, answer.reply);
    status.set_code(grpc::StatusCode::UNKNOWN);
    status.set_message("the stream ended without an answer");
    return status;
  }
  status.set_code(answer.status.error_code());
  status.set_message(answer.status.error_message());
  return status;
}

std::vector<const MethodDescriptor*> BadInputTest::ServedMethods() {
  std::vector<const MethodDescriptor*> served;
  std::map<std::string, bool> services;
  for (const MethodDescriptor* const method : LinkedMethods()) {
    const std::string& service = method->service()->full_name();
    const auto [known, is_new] = services.try_emplace(service, false);
    if (is_new) known->second = caller_.Serves(service);
    if (known->second) served.push_back(method);
  }
  return served;
}

std::map<std::uint32_t, std::uint64_t> BadInputTest::Positions() {
  std::map<std::uint32_t, std::uint64_t> positions;
  const auto answer =
      caller_.Must<admin::v1::ListPartitionsResponse>(admin::v1::ListPartitionsRequest());
  for (const auto& partition : answer.partitions())
    positions[partition.partition()] = partition.position();
  return positions;
}

std::map<std::uint32_t, std::uint64_t> BadInputTest::SettledPositions() {
  constexpr int kQuiet = 200;  // asked that often in a row, none has moved
  auto settled = Positions();
  for (int quiet = 0; quiet < kQuiet; ++quiet) {
    auto now = Positions();
    if (now != settled) quiet = 0;
    settled = std::move(now);
  }
  return settled;
}

bool IsSet(const google::protobuf::Message& message, const std::string& path) {
  const auto dot = path.find('.');
  const auto* const field =
      message.GetDescriptor()->FindFieldByName(path.substr(0, path.find_first_of(".[")));
  const auto& of = *message.GetReflection();
  if (field == nullptr || field->is_repeated()) return field != nullptr;
  if (!of.HasField(message, field)) return false;
  return dot == std::string::npos || IsSet(of.GetMessage(message, field), path.substr(dot + 1));
}

// That what is there is malformed. A question may want more than its rules require.
bool IsAboutFieldsOf(const google::protobuf::Message& request, const google::rpc::Status& status) {
  const auto paths = BadFieldsOf(status);
  return status.code() == grpc::StatusCode::INVALID_ARGUMENT &&
         std::any_of(paths.begin(), paths.end(),
                     [&](const std::string& path) { return IsSet(request, path); });
}

TEST_F(BadInputTest, IsSentToEveryServiceOfTheProtos) {
  for (const MethodDescriptor* const method : LinkedMethods()) {
    const std::string& service = method->service()->full_name();
    EXPECT_TRUE(caller_.Serves(service)) << service << ": controlplane/server/wiring.cc";
  }
}

// Without this, a bad field could be refused for another one.
TEST_F(BadInputTest, ExamplesMadeFromTheRulesAreWellFormed) {
  for (const MethodDescriptor* const method : ServedMethods()) {
    if (method->input_type()->field_count() == 0) continue;  // Drain would end the server
    const auto request = ExampleOf(*method->input_type());
    const auto status = Ask(*method, request->SerializeAsString(), kOpenStream);
    EXPECT_FALSE(IsAboutFieldsOf(*request, status))
        << method->full_name() << ": " << status.message();
    EXPECT_NE(status.code(), grpc::StatusCode::UNIMPLEMENTED) << method->full_name();
    EXPECT_NE(status.code(), grpc::StatusCode::INTERNAL) << method->full_name() << status.message();
  }
}

TEST_F(BadInputTest, IsRefusedWithTheFieldsPathAndLeavesNoEntry) {
  const auto before = SettledPositions();
  std::size_t inputs = 0;
  const auto methods = ServedMethods();
  for (const MethodDescriptor* const method : methods) {
    for (const BadInput& bad : BadInputsOf(*method->input_type())) {
      ++inputs;
      const auto status = Ask(*method, bad.bytes);
      const auto paths = BadFieldsOf(status);
      const bool is_named = std::find(paths.begin(), paths.end(), bad.path) != paths.end();
      EXPECT_TRUE(status.code() == grpc::StatusCode::INVALID_ARGUMENT && is_named)
          << method->full_name() << " with " << bad.path << ": " << bad.what << "\n  answered "
          << status.code() << " " << status.message();
    }
  }
  EXPECT_EQ(Positions(), before);
  EXPECT_GT(inputs, 10 * methods.size());
  RecordProperty("methods", static_cast<int>(methods.size()));
  RecordProperty("inputs", static_cast<int>(inputs));
  std::printf("%zu bad inputs of %zu methods\n", inputs, methods.size());
}

// gRPC itself refuses to parse it: nobody can say which field it was.
TEST_F(BadInputTest, TextThatIsNotUtf8IsRefusedAndLeavesNoEntry) {
  const google::protobuf::LogSilencer silencer;
  const auto before = SettledPositions();
  for (const MethodDescriptor* const method : ServedMethods()) {
    const auto& type = *method->input_type();
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      if (field.type() != google::protobuf::FieldDescriptor::TYPE_STRING || field.is_repeated())
        continue;
      const auto request = ExampleOf(type);
      request->GetReflection()->SetString(request.get(), &field, "\xC3\x28");
      const auto status = Ask(*method, request->SerializeAsString());
      EXPECT_NE(status.code(), grpc::StatusCode::OK) << method->full_name() << " " << field.name();
    }
  }
  EXPECT_EQ(Positions(), before);
}

}  // namespace
}  // namespace dialtone::testing
