// The metadata of a hop: what a node says to the owner of a partition about a command that it sends
// on, and the proof that a node of this cluster says so. The proof is an HMAC under a key that the
// nodes share, over method, request id, body, identity, trace and time. One that is overheard
// repeats the same request at most, which counts once, and no longer than a minute.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <string>
#include <tl/expected.hpp>

#include "controlplane/edge/rpc/asked.h"
#include "controlplane/edge/rpc/metadata.h"
#include "controlplane/edge/rpc/parts.h"

namespace dialtone::edge {

inline constexpr char kActorKey[] = "dialtone-actor";
inline constexpr char kTraceKey[] = "traceparent";
inline constexpr char kHopKey[] = "dialtone-hop";
inline constexpr char kHopRequestKey[] = "dialtone-hop-request";
inline constexpr char kHopBodyKey[] = "dialtone-hop-body";
inline constexpr char kHopTimeKey[] = "dialtone-hop-time";
inline constexpr char kHopProofKey[] = "dialtone-hop-proof";

// What of a caller's own metadata goes on with its command, as it came; what is too long does not.
struct Carried {
  std::string traceparent;
  std::string token;
};
Carried CarriedBy(const Rpc& rpc);

// What a hop is about.
struct HopWords {
  std::string request_id;  // text
  std::string body;        // of BodySaid
  std::string actor;
  Carried carried;
};
// What a request asks for, and whether it is a dry run.
std::string BodySaid(const Asked& asked);
void AddHop(const HopWords& words, const Method& method, const DoorParts& parts,
            grpc::ClientContext& context);

// What a peer vouches for; empty: the call comes from a caller itself. PERMISSION_DENIED: it says
// that it is a hop, and does not prove it. UNAVAILABLE: it does, and its time is more than a minute
// from this node's.
tl::expected<HopSaid, grpc::Status> TakeHop(const Rpc& rpc, const Method& method,
                                            const DoorParts& parts);
// That the request is the one that the peer vouches for.
tl::expected<void, grpc::Status> CheckHop(const HopSaid& said, const Asked& asked);
// That a hop is not believed: `what` is wrong with it.
grpc::Status HopUnproven(std::string what);

}  // namespace dialtone::edge
