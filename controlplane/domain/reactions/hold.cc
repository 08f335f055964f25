#include "controlplane/domain/reactions/hold.h"

#include <cstdint>
#include <map>

#include "controlplane/kernel/e164.h"

namespace dialtone::reactions {

namespace {

std::string BlockKey(std::uint64_t block) { return "numberBlocks/" + std::to_string(block); }

void AskBlock(const inventory::v1::PendingHold& pending, const std::string& organization,
              Steps& steps) {
  const std::uint64_t block = pending.blocks(0);
  stock::v1::HoldNumbers hold;
  hold.set_block(block);
  hold.set_organization(organization);
  hold.set_hold(pending.reservation().name());
  hold.set_type(pending.reservation().type());
  hold.set_quantity(pending.quantity() - static_cast<std::uint32_t>(pending.held_size()));
  for (const std::string& number : pending.wanted()) {
    const E164 wanted = *E164::Parse(number);
    if (wanted.block() == block) hold.add_places(wanted.place());
  }
  hold.set_restoring(!pending.restoring().empty());
  steps.push_back({BlockKey(block), std::move(hold)});
}

void Settle(const stock::v1::NumbersHeld& held, Steps& steps) {
  inventory::v1::SettleHold settle;
  settle.set_hold(held.hold());
  settle.set_block(held.block());
  *settle.mutable_area() = held.area();
  for (const std::uint32_t place : held.places()) {
    settle.add_numbers(E164::FromDigits(held.block() * E164::kNumbersOfBlock + place).text());
  }
  steps.push_back({held.organization(), std::move(settle)});
}

E164 ToNumber(const std::string& text) { return *E164::Parse(text); }
E164 ToNumber(std::uint64_t digits) { return E164::FromDigits(digits); }

// `free` says whose they are, and how long they rest.
template <class Numbers>
void Free(const Numbers& numbers, const stock::v1::FreeNumbers& free, Steps& steps) {
  std::map<std::uint64_t, stock::v1::FreeNumbers> by_block;
  for (const auto& written : numbers) {
    const E164 number = ToNumber(written);
    auto& of_block = by_block.try_emplace(number.block(), free).first->second;
    of_block.set_block(number.block());
    of_block.add_places(number.place());
  }
  for (auto& [block, of_block] : by_block) steps.push_back({BlockKey(block), std::move(of_block)});
}

stock::v1::FreeNumbers HeldBy(const std::string& organization, const std::string& hold) {
  stock::v1::FreeNumbers free;
  free.set_organization(organization);
  free.set_hold(hold);
  return free;
}

void Release(const inventory::v1::ReleasedNumbers& released, const std::string& organization,
             Steps& steps) {
  stock::v1::FreeNumbers free = HeldBy(organization, released.hold());
  free.set_cool_until_micros(released.cool_until_micros());
  Free(released.numbers(), free, steps);
}

void PortOut(const inventory::v1::PortedOutNumbers& gone, const std::string& gaining_carrier,
             const std::string& organization, Steps& steps) {
  std::map<std::uint64_t, stock::v1::PortOutNumbers> by_block;
  for (const auto& one : gone.numbers()) {
    const E164 number = E164::FromDigits(one.digits());
    auto& of_block = by_block[number.block()];
    of_block.set_block(number.block());
    of_block.set_organization(organization);
    of_block.set_hold(gone.hold());
    of_block.set_gaining_carrier(gaining_carrier);
    of_block.add_places(number.place());
  }
  for (auto& [block, of_block] : by_block) steps.push_back({BlockKey(block), std::move(of_block)});
}

void ReactToInventory(const inventory::v1::InventoryEvent& event, const std::string& organization,
                      Steps& steps) {
  if (event.has_numbers_requested())
    AskBlock(event.numbers_requested().pending(), organization, steps);
  if (event.has_hold_failed()) {
    const auto& failed = event.hold_failed();
    Free(failed.numbers(), HeldBy(organization, failed.reservation()), steps);
  }
  if (event.has_numbers_returned()) {
    const auto& returned = event.numbers_returned();
    Free(returned.numbers(), HeldBy(organization, returned.hold()), steps);
  }
  if (event.has_reservation_ended()) {
    const auto& ended = event.reservation_ended();
    Free(ended.numbers(), HeldBy(organization, ended.reservation()), steps);
  }
  for (const auto& released : event.numbers_released().numbers())
    Release(released, organization, steps);
  const auto& ported_out = event.numbers_ported_out();
  for (const auto& gone : ported_out.numbers())
    PortOut(gone, ported_out.gaining_carrier(), organization, steps);
}

}  // namespace

void ReactToHold(const ledger::v1::Event& event, const std::string& aggregate, Steps& steps) {
  if (event.has_inventory()) ReactToInventory(event.inventory(), aggregate, steps);
  const auto& held = event.stock().numbers_held();
  const bool is_answer = event.stock().has_numbers_held() && !held.ported();  // ported: port.h
  if (is_answer) Settle(held, steps);
}

}  // namespace dialtone::reactions
