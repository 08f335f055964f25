#include "controlplane/kernel/token.h"

#include <absl/strings/escaping.h>

#include <algorithm>

#include "dialtone/ledger/v1/token.pb.h"

namespace dialtone {

namespace {
constexpr std::size_t kClusterIdBytes = 16;
}  // namespace

std::string_view ToText(TokenError error) {
  switch (error) {
    case TokenError::kNotBase64Url:
      return "is not base64url";
    case TokenError::kNotAToken:
      return "is not a consistency token";
    case TokenError::kOtherCluster:
      return "is of another cluster";
  }
  return "";
}

ConsistencyToken::ConsistencyToken(std::string cluster_id, const std::vector<Position>& positions)
    : cluster_id_(std::move(cluster_id)) {
  for (const Position& position : positions) Add(position);
}

tl::expected<ConsistencyToken, TokenError> ConsistencyToken::Parse(std::string_view text) {
  if (text.empty()) return ConsistencyToken();
  std::string bytes;
  if (!absl::WebSafeBase64Unescape({text.data(), text.size()}, &bytes))
    return tl::unexpected(TokenError::kNotBase64Url);
  ledger::v1::ConsistencyToken proto;
  if (!proto.ParseFromString(bytes) || proto.cluster_id().size() != kClusterIdBytes)
    return tl::unexpected(TokenError::kNotAToken);
  ConsistencyToken token(proto.cluster_id());
  for (const auto& position : proto.positions())
    token.Add({position.partition(), position.index()});
  return token;
}

std::string ConsistencyToken::ToText() const {
  if (cluster_id_.empty()) return "";
  ledger::v1::ConsistencyToken proto;
  proto.set_cluster_id(cluster_id_);
  for (const auto& [partition, index] : indexes_) {
    auto& position = *proto.add_positions();
    position.set_partition(partition);
    position.set_index(index);
  }
  const std::string bytes = proto.SerializeAsString();
  return absl::WebSafeBase64Escape(bytes);
}

void ConsistencyToken::Add(const Position& position) {
  if (position.index == 0) return;
  std::uint64_t& index = indexes_[position.partition];
  index = std::max(index, position.index);
}

tl::expected<void, TokenError> ConsistencyToken::Merge(const ConsistencyToken& other) {
  if (other.cluster_id_.empty()) return {};
  if (cluster_id_.empty()) cluster_id_ = other.cluster_id_;
  if (cluster_id_ != other.cluster_id_) return tl::unexpected(TokenError::kOtherCluster);
  for (const auto& [partition, index] : other.indexes_) Add({partition, index});
  return {};
}

}  // namespace dialtone
