// What reactions give: commands for other aggregates, as messages. Who decides them is the server's
// to know.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dialtone/inventory/v1/inventory_step.pb.h"
#include "dialtone/porting/v1/porting_step.pb.h"
#include "dialtone/stock/v1/stock_step.pb.h"

namespace dialtone::reactions {

using StepCommand =
    std::variant<stock::v1::HoldNumbers, stock::v1::FreeNumbers, stock::v1::PortOutNumbers,
                 inventory::v1::SettleHold, porting::v1::SettlePortHold>;

struct Step {
  std::string aggregate;  // its key
  StepCommand command;
};
using Steps = std::vector<Step>;

}  // namespace dialtone::reactions
