// Whether the machine's clock can be believed: watched against one that nobody can set, because
// ledger time never goes back, and a jump of a year would let everything expire that has a date.
// ledger-protocol.md section 7.
#pragma once

#include "controlplane/engine/runtime/clock.h"

namespace dialtone::engine {

class ClockGuard {
 public:
  // The clock may be set by so much in a minute: a time server does less.
  static constexpr Duration kDriftMax = Duration::Seconds(2);
  static constexpr Duration kWindow = Duration::Minutes(1);

  // The first look is believed.
  explicit ClockGuard(const ClockReading& first) : agreed_(first), now_(first.now) {}

  void Take(const ClockReading& reading);

  // The time to go by: the clock's while it is believed, else as if it had not jumped.
  Timestamp now() const { return now_; }
  // How far it jumped, ahead or back; zero while it is believed. It is again when it has come back,
  // never because time has passed: a wrong clock does not get right by that.
  Duration jump() const { return jump_; }

 private:
  ClockReading agreed_;  // as of the last minute in which they went alike
  Timestamp now_;
  Duration jump_;
};

}  // namespace dialtone::engine
