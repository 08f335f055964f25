// What the calls of one server share. All of it outlives the door.
#pragma once

#include <chrono>
#include <string>

#include "controlplane/edge/rpc/method.h"
#include "controlplane/edge/telemetry/metrics.h"
#include "controlplane/edge/vault/key_vault.h"
#include "controlplane/engine/runtime/clock.h"
#include "controlplane/engine/runtime/loop.h"

namespace dialtone::edge {

struct DoorParts {
  engine::Loop& loop;
  const engine::Clock& clock;  // the loop's: request ids are minted by it
  const MethodBook& methods;
  vault::KeyVault& keys;
  telemetry::Metrics& metrics;
  std::string cluster_id;                              // 16 bytes
  std::chrono::milliseconds deadline_default{10'000};  // for callers that name none
  std::chrono::milliseconds deadline_max{60'000};
};

}  // namespace dialtone::edge
