// What a reader must see at least: which ledger, and how far in which of its partitions. A
// command's answer carries it, a query sends it back: dialtone-consistency-token in the metadata.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "controlplane/kernel/position.h"

namespace dialtone {

inline constexpr char kConsistencyTokenKey[] = "dialtone-consistency-token";

enum class TokenError : std::uint8_t {
  kNotBase64Url,  // not what ToText makes
  kNotAToken,     // the bytes inside are of something else
  kOtherCluster,  // two tokens that are not of one ledger
};
std::string_view ToText(TokenError error);

class ConsistencyToken {
 public:
  // Asks for nothing, of whichever ledger.
  ConsistencyToken() = default;
  // `cluster_id` is the 16 bytes of the genesis record.
  explicit ConsistencyToken(std::string cluster_id) : cluster_id_(std::move(cluster_id)) {}
  ConsistencyToken(std::string cluster_id, const std::vector<Position>& positions);

  // Base64url without padding; empty text is the token that asks for nothing.
  static tl::expected<ConsistencyToken, TokenError> Parse(std::string_view text);
  std::string ToText() const;

  // Asks for this entry too.
  void Add(const Position& position);
  // Asks for all that either asks for.
  tl::expected<void, TokenError> Merge(const ConsistencyToken& other);

  bool empty() const { return indexes_.empty(); }
  const std::string& cluster_id() const { return cluster_id_; }
  // The last entry that must be seen, by partition.
  const std::map<std::uint32_t, std::uint64_t>& indexes() const { return indexes_; }
  friend bool operator==(const ConsistencyToken&, const ConsistencyToken&) = default;

 private:
  std::string cluster_id_;
  std::map<std::uint32_t, std::uint64_t> indexes_;
};

}  // namespace dialtone
