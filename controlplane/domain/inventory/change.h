// What decisions about numbers that are held share. Private to them.
#pragma once

#include <string>
#include <utility>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"

namespace dialtone::inventory {

tl::unexpected<Rejection> NotHeld(const std::string& name);

// As the caller is shown it.
Number ShownNow(Number number, const Organization& organization, const Context& context);

// An event that carries the number as it is from now on, which is the reply too.
template <class E>
Decision<Number> Changed(Number number, const Organization& organization, const Context& context) {
  E event;
  *event.mutable_number() = number;
  return Replied(ShownNow(std::move(number), organization, context), std::move(event));
}

}  // namespace dialtone::inventory
