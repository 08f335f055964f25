#include "controlplane/domain/inventory/change.h"

namespace dialtone::inventory {

tl::unexpected<Rejection> NotHeld(const std::string& name) {
  return tl::unexpected(Reject(NUMBER_NOT_HELD, Named{"number", name}));
}

Number ShownNow(Number number, const Organization& organization, const Context& context) {
  const PortProgress port = PortOf(number, organization.porting);
  return Shown(std::move(number), port, context.now());
}

}  // namespace dialtone::inventory
