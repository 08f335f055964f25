#include "controlplane/engine/runtime/clock_guard.h"

namespace dialtone::engine {

void ClockGuard::Take(const ClockReading& reading) {
  const Duration passed = reading.steady - agreed_.steady;
  const Timestamp expected = agreed_.now + passed;
  const Duration drift = reading.now - expected;
  if (drift > kDriftMax || drift < kDriftMax * -1) {
    jump_ = drift;
    now_ = expected;
    return;
  }
  jump_ = Duration();
  now_ = reading.now;
  if (passed >= kWindow) agreed_ = reading;
}

}  // namespace dialtone::engine
