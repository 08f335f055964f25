#include "controlplane/kernel/event.h"

#include "controlplane/kernel/check.h"

namespace dialtone::internal {

EventPath FindEventPath(const google::protobuf::Descriptor* message) {
  EventPath found{nullptr, nullptr};
  const google::protobuf::Descriptor& envelope = *Event::descriptor();
  for (int i = 0; i < envelope.field_count(); ++i) {
    const google::protobuf::Descriptor& slice = *envelope.field(i)->message_type();
    for (int j = 0; j < slice.field_count(); ++j) {
      if (slice.field(j)->message_type() != message) continue;
      DIALTONE_CHECK(found.event == nullptr, message->full_name() + " stands in two oneofs");
      found = {envelope.field(i), slice.field(j)};
    }
  }
  DIALTONE_CHECK(found.event != nullptr, message->full_name() + " stands in no slice's oneof");
  return found;
}

}  // namespace dialtone::internal
