#include "controlplane/domain/reactions/port.h"

#include <cstdint>
#include <map>
#include <vector>

#include "controlplane/kernel/e164.h"

namespace dialtone::reactions {

namespace {

using porting::v1::PortingEvent;

std::string BlockKey(std::uint64_t block) { return "numberBlocks/" + std::to_string(block); }

// A step for each block that has some of the numbers.
template <class BlockStep, class Numbers>
std::map<std::uint64_t, BlockStep> ByBlock(const Numbers& numbers, const std::string& organization,
                                           const std::string& hold) {
  std::map<std::uint64_t, BlockStep> by_block;
  for (const std::string& text : numbers) {
    const E164 number = *E164::Parse(text);
    BlockStep& step = by_block[number.block()];
    step.set_block(number.block());
    step.set_organization(organization);
    step.set_hold(hold);
    step.add_places(number.place());
  }
  return by_block;
}

void AskBlocks(const porting::v1::PortOrder& order, const std::string& organization, Steps& steps) {
  std::vector<std::string> numbers;
  for (const auto& number : order.numbers()) numbers.push_back(number.e164());
  for (auto& [block, hold] : ByBlock<stock::v1::HoldNumbers>(numbers, organization, order.name())) {
    hold.set_ported(true);
    steps.push_back({BlockKey(block), std::move(hold)});
  }
}

template <class Numbers>
void Free(const Numbers& numbers, const std::string& organization, const std::string& order,
          Steps& steps) {
  for (auto& [block, free] : ByBlock<stock::v1::FreeNumbers>(numbers, organization, order))
    steps.push_back({BlockKey(block), std::move(free)});
}

void Settle(const stock::v1::NumbersHeld& held, Steps& steps) {
  porting::v1::SettlePortHold settle;
  settle.set_port_order(held.hold());
  settle.set_block(held.block());
  for (const std::uint32_t place : held.places())
    settle.add_numbers(E164::FromDigits(held.block() * E164::kNumbersOfBlock + place).text());
  steps.push_back({held.organization(), std::move(settle)});
}

void ReactToPorting(const PortingEvent& event, const std::string& organization, Steps& steps) {
  if (event.has_port_hold_requested())
    AskBlocks(event.port_hold_requested().port_order(), organization, steps);
  if (event.has_port_hold_failed()) {
    const auto& failed = event.port_hold_failed();
    Free(failed.returned(), organization, failed.port_order().name(), steps);
  }
  if (event.has_port_numbers_returned()) {
    const auto& returned = event.port_numbers_returned();
    Free(returned.returned(), organization, returned.port_order(), steps);
  }
  if (event.has_port_order_rejected()) {
    const auto& rejected = event.port_order_rejected();
    Free(rejected.returned(), organization, rejected.port_order().name(), steps);
  }
  if (event.has_port_order_cancelled()) {
    const auto& cancelled = event.port_order_cancelled();
    Free(cancelled.returned(), organization, cancelled.port_order().name(), steps);
  }
  if (event.has_number_transfer_failed()) {
    const auto& failed = event.number_transfer_failed();
    Free(std::vector<std::string>{failed.e164()}, organization, failed.port_order(), steps);
  }
}

}  // namespace

void ReactToPort(const ledger::v1::Event& event, const std::string& aggregate, Steps& steps) {
  if (event.has_porting()) ReactToPorting(event.porting(), aggregate, steps);
  if (event.stock().numbers_held().ported()) Settle(event.stock().numbers_held(), steps);
}

}  // namespace dialtone::reactions
