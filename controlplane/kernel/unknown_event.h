// An event that this binary does not know: folding on would make another state than the one that
// the writer saw.
#pragma once

#include <google/protobuf/message.h>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/position.h"

namespace dialtone {

[[noreturn]] inline void UnknownEvent(const google::protobuf::Message& event, Moment at) {
  CheckFailed(
      __FILE__, __LINE__, "every event is known",
      event.GetDescriptor()->full_name() + " at " + ToText(at.position) + " is of a newer binary");
}

}  // namespace dialtone
