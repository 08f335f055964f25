// What is to be done about one order or address, as the server shows it: a pure function of that
// and of the server's time, so that a simulator that was killed comes to the same answers.
#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/cpp/request_id.h"

namespace dialtone::clients::simulators {

// One answer.
struct Deed {
  // Of which the request id is made: equal for the same answer to the same version of the resource,
  // and different for every other.
  std::string key;
  // When that version came to be, by the server's clock: the id's time.
  WallTime issued;
  std::shared_ptr<google::protobuf::Message> request;  // without its id
  std::string told;                                    // for people: what was done
};

struct Plan {
  std::vector<Deed> deeds;        // now, in any order
  std::optional<WallTime> again;  // when to plan anew, by the server's clock; none: when it changes
};

// What is to be done at this time of the server's.
using Planner = std::function<Plan(WallTime now)>;

inline WallTime FromProto(const google::protobuf::Timestamp& time) {
  return WallTime(std::chrono::seconds(time.seconds()) +
                  std::chrono::microseconds(time.nanos() / 1'000));
}

inline google::protobuf::Timestamp ToProto(WallTime time) {
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  google::protobuf::Timestamp proto;
  proto.set_seconds(micros / 1'000'000);
  proto.set_nanos(static_cast<std::int32_t>(micros % 1'000'000 * 1'000));
  return proto;
}

}  // namespace dialtone::clients::simulators
