// A decision about one aggregate, bound to the machine that has it: so that nobody but the engine
// and the server sees a machine.
#pragma once

#include <utility>

#include "controlplane/engine/runtime/command.h"
#include "controlplane/engine/runtime/machine.h"

namespace dialtone::engine {

// `decide(const A&, Context&)` gives Decided. REQUIRES: the machine keeps an A under this key.
template <class A, class DecideFn>
DecideFunction DecideOn(const KeyOf<A>& key, DecideFn decide) {
  return [key = key.key, decide = std::move(decide)](const Machine& machine,
                                                     Context& context) mutable -> Decided {
    return decide(static_cast<const A&>(machine.Get(key)), context);
  };
}

}  // namespace dialtone::engine
