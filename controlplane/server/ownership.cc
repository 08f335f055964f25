#include "controlplane/server/ownership.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/edge/telemetry/log.h"

namespace dialtone::server {

namespace {

using engine::Node;

constexpr Duration kOthersMax = Duration::Seconds(3);

std::string TextOf(const std::vector<std::uint32_t>& partitions) {
  std::string text;
  for (const std::uint32_t number : partitions)
    text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

}  // namespace

bool ShouldLeave(const std::vector<std::string>& members, const std::string& name, int thoughts) {
  const auto is_other = [&name](const std::string& member) { return member != name; };
  const auto is_later = [&name](const std::string& member) { return member > name; };
  return std::any_of(members.begin(), members.end(), is_other) &&
         std::count_if(members.begin(), members.end(), is_later) <= thoughts;
}

Ownership::~Ownership() = default;

void Ownership::TakeAll() {
  loop_.Run([&clock = clock_](Node& node) {
    for (std::uint32_t number = 0; number < node.partition_count(); ++number)
      node.partition(number).Assign(clock.Now());
  });
}

Started<void> Ownership::Join(const engine::KafkaGroupOptions& options) {
  engine::KafkaGroup::Hooks hooks;
  hooks.is_alive = [this] {
    return loop_.Turns(std::chrono::steady_clock::now()) && loop_.clock_jump() == Duration();
  };
  hooks.assigned = [this](const auto& partitions) { Assigned(partitions); };
  hooks.lost = [this] { Lost(); };
  auto group = engine::KafkaGroup::Join(options, std::move(hooks));
  if (!group) return CannotStart(ExitCodeOf(group.error().fault), ToText(group.error()));
  const std::lock_guard lock(mutex_);
  name_ = options.member;
  group_ = std::move(*group);
  return {};
}

engine::KafkaGroup* Ownership::group() const {
  const std::lock_guard lock(mutex_);
  return group_.get();
}

Started<void> Ownership::CheckName() const {
  const engine::KafkaGroup* const joined = group();
  if (joined == nullptr) return {};
  if (auto own = joined->CheckName(); !own)
    return CannotStart(ExitCodeOf(own.error().fault), ToText(own.error()));
  return {};
}

void Ownership::StepDown() {
  engine::KafkaGroup* const joined = group();
  if (joined == nullptr || membership_ != Membership::kMember) return;
  const auto members = joined->AskMembers();
  if (!members || !ShouldLeave(*members, name_, thoughts_++)) return;
  telemetry::LogError(
      "a partition is stopped here: other nodes take over everything; start this one again when "
      "the cause is mended");
  HandOver();
}

void Ownership::Assigned(std::vector<std::uint32_t> partitions) {
  telemetry::LogInfo("partitions are assigned", {{"partitions", TextOf(partitions)}});
  // The loop may outlive this: the clock does too.
  loop_.Run([&clock = clock_, partitions = std::move(partitions)](Node& node) {
    for (std::uint32_t number = 0; number < node.partition_count(); ++number) {
      if (std::binary_search(partitions.begin(), partitions.end(), number)) {
        node.partition(number).Assign(clock.Now());
      } else {
        node.partition(number).Leave();
      }
    }
  });
  membership_ = Membership::kMember;  // not before the loop will know
}

void Ownership::Lost() {
  telemetry::LogWarning("the group went on without this node: it joins again");
  membership_ = Membership::kOutside;
  loop_.Run([](Node& node) {
    for (std::uint32_t number = 0; number < node.partition_count(); ++number)
      node.partition(number).Unassign();
  });
}

void Ownership::HandOver() {
  engine::KafkaGroup* const joined = group();
  if (joined == nullptr) return;
  joined->Leave(kOthersMax);
  membership_ = Membership::kLeft;
  loop_.Run([](Node& node) {
    for (std::uint32_t number = 0; number < node.partition_count(); ++number)
      node.partition(number).Leave();
  });
}

}  // namespace dialtone::server
