// A stream of the server's that is followed for as long as the process lives: it goes on where it
// was, whatever becomes of the server meanwhile.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <stop_token>

#include "clients/cpp/client.h"
#include "clients/simulators/agenda.h"
#include "clients/simulators/server_clock.h"

namespace dialtone::clients::simulators {

// What becomes of the watch after an item.
struct After {
  enum class What {
    kGoOn,
    kTellAgain,  // the item could not be dealt with: it is asked for once more
    kLeave,      // ends; begins anew, with all that waits then, at `until` by the server's clock
  };
  What what = What::kGoOn;
  WallTime until;
};

// A method that streams messages with a `resume_token`, and what to do about each that is no
// heartbeat.
struct Watch {
  const google::protobuf::MethodDescriptor* method;
  std::function<After(const google::protobuf::Message& item)> take;
};

// Until stop is asked for. `on_begun` is called once, when the first stream has begun.
void Follow(const Watch& watch, Client& client, const ServerClock& clock, const Tell& tell,
            const std::function<void()>& on_begun, const std::stop_token& stop);

}  // namespace dialtone::clients::simulators
