// What was stored between the end of warming up and the end, and the line of JSON that tells it.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/benchmark/stats.h"

namespace dialtone::benchmark {

class AppendMeter {
 public:
  // `broker` is its process.
  AppendMeter(double seconds, int broker) : seconds_(seconds), broker_(broker) {}

  // All is prepared: the load begins now. Nothing before that counts.
  void Begin() {
    warm_ = Clock::now() + Span(Stats::kWarmUpSeconds);
    end_ = warm_ + Span(seconds_);
  }

  bool IsOver(Clock::time_point now) const { return now >= end_; }
  // One more record is stored, while so many were on their way.
  void Record(std::size_t bytes, std::uint64_t in_flight, Clock::time_point now) {
    if (!Counts(now)) return;
    if (records_ == 0) before_ = SpentNow();
    ++records_;
    bytes_ += bytes;
    in_flight_ += in_flight;
  }
  // The events of a record, all at once or one by one.
  void Events(std::uint32_t count, Clock::time_point now) {
    if (Counts(now)) events_ += count;
  }
  // No record comes any more that counts.
  void Close() {
    const Spent now = SpentNow();
    spent_ = {now.own - before_.own, now.broker - before_.broker};
  }
  void Failed() { ++failed_; }
  std::uint64_t failed() const { return failed_; }
  std::uint32_t mean_in_flight() const {
    return static_cast<std::uint32_t>(Mean(in_flight_) + 0.5);
  }

  // Gives the exit code.
  int Print() const {
    const double micros = 1e6 / static_cast<double>(events_ == 0 ? 1 : events_);
    const double seconds = Seconds(end_ - warm_);
    std::printf(R"({"value":%.1f,"records":%.1f,"record_bytes":%.0f,"record_events":%.2f,)"
                R"("in_flight":%.1f,"cpu_us":%.3f,"broker_cpu_us":%.3f,"failed":%llu})"
                "\n",
                static_cast<double>(events_) / seconds, static_cast<double>(records_) / seconds,
                Mean(bytes_), Mean(events_), Mean(in_flight_), micros * spent_.own,
                micros * spent_.broker, static_cast<unsigned long long>(failed_));
    return failed_ == 0 && records_ > 0 ? 0 : 1;
  }

 private:
  struct Spent {
    double own = 0;
    double broker = 0;
  };

  bool Counts(Clock::time_point now) const { return now >= warm_ && now < end_; }
  static Clock::duration Span(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }
  // CPU seconds of the threads of both processes.
  Spent SpentNow() const {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return {static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                1e-6 * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec),
            CpuSecondsOf(broker_)};
  }
  // 0 if there is no such process.
  static double CpuSecondsOf(int process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    std::getline(file, text);
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    for (int before = 0; before < 11; ++before) fields >> text;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  double Mean(std::uint64_t sum) const {
    return records_ == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(records_);
  }

  double seconds_;
  int broker_;
  Clock::time_point warm_ = Clock::time_point::max();
  Clock::time_point end_ = Clock::time_point::max();
  std::uint64_t records_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t failed_ = 0;
  Spent before_;
  Spent spent_;
};

}  // namespace dialtone::benchmark
