#include "clients/simulators/server_clock.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "clients/simulators/plan.h"
#include "dialtone/admin/v1/admin_service.pb.h"

namespace dialtone::clients::simulators {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{50};         // at a simulated clock
constexpr milliseconds kLookMax{60'000};  // at one that may yet be set

}  // namespace

tl::expected<ServerClock::Reading, Failure> ServerClock::Read() const {
  auto status = client_.Call<admin::v1::ServerStatus>(admin::v1::GetStatusRequest());
  if (!status) return tl::unexpected(std::move(status.error()));
  const Kind kind = status->clock() == "simulated" ? Kind::kSimulated : Kind::kWall;
  return Reading{FromProto(status->time()), kind};
}

milliseconds ServerClock::UntilNextLook(const Reading& reading, WallTime due) {
  if (reading.kind == Kind::kSimulated) return kLook;
  const auto left = std::chrono::ceil<milliseconds>(due - reading.now);
  return std::clamp(left, milliseconds(1), kLookMax);
}

void ServerClock::Await(WallTime time, const std::stop_token& stop) const {
  while (!stop.stop_requested()) {
    const auto reading = Read();
    if (reading && reading->now >= time) return;
    Pause(reading ? UntilNextLook(*reading, time) : milliseconds(200), stop);
  }
}

bool Pause(milliseconds span, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, span, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace dialtone::clients::simulators
