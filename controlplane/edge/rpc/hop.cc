#include "controlplane/edge/rpc/hop.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "controlplane/edge/rpc/status.h"
#include "controlplane/kernel/token.h"

namespace dialtone::edge {

namespace {

constexpr char kOnce[] = "1";
constexpr Duration kTimeOffMax = Duration::Minutes(1);

// gRPC ends the process that sends anything else.
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::string TextOf(const Rpc& rpc, const char* key) {
  const auto text = MetadataOf(rpc, key);
  return text && IsPrintable(*text) ? std::string(*text) : "";
}

// None of the parts can hold the zero between them.
std::string ProofOf(const Method& method, std::string_view request_id, std::string_view actor,
                    std::string_view trace, std::string_view time, const DoorParts& parts) {
  std::string words = parts.cluster_id;
  for (const std::string_view part :
       {std::string_view(kOnce), std::string_view(method.service), std::string_view(method.name),
        request_id, actor, trace, time})
    words.append(part).push_back('\0');
  return parts.keys.PeerProof(words);
}

bool IsSame(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool IsOfNow(std::string_view micros, Timestamp now) {
  std::int64_t said = 0;
  const auto [end, error] = std::from_chars(micros.data(), micros.data() + micros.size(), said);
  if (error != std::errc() || end != micros.data() + micros.size() || said < 0) return false;
  const Duration off = now - Timestamp::Micros(said);
  return std::max(off, Duration() - off) <= kTimeOffMax;
}

}  // namespace

Carried CarriedBy(const Rpc& rpc) {
  return {TextOf(rpc, kTraceKey), TextOf(rpc, kConsistencyTokenKey)};
}

void AddHop(const HopWords& words, const Method& method, const DoorParts& parts,
            grpc::ClientContext& context) {
  const std::string time = std::to_string(parts.clock.Now().micros());
  const auto& [traceparent, token] = words.carried;
  context.AddMetadata(kActorKey, words.actor);
  if (!traceparent.empty()) context.AddMetadata(kTraceKey, traceparent);
  if (!token.empty()) context.AddMetadata(kConsistencyTokenKey, token);
  context.AddMetadata(kHopKey, kOnce);
  context.AddMetadata(kHopRequestKey, words.request_id);
  context.AddMetadata(kHopTimeKey, time);
  context.AddMetadata(kHopProofKey,
                      ProofOf(method, words.request_id, words.actor, traceparent, time, parts));
}

tl::expected<std::string, grpc::Status> TakeHop(const Rpc& rpc, const Method& method,
                                                const DoorParts& parts) {
  const auto hops = MetadataOf(rpc, kHopKey);
  if (!hops) [[likely]]
    return std::string();
  if (*hops != kOnce) return tl::unexpected(HopUnproven("count"));
  std::string request_id = TextOf(rpc, kHopRequestKey);
  const std::string time = TextOf(rpc, kHopTimeKey);
  const std::string proof =
      ProofOf(method, request_id, TextOf(rpc, kActorKey), TextOf(rpc, kTraceKey), time, parts);
  if (!IsSame(TextOf(rpc, kHopProofKey), proof)) return tl::unexpected(HopUnproven("proof"));
  if (!IsOfNow(time, parts.clock.Now())) return tl::unexpected(HopUnproven("time"));
  if (request_id.empty()) return tl::unexpected(HopUnproven("request_id"));
  return request_id;
}

grpc::Status HopUnproven(std::string what) {
  return EdgeStatus(type::v1::HOP_UNPROVEN, {{"what", std::move(what)}});
}

}  // namespace dialtone::edge
