#include "controlplane/edge/rpc/counting.h"

#include "controlplane/edge/rpc/status.h"
#include "google/rpc/status.pb.h"

namespace dialtone::edge {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void CountItem(const DoorParts& parts, const Message& item, const FieldDescriptor* field) {
  const auto& of = *item.GetReflection();
  if (!of.HasField(item, field)) return;
  const auto& status = static_cast<const google::rpc::Status&>(of.GetMessage(item, field));
  if (const std::string reason = ReasonIn(status); !reason.empty()) parts.metrics.Refused(reason);
}

}  // namespace

void CountEnd(const DoorParts& parts, const Method& method, const grpc::Status& status,
              telemetry::Clock::time_point began) {
  method.metrics->Handled(status.error_code(), began);
  CountRefusal(parts, status);
}

void CountRefusal(const DoorParts& parts, const grpc::Status& status) {
  if (status.ok()) return;
  if (const std::string reason = ReasonOf(status); !reason.empty()) parts.metrics.Refused(reason);
}

void CountItems(const DoorParts& parts, const Method& method, const Message& reply) {
  for (const ItemStatusField& where : method.item_statuses) {
    if (where.items == nullptr) {
      CountItem(parts, reply, where.status);
      continue;
    }
    const auto& of = *reply.GetReflection();
    for (int i = 0; i < of.FieldSize(reply, where.items); ++i)
      CountItem(parts, of.GetRepeatedMessage(reply, where.items, i), where.status);
  }
}

}  // namespace dialtone::edge
