// Which partitions this node should own: all of a ledger that it has for itself; on Kafka what the
// consumer group of the ledger's nodes says, brought to the partitions by the loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/kafka_group.h"
#include "controlplane/engine/runtime/loop.h"
#include "controlplane/server/readiness.h"
#include "controlplane/server/start_error.h"

namespace dialtone::server {

// Whether a node of this name, on which a partition is stopped, should leave the group of these
// members, when it has thought about it so often before. Nodes that have all stopped the same
// partition leave one after the other, the last by name first, and one stays for the rest.
bool ShouldLeave(const std::vector<std::string>& members, const std::string& name, int thoughts);

class Ownership {
 public:
  // Loop and clock outlive it. `membership` is what it begins with: kAlone or kOutside.
  Ownership(engine::Loop& loop, const engine::Clock& clock, Membership membership)
      : loop_(loop), clock_(clock), membership_(membership) {}
  ~Ownership();  // leaves the group
  Ownership(const Ownership&) = delete;
  Ownership& operator=(const Ownership&) = delete;

  // One of the two, once; the loop runs.
  void TakeAll();
  Started<void> Join(const engine::KafkaGroupOptions& options);

  // Any thread.
  Membership membership() const { return membership_.load(); }
  // That no other node says that it is reached where this one is. Once a member.
  Started<void> CheckName() const;
  // A partition is stopped here, which nobody can claim as long as this node should own it: leaves
  // the group as `HandOver` does, unless it is the only member. To be said again about each second,
  // in one thread.
  void StepDown();
  // The node is about to end: other nodes are told to own what it owns, and then it leaves that,
  // each partition with a closing entry, for which they wait. Nothing if there is no group.
  void HandOver();

 private:
  void Assigned(std::vector<std::uint32_t> partitions);
  void Lost();
  engine::KafkaGroup* group() const;

  engine::Loop& loop_;
  const engine::Clock& clock_;
  std::atomic<Membership> membership_;
  std::string name_;  // in the group
  int thoughts_ = 0;  // of leaving it
  mutable std::mutex mutex_;
  std::unique_ptr<engine::KafkaGroup> group_;  // made while others look
};

}  // namespace dialtone::server
