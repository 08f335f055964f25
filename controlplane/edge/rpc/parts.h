// What the calls of one server share. All of it outlives the door.
#pragma once

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
  std::string cluster_id;  // 16 bytes
};

}  // namespace dialtone::edge
