// All that a decision may know beside the command and the aggregate: values, written into the event
// where they matter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controlplane/kernel/decision.h"
#include "controlplane/kernel/id.h"
#include "controlplane/kernel/position.h"
#include "controlplane/kernel/rules.h"
#include "controlplane/kernel/timestamp.h"

namespace dialtone {

namespace policy {
class Policy;
}

// Who asked, as verified by the door: `users/…`, `services/…`; empty for time and for other
// aggregates' steps.
struct Actor {
  std::string name;
};

// The place of the open entry, and how many names were made of it.
struct IdSource {
  Position position;
  std::uint32_t ordinal = 0;
};

class Context {
 public:
  // `policy` and `ids` outlive the context; `trace` is null unless a dry run asks for it.
  Context(Timestamp now, Actor actor, RequestId request_id, const policy::Policy& policy,
          IdSource& ids, std::vector<RuleTrace>* trace)
      : now_(now),
        actor_(std::move(actor)),
        request_id_(std::move(request_id)),
        policy_(policy),
        ids_(ids),
        trace_(trace) {}

  // Ledger time: never before that of an earlier decision of the partition.
  Timestamp now() const { return now_; }
  const Actor& actor() const { return actor_; }
  // Empty for time and for other aggregates' steps.
  const RequestId& request_id() const { return request_id_; }
  const policy::Policy& policy() const { return policy_; }

  Rules rules() const { return Rules(trace_); }

  // `r3-1042-0`: the tag's prefix, then partition, index and ordinal. REQUIRES: Tag::kPrefix.
  template <class Tag>
  Id<Tag> NewId() {
    return Id<Tag>(Tag::kPrefix + std::to_string(ids_.position.partition) + "-" +
                   std::to_string(ids_.position.index) + "-" + std::to_string(ids_.ordinal++));
  }

  // The same for the same position and ordinal, so that a replay of the decision agrees; no secret
  // can be made of it.
  std::uint64_t Random() {
    std::uint64_t seed = ids_.position.index * 0x9E3779B97F4A7C15U +
                         (std::uint64_t{ids_.position.partition} << 32U) + ++ids_.ordinal;
    seed = (seed ^ seed >> 30U) * 0xBF58476D1CE4E5B9U;
    seed = (seed ^ seed >> 27U) * 0x94D049BB133111EBU;
    return seed ^ seed >> 31U;
  }

 private:
  Timestamp now_;
  Actor actor_;
  RequestId request_id_;
  const policy::Policy& policy_;
  IdSource& ids_;
  std::vector<RuleTrace>* trace_;
};

}  // namespace dialtone
