#include "controlplane/server/readiness.h"

#include <algorithm>
#include <optional>

namespace dialtone::server {

namespace {

using engine::Role;

std::optional<std::string> WhyNot(const PartitionState& partition, Membership membership) {
  const std::string name = "partition " + std::to_string(partition.number);
  if (partition.role == Role::kOwner) return std::nullopt;
  if (partition.role == Role::kStopped) return name + " is stopped: " + partition.stop_reason;
  if (partition.assigned || membership == Membership::kAlone) return name + " is not owned yet";
  if (membership == Membership::kOutside) return std::nullopt;  // told once, for the node
  if (partition.read_to < partition.end_at_start) {
    return name + " is read up to offset " + std::to_string(partition.read_to) + " of " +
           std::to_string(partition.end_at_start);
  }
  if (partition.elsewhere.empty()) return name + " has no owner";
  return std::nullopt;
}

}  // namespace

bool IsBehind(const NodeState& node) {
  return node.clock_jump != Duration() || node.clock_behind > Duration() ||
         std::any_of(node.partitions.begin(), node.partitions.end(), [](const auto& partition) {
           return partition.role != Role::kStopped && partition.read_to < partition.end_at_start;
         });
}

std::string SecondsText(Duration span) { return std::to_string(span.micros() / 1'000'000) + " s"; }

std::vector<std::string> WhyNotDeciding(const NodeState& node) {
  std::vector<std::string> reasons;
  if (node.clock_jump != Duration())
    reasons.push_back("the clock jumped by " + SecondsText(node.clock_jump));
  if (node.clock_behind > Duration())
    reasons.push_back("the clock is behind the ledger by " + SecondsText(node.clock_behind));
  if (node.membership == Membership::kOutside)
    reasons.emplace_back("the group of the ledger's nodes does not count on this one yet");
  if (node.membership == Membership::kLeft)
    reasons.emplace_back("this node has left the group of the ledger's nodes: others own all");
  for (const PartitionState& partition : node.partitions) {
    if (auto why = WhyNot(partition, node.membership)) reasons.push_back(std::move(*why));
  }
  return reasons;
}

std::vector<std::string> WhyNotReady(const NodeState& node) {
  std::vector<std::string> reasons = WhyNotDeciding(node);
  for (const auto& projection : node.projections) {
    if (!projection.stop_reason().empty()) {
      reasons.push_back(projection.name() + " is stopped: " + projection.stop_reason());
    } else if (!projection.ready()) {
      reasons.push_back(projection.name() + " is being built");
    }
  }
  return reasons;
}

}  // namespace dialtone::server
