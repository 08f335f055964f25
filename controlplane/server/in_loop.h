// A look at the node from another thread.
#pragma once

#include <future>
#include <utility>

#include "controlplane/engine/runtime/loop.h"

namespace dialtone::server {

// In the loop's thread, between two turns. REQUIRES: the loop runs.
template <class Look>
auto InLoop(engine::Loop& loop, Look look) {
  std::promise<decltype(look(std::declval<engine::Node&>()))> promise;
  auto result = promise.get_future();
  loop.Run([&](engine::Node& node) { promise.set_value(look(node)); });
  return result.get();
}

}  // namespace dialtone::server
