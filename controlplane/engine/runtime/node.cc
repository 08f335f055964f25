#include "controlplane/engine/runtime/node.h"

#include <algorithm>
#include <utility>

namespace dialtone::engine {

namespace {

constexpr std::size_t kReadBytes = 1U << 20U;
constexpr std::size_t kStepsQueuedMax = 65'536;  // of a partition: then nothing more is read

}  // namespace

Node::Node(NodeOptions options, LedgerStore& store, RowStore& rows, const Reactor& reactor,
           const policy::Policy& policy, const NewMachine& new_machine)
    : options_(std::move(options)),
      reactor_(reactor),
      owners_(options_.partition_count),
      told_(options_.partition_count),
      owned_term_(options_.partition_count, 0),
      reacted_to_(options_.partition_count, 0) {
  for (std::uint32_t partition = 0; partition < options_.partition_count; ++partition) {
    const Collaborators with{store.partition(partition), rows, reactor, policy, signal_};
    partitions_.push_back(
        std::make_unique<Partition>(partition, options_, with, new_machine(partition)));
  }
}

tl::expected<void, LoadError> Node::Load() {
  for (const auto& partition : partitions_) {
    if (auto loaded = partition->Load(); !loaded) return loaded;
  }
  return {};
}

void Node::SetAddress(std::string address) {
  options_.address = std::move(address);
  told_.assign(options_.partition_count, {});  // what is elsewhere may be here now
}

bool Node::Turn(Timestamp now) {
  bool changed = false;
  NoteNewOwners();
  read_again_at_.reset();
  for (std::uint32_t source = 0; source < options_.partition_count; ++source)
    changed |= ReadReactions(source, now);
  for (const auto& partition : partitions_) changed |= partition->Decide(now);
  for (const auto& partition : partitions_) changed |= partition->Advance(now);
  TellOwners();
  return changed;
}

// A new owner goes on at its inbox: what lies behind it is read again, and dropped by those who
// have it.
void Node::NoteNewOwners() {
  for (std::uint32_t target = 0; target < options_.partition_count; ++target) {
    const Partition& partition = *partitions_[target];
    const std::uint64_t term = partition.role() == Role::kOwner ? partition.term() : 0;
    if (term != 0 && term != owned_term_[target]) {
      for (std::uint32_t source = 0; source < options_.partition_count; ++source) {
        const InboxPosition at = partition.Offered(source);
        const std::uint64_t whole = at.step == Inbox::kWholeEntry ? at.index : at.index - 1;
        reacted_to_[source] = std::min(reacted_to_[source], whole);
      }
    }
    owned_term_[target] = term;
  }
}

// Where the newest claim points to, unless that is here: a suspect's own claim, or one of a former
// run.
void Node::TellOwners() {
  for (std::uint32_t number = 0; number < options_.partition_count; ++number) {
    const Partition& partition = *partitions_[number];
    const Filter& filter = partition.filter();
    const Told now{partition.role(), filter.term(), filter.open()};
    if (now == told_[number]) continue;
    told_[number] = now;
    const bool is_elsewhere =
        now.role != Role::kOwner && now.open && filter.address() != options_.address;
    owners_.Set(number, is_elsewhere ? filter.address() : std::string());
  }
}

bool Node::ReadReactions(std::uint32_t source, Timestamp now) {
  const Feed& feed = partitions_[source]->feed();
  if (!OwnsAny()) {
    reacted_to_[source] = feed.head();  // whoever becomes an owner goes back to its inbox
    return false;
  }
  if (feed.head() <= reacted_to_[source] || HasStepsEnough()) return false;
  const std::vector<FeedEntry> entries = feed.ReadAfter(reacted_to_[source], kReadBytes);
  if (entries.empty()) {
    read_again_at_ = now + kReadAgainAfter;
    return false;
  }
  for (const FeedEntry& entry : entries) {
    if (entry.has_reactions) OfferSteps(entry);
    reacted_to_[source] = entry.at.position.index;
  }
  for (const auto& target : partitions_) target->NoteRead(source, reacted_to_[source]);
  return true;
}

bool Node::OwnsAny() const {
  return std::any_of(owned_term_.begin(), owned_term_.end(),
                     [](std::uint64_t term) { return term != 0; });
}

bool Node::HasStepsEnough() const {
  return std::any_of(partitions_.begin(), partitions_.end(),
                     [](const auto& target) { return target->steps_queued() >= kStepsQueuedMax; });
}

void Node::OfferSteps(const FeedEntry& entry) {
  std::uint32_t step = 0;
  for (const ledger::v1::Outcome& outcome : entry.batch->outcomes()) {
    reactor_.React(outcome, entry.at, [&](Command command) {
      ledger::v1::Cause cause;
      cause.set_partition(entry.at.position.partition);
      cause.set_index(entry.at.position.index);
      cause.set_step(step++);
      Partition& target = *partitions_[command.aggregate.PartitionOf(options_.partition_count)];
      target.Offer(std::move(cause), std::move(command));
    });
  }
}

void Node::Suspend() {
  for (const auto& partition : partitions_) partition->Suspend();
}

void Node::Resume() {
  for (const auto& partition : partitions_) partition->Resume();
}

void Node::Abandon() {
  for (const auto& partition : partitions_) partition->Abandon();
}

std::optional<Timestamp> Node::NextWake() const {
  std::optional<Timestamp> next = read_again_at_;
  for (const auto& partition : partitions_) {
    const auto wake = partition->NextWake();
    if (wake && (!next || *wake < *next)) next = wake;
  }
  return next;
}

}  // namespace dialtone::engine
