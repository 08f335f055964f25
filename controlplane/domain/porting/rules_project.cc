#include "controlplane/domain/porting/rules_project.h"

#include <algorithm>
#include <map>

#include "controlplane/domain/porting/rules.h"

namespace dialtone::porting {

PortProject::State RollUp(const std::vector<PortOrder::State>& states) {
  const auto count = [&](PortOrder::State state) {
    return std::count(states.begin(), states.end(), state);
  };
  const auto all = static_cast<std::ptrdiff_t>(states.size()) - count(PortOrder::CANCELLED);
  if (all == 0) return PortProject::CANCELLED;
  if (count(PortOrder::ERROR) > 0) return PortProject::ERROR;
  if (count(PortOrder::DRAFT) == all) return PortProject::DRAFT;
  if (count(PortOrder::COMPLETED) == all) return PortProject::COMPLETED;
  return PortProject::IN_PROGRESS;
}

PortProject Shown(PortProject project, const std::vector<PortOrder>& orders) {
  std::vector<PortOrder::State> states;
  std::map<PortOrder::State, std::uint32_t> of_orders;
  std::map<PortNumber::State, std::uint32_t> of_numbers;
  bool can_submit = false;
  bool can_cancel = false;
  for (const PortOrder& order : orders) {
    states.push_back(order.state());
    ++of_orders[order.state()];
    can_submit |= Allows(order.state(), SUBMIT) || Allows(order.state(), RESUBMIT);
    can_cancel |= Allows(order.state(), CANCEL);
    if (order.state() == PortOrder::CANCELLED) continue;
    for (const PortNumber& number : order.numbers()) ++of_numbers[number.state()];
  }
  project.set_state(RollUp(states));
  for (const auto& [state, count] : of_orders) {
    PortOrderCount& added = *project.add_order_counts();
    added.set_state(state);
    added.set_orders(count);
  }
  for (const auto& [state, count] : of_numbers) {
    PortNumberCount& added = *project.add_number_counts();
    added.set_state(state);
    added.set_numbers(count);
  }
  if (can_submit) project.add_allowed_actions(SUBMIT);
  if (can_cancel) project.add_allowed_actions(CANCEL);
  return project;
}

}  // namespace dialtone::porting
