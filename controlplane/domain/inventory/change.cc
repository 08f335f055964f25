#include "controlplane/domain/inventory/change.h"

namespace dialtone::inventory {

tl::unexpected<Rejection> NotHeld(const std::string& name) {
  return tl::unexpected(Reject(NUMBER_NOT_HELD, Named{"number", name}));
}

Number ShownNow(Number number, const Organization& organization, const Context& context) {
  const PortProgress port = PortOf(number, organization.porting);
  return Shown(std::move(number), port, context.now());
}

std::optional<AssignmentBlock> CoolingOff(const State& state, const Context& context) {
  const auto days = state.settings.get().cooling_off_days();
  if (days == 0) return std::nullopt;
  AssignmentBlock block;
  block.set_cause(AssignmentBlock::COOLING_OFF);
  *block.mutable_start_time() = ToProto(context.now());
  *block.mutable_end_time() = ToProto(context.now() + Duration::Days(days));
  return block;
}

}  // namespace dialtone::inventory
