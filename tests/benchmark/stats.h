// The latencies of one load, and the line of JSON that every load prints.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace dialtone::benchmark {

using Clock = std::chrono::steady_clock;

inline double Seconds(Clock::duration span) { return std::chrono::duration<double>(span).count(); }

// Times the calls that end between `warm_up` and the end; the others are only counted.
class Stats {
 public:
  static constexpr double kWarmUpSeconds = 0.5;

  explicit Stats(double seconds)
      : warm_(Clock::now() + Span(kWarmUpSeconds)), end_(warm_ + Span(seconds)) {
    millis_.reserve(1U << 20U);
  }

  bool IsOver(Clock::time_point now) const { return now >= end_; }
  void Done(Clock::time_point began, Clock::time_point now) {
    ++calls_;
    if (now >= warm_ && now < end_)
      millis_.push_back(static_cast<float>(1e3 * Seconds(now - began)));
  }
  void Failed() { ++failed_; }
  std::uint64_t failed() const { return failed_; }

  // `items`: of each call. `value` is items a second.
  void Print(int items) {
    std::sort(millis_.begin(), millis_.end());
    const double rate = static_cast<double>(millis_.size()) * items / Seconds(end_ - warm_);
    std::printf(
        R"({"value":%.1f,"p50_ms":%.4f,"p99_ms":%.4f,"p999_ms":%.4f,"failed":%llu,"items":%llu})"
        "\n",
        rate, At(0.5), At(0.99), At(0.999), static_cast<unsigned long long>(failed_),
        static_cast<unsigned long long>(calls_ * static_cast<std::uint64_t>(items)));
  }

 private:
  static Clock::duration Span(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }
  double At(double quantile) const {
    if (millis_.empty()) return 0;
    const auto place = static_cast<std::size_t>(quantile * static_cast<double>(millis_.size()));
    return millis_[std::min(millis_.size() - 1, place)];
  }

  Clock::time_point warm_;
  Clock::time_point end_;
  std::vector<float> millis_;
  std::uint64_t calls_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace dialtone::benchmark
