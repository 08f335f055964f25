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
  group_ = std::move(*group);
  return {};
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
  if (group_ == nullptr) return;
  group_->Leave(kOthersMax);
  loop_.Run([](Node& node) {
    for (std::uint32_t number = 0; number < node.partition_count(); ++number)
      node.partition(number).Leave();
  });
}

}  // namespace dialtone::server
