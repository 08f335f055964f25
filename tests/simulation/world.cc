#include "tests/simulation/world.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dialtone::simulation {

namespace {

constexpr std::uint64_t kSteps = 500;
constexpr std::array<std::uint64_t, 3> kUnrest = {5, 30, 100};  // calm worlds come further
constexpr int kHealingRounds = 3'000;
constexpr int kQuietRounds = 30;
constexpr Timestamp kStart = Timestamp::Micros(1'700'000'000'000'000);

engine::ClusterId Cluster() { return engine::ClusterId::FromBytes("a cluster of 16 "); }

engine::FaultRates RandomRates(Chance& chance) {
  const auto rate = [&](std::uint32_t most) {
    return chance.Percent(40) ? 0 : static_cast<std::uint32_t>(chance.Below(most));
  };
  engine::FaultRates rates;
  rates.lost = rate(120);
  rates.late = rate(150);
  rates.twice = rate(150);
  rates.unplaced = rate(120);
  rates.false_duplicate = rate(120);
  rates.slow = rate(300);
  rates.turns_max = static_cast<std::uint32_t>(1 + chance.Below(24));
  return rates;
}

}  // namespace

World::World(std::uint64_t seed, std::size_t story_lines, const policy::Policy& policy)
    : chance_(seed),
      story_(story_lines),
      partition_count_(static_cast<std::uint32_t>(3 + chance_.Below(2))),
      requests_max_(chance_.Percent(50) ? 8 + chance_.Below(24) : 1'000),
      unrest_percent_(kUnrest[chance_.Below(kUnrest.size())]),
      now_(kStart),
      ledger_(Cluster(), partition_count_),
      audit_ledger_(ledger_.Open(kNodes)),
      stranger_(ledger_.Open(kNodes + 1)),
      audit_({partition_count_, requests_max_}, *audit_ledger_, policy, complaints_),
      clients_(4 + chance_.Below(8), {audit_, complaints_, chance_, story_}) {
  engine::NodeOptions options;
  options.partition_count = partition_count_;
  options.requests_max = requests_max_;
  options.in_flight_max = 1 + chance_.Below(4);
  options.queue_max = 64;
  options.claim_wait = Duration::Millis(300);
  options.random = [this] { return chance_.Next(); };
  for (std::uint32_t id = 0; id < kNodes; ++id) {
    options.address = "node " + std::to_string(id);
    rooms_.push_back(std::make_unique<MachineRoom>(
        id, options,
        MachineRoom::Surroundings{ledger_, policy, audit_, complaints_, chance_, story_}));
    rooms_.back()->SetInterlude([this] { Interlude(); });
    rooms_.back()->Start();
  }
  for (std::uint32_t partition = 0; partition < partition_count_; ++partition)
    Somebody().node().partition(partition).Assign(now_);
  ledger_.SetScript(engine::RandomFaults(chance_.Next(), RandomRates(chance_)));
}

Result World::Run() {
  while (steps_ < kSteps && !complaints_.any()) {
    ++steps_;
    Step();
  }
  if (!complaints_.any()) Heal();
  if (!complaints_.any()) CheckEnd();
  Result result;
  result.violation = complaints_.first();
  result.steps = steps_;
  result.entries = audit_.entries();
  result.claims = audit_.claims();
  result.voids = audit_.voids();
  for (const auto& room : rooms_) result.crashes += room->crashes();
  result.told = clients_.told();
  result.story.assign(story_.lines().begin(), story_.lines().end());
  return result;
}

void World::Step() {
  now_ = now_ + chance_.UpTo(Duration::Millis(120));
  const std::uint64_t dice = chance_.Below(100);
  if (dice < 50) return TurnSomebody();
  if (dice < 82) return ClientSends();
  if (dice < 84) return TimePasses();
  if (dice < 86) return Somebody().FlushRows();
  if (dice < 90) return StartSomebody();
  if (!chance_.Percent(unrest_percent_)) return TurnSomebody();
  if (dice < 91) return StrangerWrites();
  if (dice < 92) return BrokersComeAndGo();
  if (dice < 95) return ChangeAssignment();
  if (dice < 98) return Somebody().EndUnlessTurning();
  ClockJumps();
}

// A node stands still within its turn, and the others go on: only one within another.
void World::Interlude() {
  if (interludes_ > 0 || !chance_.Percent(3)) return;
  ++interludes_;
  for (std::uint64_t left = 1 + chance_.Below(6); left > 0; --left) TurnSomebody();
  --interludes_;
}

void World::TurnSomebody() {
  MachineRoom& room = Somebody();
  if (room.is_up() && !room.is_turning() && chance_.Percent(unrest_percent_) &&
      chance_.PerMille(15)) {
    room.EndAfter(1 + chance_.Below(20));
  }
  room.Turn(now_);
}

void World::ClientSends() {
  for (std::uint64_t left = 1 + chance_.Below(4); left > 0; --left) {
    engine::Command command = clients_.Next(now_);
    // Mostly to who owns the partition, as far as it knows itself.
    const std::uint32_t partition = command.aggregate.PartitionOf(partition_count_);
    MachineRoom* room = &Somebody();
    for (const auto& other : rooms_) {
      const bool owns =
          other->is_up() && other->node().partition(partition).role() == engine::Role::kOwner;
      if (owns && chance_.Percent(70)) room = other.get();
    }
    room->Run([&](engine::Node& node) { node.Submit(std::move(command)); });
  }
}

void World::TimePasses() {
  const std::uint64_t dice = chance_.Below(100);
  now_ = now_ + chance_.UpTo(dice < 90   ? Duration::Seconds(12)
                             : dice < 98 ? Duration::Minutes(30)
                                         : Duration::Hours(25));
}

// Nobody takes care that only one is told to own a partition, or that anybody is.
void World::ChangeAssignment() {
  MachineRoom& room = Somebody();
  if (!room.is_up() || room.is_turning()) return;
  const auto number = static_cast<std::uint32_t>(chance_.Below(partition_count_));
  const std::uint64_t dice = chance_.Below(100);
  story_.Add(
      [&] { return "node " + std::to_string(room.id()) + " assignment " + std::to_string(dice); });
  room.Run([&](engine::Node& node) {
    engine::Partition& partition = node.partition(number);
    if (dice < 65) return partition.Assign(room.Clock(now_));
    if (dice < 80) return partition.Unassign();
    partition.Leave();
  });
}

// Somebody's mistake: what is no record is void to all.
void World::StrangerWrites() {
  std::string noise = "noise " + std::to_string(chance_.Next());
  noise.resize(chance_.Below(noise.size() + 1));
  const auto partition = static_cast<std::uint32_t>(chance_.Below(partition_count_));
  stranger_->partition(partition).Append(std::move(noise), 0);
}

// A node cannot read for a while.
void World::BrokersComeAndGo() {
  const engine::NodeId id = Somebody().id();
  chance_.Percent(50) ? ledger_.GoAway(id) : ledger_.ComeBack(id);
}

void World::StartSomebody() {
  MachineRoom& room = Somebody();
  if (room.is_up() || room.is_turning()) return;
  ledger_.ComeBack(room.id());
  room.Start();
  for (std::uint32_t partition = 0; partition < partition_count_; ++partition) {
    if (chance_.Percent(60)) room.node().partition(partition).Assign(room.Clock(now_));
  }
}

void World::ClockJumps() {
  const Duration widest = chance_.Percent(80) ? Duration::Seconds(3) : Duration::Seconds(40);
  Somebody().SetSkew(chance_.UpTo(widest * 2) - widest);
}

// The faults end, the clocks agree, each partition is assigned to one node: now everything must
// come to its end.
void World::Heal() {
  story_.Add([] { return "everything heals"; });
  ledger_.SetScript(engine::NoFaults);
  ledger_.Settle();
  now_ = now_ + Duration::Minutes(2);
  for (const auto& room : rooms_) {
    room->SetSkew(Duration());
    room->EndAfter(0);
    room->SetInterlude(nullptr);
    ledger_.ComeBack(room->id());
    room->Start();
    for (std::uint32_t partition = 0; partition < partition_count_; ++partition) {
      engine::Partition& part = room->node().partition(partition);
      part.Unassign();
      if (partition % kNodes == room->id()) part.Assign(now_);
    }
  }
  int quiet = 0;
  for (int round = 0; round < kHealingRounds && quiet < kQuietRounds; ++round) {
    now_ = now_ + Duration::Millis(200);
    if (round % 16 == 0) AskAgain();
    TurnAll();
    audit_.CatchUp();
    if (complaints_.any()) return;
    quiet = IsQuiet() ? quiet + 1 : 0;
  }
  if (quiet < kQuietRounds)
    complaints_.Say("it does not settle: " + std::to_string(clients_.Waiting().size()) +
                    " requests wait;" + Roles());
}

void World::AskAgain() {
  for (const std::size_t op : clients_.Waiting()) {
    engine::Command command = clients_.Again(op);
    MachineRoom& home = *rooms_[command.aggregate.PartitionOf(partition_count_) % kNodes];
    home.Run([&](engine::Node& node) { node.Submit(std::move(command)); });
  }
}

void World::TurnAll() {
  for (const auto& room : rooms_) room->Turn(now_);
}

bool World::IsQuiet() const {
  if (!clients_.Waiting().empty()) return false;
  for (const auto& room : rooms_) {
    for (std::uint32_t partition = 0; partition < partition_count_; ++partition) {
      const engine::Partition& part = room->node().partition(partition);
      const bool should_own = partition % kNodes == room->id();
      if ((part.role() == engine::Role::kOwner) != should_own) return false;
      if (part.filter().index() != audit_.index(partition) || part.in_flight() > 0) return false;
      const auto due = part.fold().machine().NextDeadline();
      if (due && *due <= now_) return false;
    }
  }
  return true;
}

// Every node, every disk, and a reader who begins now, have come to the same.
void World::CheckEnd() {
  audit_.CheckSettled();
  for (const auto& room : rooms_) {
    room->CheckAll();
    for (std::uint32_t partition = 0; partition < partition_count_; ++partition) {
      if (room->node().partition(partition).waiting() > 0)
        complaints_.Say("somebody waits for ever");
    }
  }
}

std::string World::Roles() const {
  constexpr std::array<const char*, 5> kNames = {"follower", "candidate", "owner", "suspect",
                                                 "stopped"};
  std::string text;
  for (const auto& room : rooms_) {
    for (std::uint32_t partition = 0; partition < partition_count_; ++partition) {
      const engine::Partition& part = room->node().partition(partition);
      text += " " + std::to_string(room->id()) + "/" + std::to_string(partition) + " " +
              kNames[static_cast<std::size_t>(part.role())] + " at " +
              std::to_string(part.filter().index()) + "+" + std::to_string(part.in_flight()) +
              " of " + std::to_string(audit_.index(partition));
    }
  }
  return text;
}

}  // namespace dialtone::simulation
