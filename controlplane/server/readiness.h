// Whether a node is ready to take calls, and why not: a pure look at what its parts say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/runtime/partition.h"
#include "controlplane/kernel/timestamp.h"
#include "dialtone/admin/v1/admin_service.pb.h"

namespace dialtone::server {

// What this node is to the group that shares a ledger's partitions.
enum class Membership : std::uint8_t {
  kAlone,    // there is no group: no other node
  kOutside,  // the group does not count on it
  kMember,
  kLeft,  // the group, for good: this run owns nothing any more
};

struct PartitionState {
  std::uint32_t number = 0;
  engine::Role role = engine::Role::kFollower;
  std::string stop_reason;
  bool assigned = false;  // this node should own it
  engine::Offset read_to = 0;
  engine::Offset end_at_start = 0;  // of the ledger, as this node found it
  std::string elsewhere;            // the other node that owns it; empty: none that is known
};

struct NodeState {
  Membership membership = Membership::kAlone;
  Duration clock_jump;
  Duration clock_behind;  // the ledger
  std::vector<PartitionState> partitions;
  std::vector<admin::v1::Projection> projections;
};

// A node is ready when the clock is believed, every partition is decided by it or by another node
// that it can ask, what was in the ledger at its start is read, and every read model is built.
// Empty: it is. Of partitions and clock alone, without read models: `WhyNotDeciding`.
std::vector<std::string> WhyNotReady(const NodeState& node);
std::vector<std::string> WhyNotDeciding(const NodeState& node);

// It has not read yet what was in the ledger at its start, or cannot claim anything because of its
// clock: what it were given now, nobody would decide.
bool IsBehind(const NodeState& node);

// "12 s"
std::string SecondsText(Duration span);

}  // namespace dialtone::server
