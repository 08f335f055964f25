#include "controlplane/kernel/timestamp.h"

namespace dialtone {

namespace {

constexpr std::int64_t kMicros = 1'000'000;

// Whole seconds, rounded down also before 1970, and the nanoseconds above them: as protobuf wants
// both.
template <class Proto>
Proto Split(std::int64_t micros) {
  std::int64_t seconds = micros / kMicros;
  std::int64_t rest = micros % kMicros;
  if (rest < 0) {
    rest += kMicros;
    seconds -= 1;
  }
  Proto proto;
  proto.set_seconds(seconds);
  proto.set_nanos(static_cast<std::int32_t>(rest * 1'000));
  return proto;
}

}  // namespace

google::protobuf::Timestamp ToProto(Timestamp at) {
  return Split<google::protobuf::Timestamp>(at.micros());
}

google::protobuf::Duration ToProto(Duration span) {
  google::protobuf::Duration proto;
  proto.set_seconds(span.micros() / kMicros);
  proto.set_nanos(static_cast<std::int32_t>(span.micros() % kMicros * 1'000));
  return proto;
}

Timestamp FromProto(const google::protobuf::Timestamp& at) {
  return Timestamp::Micros(at.seconds() * kMicros + at.nanos() / 1'000);
}

Duration FromProto(const google::protobuf::Duration& span) {
  return Duration::Micros(span.seconds() * kMicros + span.nanos() / 1'000);
}

}  // namespace dialtone
