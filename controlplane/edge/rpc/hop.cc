#include "controlplane/edge/rpc/hop.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "controlplane/edge/rpc/status.h"
#include "controlplane/kernel/digest.h"
#include "controlplane/kernel/token.h"

namespace dialtone::edge {

namespace {

constexpr char kOnce[] = "1";
constexpr Duration kTimeOffMax = Duration::Minutes(1);
// Of one text: what a caller was allowed must leave room for what a node adds.
constexpr std::size_t kTextBytesMax = 2'048;

// gRPC ends the process that sends anything else.
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::string TextOf(const Rpc& rpc, const char* key) {
  const auto text = MetadataOf(rpc, key);
  const bool is_fit = text && text->size() <= kTextBytesMax && IsPrintable(*text);
  return is_fit ? std::string(*text) : "";
}

// None of the parts can hold the zero between them.
std::string ProofOf(const Method& method, const HopWords& hop, std::string_view time,
                    const DoorParts& parts) {
  std::string words = parts.cluster_id;
  for (const std::string_view part :
       {std::string_view(kOnce), std::string_view(method.service), std::string_view(method.name),
        std::string_view(hop.request_id), std::string_view(hop.body), std::string_view(hop.actor),
        std::string_view(hop.carried.traceparent), time})
    words.append(part).push_back('\0');
  return parts.keys.PeerProof(words);
}

bool IsSame(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<Timestamp> TimeIn(std::string_view micros) {
  std::int64_t said = 0;
  const auto [end, error] = std::from_chars(micros.data(), micros.data() + micros.size(), said);
  if (error != std::errc() || end != micros.data() + micros.size() || said < 0) return std::nullopt;
  return Timestamp::Micros(said);
}

// It may be overheard, and repeated; or clocks of nodes differ, as they must not.
tl::expected<void, grpc::Status> CheckTime(std::string_view micros, Timestamp now) {
  const auto said = TimeIn(micros);
  if (!said) return tl::unexpected(HopUnproven("time"));
  const Duration off = std::max(now - *said, *said - now);
  if (off <= kTimeOffMax) return {};
  const std::string seconds = std::to_string(off.micros() / 1'000'000) + " s";
  return tl::unexpected(EdgeStatus(type::v1::HOP_CLOCK_OFF, {{"clocks_differ_by", seconds}}));
}

}  // namespace

Carried CarriedBy(const Rpc& rpc) {
  return {TextOf(rpc, kTraceKey), TextOf(rpc, kConsistencyTokenKey)};
}

std::string BodySaid(const Asked& asked) {
  const bool is_dry = asked.mode == engine::Mode::kDryRun;
  return ToHex(asked.request.body_hash()) + (is_dry ? "-dry" : "");
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
  context.AddMetadata(kHopBodyKey, words.body);
  context.AddMetadata(kHopTimeKey, time);
  context.AddMetadata(kHopProofKey, ProofOf(method, words, time, parts));
}

tl::expected<HopSaid, grpc::Status> TakeHop(const Rpc& rpc, const Method& method,
                                            const DoorParts& parts) {
  const auto hops = MetadataOf(rpc, kHopKey);
  if (!hops) [[likely]]
    return HopSaid();
  if (*hops != kOnce) return tl::unexpected(HopUnproven("count"));
  const HopWords words{TextOf(rpc, kHopRequestKey), TextOf(rpc, kHopBodyKey),
                       TextOf(rpc, kActorKey), CarriedBy(rpc)};
  const std::string time = TextOf(rpc, kHopTimeKey);
  const std::string proof = ProofOf(method, words, time, parts);
  if (!IsSame(TextOf(rpc, kHopProofKey), proof)) return tl::unexpected(HopUnproven("proof"));
  if (auto timely = CheckTime(time, parts.clock.Now()); !timely)
    return tl::unexpected(timely.error());
  return HopSaid{words.request_id, words.body};
}

tl::expected<void, grpc::Status> CheckHop(const HopSaid& said, const Asked& asked) {
  if (!said) return {};
  if (said.request_id != RequestIdText(asked.request.id()))
    return tl::unexpected(HopUnproven("request_id"));
  if (said.body != BodySaid(asked)) return tl::unexpected(HopUnproven("body"));
  return {};
}

grpc::Status HopUnproven(std::string what) {
  return EdgeStatus(type::v1::HOP_UNPROVEN, {{"what", std::move(what)}});
}

}  // namespace dialtone::edge
