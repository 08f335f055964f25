#include "controlplane/engine/runtime/token.h"

#include <absl/strings/escaping.h>

#include "dialtone/ledger/v1/token.pb.h"

namespace dialtone::engine {

std::string EncodeToken(const ClusterId& cluster, const Token& token) {
  ledger::v1::ConsistencyToken proto;
  proto.set_cluster_id(std::string(cluster.bytes()));
  for (const Position& at : token) {
    ledger::v1::TokenPosition& added = *proto.add_positions();
    added.set_partition(at.partition);
    added.set_index(at.index);
  }
  return absl::WebSafeBase64Escape(proto.SerializeAsString());
}

tl::expected<Token, std::string> DecodeToken(std::string_view text, const ClusterId& cluster) {
  std::string bytes;
  ledger::v1::ConsistencyToken proto;
  if (!absl::WebSafeBase64Unescape({text.data(), text.size()}, &bytes) ||
      !proto.ParseFromString(bytes)) {
    return tl::unexpected<std::string>("is no consistency token");
  }
  if (proto.cluster_id() != cluster.bytes())
    return tl::unexpected<std::string>("is a token of another cluster");
  Token token;
  for (const ledger::v1::TokenPosition& at : proto.positions())
    token.push_back({at.partition(), at.index()});
  return token;
}

}  // namespace dialtone::engine
