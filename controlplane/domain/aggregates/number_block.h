// A number block: ten thousand consecutive numbers, and who has which. The home of uniqueness.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "controlplane/domain/stock/state.h"
#include "controlplane/kernel/aggregate.h"
#include "controlplane/kernel/decision.h"

namespace dialtone {

struct NumberBlock final : Aggregate {
  static constexpr std::string_view kCollection = "numberBlocks";

  stock::State stock;

  void ForEachTable(VisitTable visit) override {
    stock.ForEachTable([&](std::uint8_t table, AnyTable& rows) {
      visit({stock::State::kSlice, table}, rows);
    });
  }
  void Derive() override { stock.Derive(); }
  std::optional<Timestamp> NextDeadline() const override { return std::nullopt; }
};

// `numberBlocks/1206555`: E.164 digits without the last four.
inline KeyOf<NumberBlock> BlockOf(std::uint64_t block) {
  return {AggregateKey(std::string(NumberBlock::kCollection) + "/" + std::to_string(block))};
}

template <class Request>
std::optional<Rejection> Admit(const Request&, const NumberBlock&) {
  return std::nullopt;
}

}  // namespace dialtone
