// Points and spans of ledger time: microseconds, UTC. Read from a clock by the shell only.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <compare>
#include <cstdint>

namespace dialtone {

class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration Micros(std::int64_t micros) { return Duration(micros); }
  static constexpr Duration Millis(std::int64_t millis) { return Duration(millis * 1'000); }
  static constexpr Duration Seconds(std::int64_t seconds) { return Duration(seconds * 1'000'000); }
  static constexpr Duration Minutes(std::int64_t minutes) { return Seconds(minutes * 60); }
  static constexpr Duration Hours(std::int64_t hours) { return Minutes(hours * 60); }
  static constexpr Duration Days(std::int64_t days) { return Hours(days * 24); }

  constexpr std::int64_t micros() const { return micros_; }
  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) {
    return Duration(a.micros_ + b.micros_);
  }
  friend constexpr Duration operator-(Duration a, Duration b) {
    return Duration(a.micros_ - b.micros_);
  }
  friend constexpr Duration operator*(Duration a, std::int64_t factor) {
    return Duration(a.micros_ * factor);
  }

 private:
  explicit constexpr Duration(std::int64_t micros) : micros_(micros) {}
  std::int64_t micros_ = 0;
};

class Timestamp {
 public:
  constexpr Timestamp() = default;
  static constexpr Timestamp Micros(std::int64_t micros) { return Timestamp(micros); }

  constexpr std::int64_t micros() const { return micros_; }
  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
  friend constexpr Timestamp operator+(Timestamp at, Duration span) {
    return Timestamp(at.micros_ + span.micros());
  }
  friend constexpr Timestamp operator-(Timestamp at, Duration span) {
    return Timestamp(at.micros_ - span.micros());
  }
  friend constexpr Duration operator-(Timestamp a, Timestamp b) {
    return Duration::Micros(a.micros_ - b.micros_);
  }

 private:
  explicit constexpr Timestamp(std::int64_t micros) : micros_(micros) {}
  std::int64_t micros_ = 0;
};

google::protobuf::Timestamp ToProto(Timestamp at);
google::protobuf::Duration ToProto(Duration span);
Timestamp FromProto(const google::protobuf::Timestamp& at);
Duration FromProto(const google::protobuf::Duration& span);

// So that `now + policy.reservations().ttl()` reads as it is said.
inline Timestamp operator+(Timestamp at, const google::protobuf::Duration& span) {
  return at + FromProto(span);
}

}  // namespace dialtone
