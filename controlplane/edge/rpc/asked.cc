#include "controlplane/edge/rpc/asked.h"

#include <absl/strings/escaping.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <random>

#include "controlplane/edge/rpc/format.h"
#include "controlplane/edge/rpc/hop.h"
#include "controlplane/edge/rpc/status.h"
#include "controlplane/kernel/check.h"
#include "controlplane/kernel/unknown_fields.h"

namespace dialtone::edge {

namespace {

using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kDeveloper[] = "users/developer";

// version-traceid-parentid-flags, in hexadecimal: W3C Trace Context. A malformed one is as good as
// none.
std::string TraceIdOf(const Rpc& rpc) {
  const auto parent = MetadataOf(rpc, kTraceKey);
  if (!parent || parent->size() < 55 || (*parent)[2] != '-' || (*parent)[35] != '-') return "";
  const std::string_view hex = parent->substr(3, 32);
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!std::all_of(hex.begin(), hex.end(), is_hex)) return "";
  return absl::HexStringToBytes({hex.data(), hex.size()});
}

Deadline DeadlineOf(const Rpc& rpc, Deadline now, const DoorParts& parts) {
  using WallClock = std::chrono::system_clock;
  const WallClock::time_point asked = rpc.deadline();
  // gRPC says "none" by a time that is centuries away.
  if (asked > WallClock::now() + std::chrono::hours(24 * 365)) return now + parts.deadline_default;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(asked - WallClock::now());
  return now + std::min(left, parts.deadline_max);
}

std::string TakeText(Message& message, const google::protobuf::FieldDescriptor* field) {
  std::string text;
  if (field == nullptr) return text;
  const Reflection& of = *message.GetReflection();
  text = of.GetString(message, field);
  if (!text.empty()) of.ClearField(&message, field);
  return text;
}

bool TakeFlag(Message& message, const google::protobuf::FieldDescriptor* field) {
  if (field == nullptr) return false;
  const Reflection& of = *message.GetReflection();
  const bool flag = of.GetBool(message, field);
  if (flag) of.ClearField(&message, field);
  return flag;
}

// What makes two requests the same: the method, and all that is said in the body.
std::string BodyOf(const Method& method, const Message& message) {
  std::string bytes = method.name;
  bytes.reserve(bytes.size() + 1 + message.ByteSizeLong());
  bytes.push_back('\0');
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&coded);
  coded.Trim();
  return bytes;
}

std::uint64_t Random64() {
  thread_local std::mt19937_64 engine = [] {
    std::array<std::uint32_t, 8> seed{};
    DIALTONE_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(seed.data()), sizeof(seed)) == 1,
                   "the system gives no random bytes");
    std::seed_seq sequence(seed.begin(), seed.end());
    return std::mt19937_64(sequence);
  }();
  return engine();
}

// The caller's own, or the one that the first node has minted, or a new one.
std::string IdOf(const std::string& text, const Caller& caller, const DoorParts& parts) {
  if (!text.empty()) return ParseUuid7(text);
  if (caller.hop) return ParseUuid7(caller.hop.request_id);
  return MintRequestId(parts.clock.Now());
}

}  // namespace

Caller Caller::ForMessage(const DoorParts& parts) const {
  Caller message = *this;
  if (hop) return message;  // the only one, with the deadline that it has
  message.began = std::chrono::steady_clock::now();
  message.deadline = message.began + parts.deadline_default;
  return message;
}

tl::expected<Actor, grpc::Status> Authenticate(const Rpc& rpc) {
  const auto said = MetadataOf(rpc, kActorKey);
  if (!said) return Actor{kDeveloper};
  static const NamePattern kActors("users/{user}|services/{service}");
  if (!kActors.Matches(*said)) {
    return tl::unexpected(ToStatus(
        std::vector<Violation>{{kActorKey, "must be named users/{user} or services/{service}"}}));
  }
  return Actor{std::string(*said)};
}

tl::expected<Caller, grpc::Status> CallerOf(const Rpc& rpc, const Method& method,
                                            const DoorParts& parts) {
  auto hop = TakeHop(rpc, method, parts);
  if (!hop) return tl::unexpected(hop.error());
  auto actor = Authenticate(rpc);
  if (!actor) return tl::unexpected(actor.error());
  const Deadline now = std::chrono::steady_clock::now();
  return Caller{std::move(*actor), TraceIdOf(rpc), std::move(*hop), now,
                DeadlineOf(rpc, now, parts)};
}

tl::expected<ConsistencyToken, grpc::Status> TokenOf(const Rpc& rpc) {
  const auto text = MetadataOf(rpc, kConsistencyTokenKey);
  if (!text) return ConsistencyToken();
  auto token = ConsistencyToken::Parse(*text);
  if (!token) {
    return tl::unexpected(ToStatus(
        std::vector<Violation>{{kConsistencyTokenKey, std::string(ToText(token.error()))}}));
  }
  return std::move(*token);
}

// A field that this server does not know is refused rather than dropped: a newer client must not
// believe that what it asked for was done; nor may the bytes go on into events, unchecked and
// unsealed.
std::vector<Violation> CheckForm(const Method& method, const Message& request) {
  auto violations = method.form->Check(request);
  if (const auto unknown = FirstUnknownField(request)) {
    violations.push_back({unknown->around.empty() ? "request" : unknown->around,
                          "must not have the field " + std::to_string(unknown->number) +
                              ", which this server does not know"});
  }
  return violations;
}

tl::expected<Asked, grpc::Status> TakeIn(const Caller& caller, const Method& method,
                                         Message& request, const DoorParts& parts) {
  auto violations = CheckForm(method, request);
  Asked asked;
  const std::string id_text = TakeText(request, method.form->request_id());
  asked.minted = id_text.empty();
  asked.request.set_id(IdOf(id_text, caller, parts));
  if (asked.request.id().empty())
    violations.push_back({"request_id", "must be a UUID of version 7"});
  if (!violations.empty()) return tl::unexpected(ToStatus(violations));
  if (TakeFlag(request, method.form->validate_only())) asked.mode = engine::Mode::kDryRun;
  method.form->ClearServerOnly(request);
  asked.request.set_body_hash(parts.keys.BodyHash(BodyOf(method, request)));
  asked.request.set_actor(caller.actor.name);
  asked.request.set_trace_id(caller.trace_id);
  if (auto proven = CheckHop(caller.hop, asked); !proven) return tl::unexpected(proven.error());
  return asked;
}

std::string MintRequestId(Timestamp now) {
  const auto millis = static_cast<std::uint64_t>(now.micros() / 1'000);
  const std::uint64_t low = Random64();
  const std::uint64_t high = millis << 16U | 0x7000U | (Random64() & 0xFFFU);
  std::string bytes(16, '\0');
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(high >> (56U - 8U * i));
    bytes[8 + i] = static_cast<char>(low >> (56U - 8U * i));
  }
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
  return bytes;
}

std::string RequestIdText(std::string_view bytes) {
  std::string text = ToHex(bytes);
  for (const std::size_t dash : {8, 13, 18, 23}) text.insert(dash, 1, '-');
  return text;
}

}  // namespace dialtone::edge
