// Every metric of Dialtone, in one file: names and labels as they appear on /metrics, all else asks
// for a handle once and then only counts. Base units, closed label sets, no id in any label.
#pragma once

#include <grpcpp/support/status_code_enum.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace dialtone::telemetry {

using Clock = std::chrono::steady_clock;

enum class MethodKind : std::uint8_t { kUnary, kClientStream, kServerStream, kBidiStream };
// What became of a command that was sent on to the node that owns its partition.
enum class Forwarded : std::uint8_t {
  kAnswered,
  kRefused,  // by that node
  kLate,     // no answer within the deadline
  kLost,     // the connection failed before an answer
};
enum class MethodUse : std::uint8_t { kCommand, kQuestion };

// The handles of one method: go-grpc-prometheus' grpc_server_*, and the command's own.
class MethodMetrics {
 public:
  void Started() { started_->Increment(); }
  // `began` is when the call came in.
  void Handled(grpc::StatusCode code, Clock::time_point began);
  // A command's outcome, by what the caller hears. REQUIRES: it is one.
  void Command(grpc::StatusCode code, Clock::time_point began);

 private:
  friend class Metrics;
  static constexpr std::size_t kCodes = 17;

  prometheus::Counter* started_ = nullptr;
  std::array<prometheus::Counter*, kCodes> handled_{};
  std::array<prometheus::Counter*, kCodes> outcomes_{};
  prometheus::Histogram* handling_seconds_ = nullptr;
  prometheus::Histogram* command_seconds_ = nullptr;
};

class Metrics {
 public:
  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Registers a method's handles: once a method, at start.
  std::unique_ptr<MethodMetrics> ForMethod(const std::string& service, const std::string& method,
                                           MethodKind kind, MethodUse use);

  // dialtone_refusals_total{reason}, of whatever a caller was told: a command, a question, an item
  // of a batch. Refusals are few: the handle is looked up.
  void Refused(const std::string& reason);
  // Those that dialtone_credit_refusals_total{reason} counts too. Before the first call.
  void SetCreditReasons(std::set<std::string> reasons);

  // dialtone_forwarded_commands_total{result}. Any thread.
  void Count(Forwarded result) { forwarded_[static_cast<std::size_t>(result)]->Increment(); }

  prometheus::Histogram& ledger_append_seconds() { return *ledger_append_seconds_; }
  prometheus::Gauge& ledger_position(std::uint32_t partition);
  prometheus::Counter& ledger_void_records(const std::string& reason);
  prometheus::Gauge& partitions(const std::string& role);
  prometheus::Gauge& inbox_lag_entries(std::uint32_t partition);
  prometheus::Gauge& loop_queued() { return *loop_queued_; }
  prometheus::Gauge& loop_waiting() { return *loop_waiting_; }
  // Of a ledger on Kafka; registered by the first call, so that no other server shows them.
  struct Kafka {
    prometheus::Gauge& round_trip_seconds;
    prometheus::Gauge& brokers_up;
    prometheus::Gauge& appends_waiting;
    prometheus::Counter& requests_timed_out;
    prometheus::Counter& requests_sent_again;
    prometheus::Counter& places_doubted;
    prometheus::Counter& producers_replaced;
    prometheus::Gauge& partitions_followed;
    prometheus::Gauge& partitions_read_back;
  };
  const Kafka& kafka();
  // Of the public feed; registered by the first call too.
  struct Events {
    prometheus::Counter& published;
    prometheus::Counter& interrupted;
    prometheus::Gauge& lag_entries;
  };
  const Events& events();
  prometheus::Gauge& projection_lag_seconds(const std::string& projection);
  prometheus::Gauge& projection_position(const std::string& projection, std::uint32_t partition);
  prometheus::Gauge& numbers(const std::string& state, const std::string& type);
  prometheus::Gauge& port_orders(const std::string& state);

  prometheus::Registry& registry() { return registry_; }
  // The text of /metrics.
  std::string Text() const;

 private:
  // Without labels.
  prometheus::Gauge& Lone(const char* name, const char* help);
  prometheus::Counter& LoneCounter(const char* name, const char* help);

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& started_;
  prometheus::Family<prometheus::Counter>& handled_;
  prometheus::Family<prometheus::Histogram>& handling_seconds_;
  prometheus::Family<prometheus::Counter>& commands_;
  prometheus::Family<prometheus::Histogram>& command_seconds_;
  prometheus::Family<prometheus::Counter>& refusals_;
  prometheus::Family<prometheus::Counter>& credit_refusals_;
  prometheus::Family<prometheus::Gauge>& ledger_position_;
  prometheus::Family<prometheus::Counter>& ledger_void_records_;
  prometheus::Family<prometheus::Gauge>& partitions_;
  prometheus::Family<prometheus::Gauge>& inbox_lag_entries_;
  prometheus::Family<prometheus::Gauge>& projection_lag_seconds_;
  prometheus::Family<prometheus::Gauge>& projection_position_;
  prometheus::Family<prometheus::Gauge>& numbers_;
  prometheus::Family<prometheus::Gauge>& port_orders_;
  prometheus::Histogram* ledger_append_seconds_;
  prometheus::Gauge* loop_queued_;
  prometheus::Gauge* loop_waiting_;
  std::mutex kafka_mutex_;
  std::optional<Kafka> kafka_;
  std::optional<Events> events_;
  std::array<prometheus::Counter*, 4> forwarded_{};
  std::set<std::string> credit_reasons_;
};

}  // namespace dialtone::telemetry
