// How a call ended, for the metrics.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/status.h>

#include "controlplane/edge/rpc/parts.h"

namespace dialtone::edge {

// A call that is finished, with the reason of its refusal if it was refused.
void CountEnd(const DoorParts& parts, const Method& method, const grpc::Status& status,
              telemetry::Clock::time_point began);
// What was refused within a call that goes on, or ends well: a message of a stream …
void CountRefusal(const DoorParts& parts, const grpc::Status& status);
// … and the items of a batch.
void CountItems(const DoorParts& parts, const Method& method,
                const google::protobuf::Message& reply);

}  // namespace dialtone::edge
