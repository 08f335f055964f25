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
  steps.push_back({BlockKey(block), std::move(hold)});
}

void Settle(const stock::v1::NumbersHeld& held, Steps& steps) {
  inventory::v1::SettleHold settle;
  settle.set_hold(held.hold());
  settle.set_block(held.block());
  for (const std::uint32_t place : held.places()) {
    settle.add_numbers(E164::FromDigits(held.block() * E164::kNumbersOfBlock + place).text());
  }
  steps.push_back({held.organization(), std::move(settle)});
}

template <class Numbers>
void Free(const Numbers& numbers, const std::string& hold, const std::string& organization,
          Steps& steps) {
  std::map<std::uint64_t, stock::v1::FreeNumbers> by_block;
  for (const std::string& text : numbers) {
    const E164 number = *E164::Parse(text);
    by_block[number.block()].add_places(number.place());
  }
  for (auto& [block, free] : by_block) {
    free.set_block(block);
    free.set_organization(organization);
    free.set_hold(hold);
    steps.push_back({BlockKey(block), std::move(free)});
  }
}

void ReactToInventory(const inventory::v1::InventoryEvent& event, const std::string& organization,
                      Steps& steps) {
  if (event.has_numbers_requested())
    AskBlock(event.numbers_requested().pending(), organization, steps);
  if (event.has_hold_failed())
    Free(event.hold_failed().numbers(), event.hold_failed().reservation(), organization, steps);
  if (event.has_numbers_returned()) {
    Free(event.numbers_returned().numbers(), event.numbers_returned().hold(), organization, steps);
  }
  if (event.has_reservation_ended()) {
    Free(event.reservation_ended().numbers(), event.reservation_ended().reservation(), organization,
         steps);
  }
}

}  // namespace

void ReactToHold(const ledger::v1::Event& event, const std::string& aggregate, Steps& steps) {
  if (event.has_inventory()) ReactToInventory(event.inventory(), aggregate, steps);
  if (event.has_stock() && event.stock().has_numbers_held())
    Settle(event.stock().numbers_held(), steps);
}

}  // namespace dialtone::reactions
