#include "controlplane/domain/inventory/location.h"

#include "controlplane/domain/emergency/rules.h"
#include "controlplane/domain/inventory/rules.h"

namespace dialtone::inventory {

void RequireFits(Rules& rules, const Number& number, const std::string& location,
                 const emergency::State& state, Context& context) {
  Area area = number.area();
  area.set_country(CountryOf(number, context.policy()));
  emergency::RequireFits(rules, state, location, area, context.policy(), context.now());
}

}  // namespace dialtone::inventory
