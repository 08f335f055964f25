// An event's way into the ledger's envelope: found once from the descriptors, so that adding an
// event is one line in its slice's oneof, and none here.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <type_traits>
#include <utility>

#include "dialtone/ledger/v1/event.pb.h"

namespace dialtone {

using ledger::v1::Event;

namespace internal {

struct EventPath {
  const google::protobuf::FieldDescriptor* slice;
  const google::protobuf::FieldDescriptor* event;
};

// REQUIRES: the message stands in just one slice's oneof.
EventPath FindEventPath(const google::protobuf::Descriptor* message);

}  // namespace internal

template <class E>
requires std::is_base_of_v<google::protobuf::Message, E> Event ToEvent(E event) {
  if constexpr (std::is_same_v<E, Event>) {
    return event;
  } else {
    static const internal::EventPath path = internal::FindEventPath(E::descriptor());
    Event envelope;
    google::protobuf::Message* const slice =
        envelope.GetReflection()->MutableMessage(&envelope, path.slice);
    google::protobuf::Message* const place =
        slice->GetReflection()->MutableMessage(slice, path.event);
    *static_cast<E*>(place) = std::move(event);
    return envelope;
  }
}

}  // namespace dialtone
