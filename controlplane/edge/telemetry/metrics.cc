#include "controlplane/edge/telemetry/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <utility>

namespace dialtone::telemetry {

namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using Buckets = prometheus::Histogram::BucketBoundaries;

constexpr std::array<const char*, 17> kCodeNames = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};
constexpr std::array<const char*, 4> kForwardedNames = {"answered", "refused", "late", "lost"};
constexpr std::array<const char*, 4> kKindNames = {"unary", "client_stream", "server_stream",
                                                   "bidi_stream"};

Buckets Seconds() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
          0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
}

std::size_t Place(grpc::StatusCode code) {
  return std::min(static_cast<std::size_t>(code), kCodeNames.size() - 1);
}

// What became of a command, for people: a closed set.
std::string OutcomeOf(std::size_t code) {
  using grpc::StatusCode;
  if (code == StatusCode::OK) return "done";
  if (code == StatusCode::DEADLINE_EXCEEDED) return "late";
  if (code == StatusCode::CANCELLED) return "cancelled";
  const bool has_failed = code == StatusCode::UNAVAILABLE || code == StatusCode::INTERNAL ||
                          code == StatusCode::UNKNOWN || code == StatusCode::DATA_LOSS;
  return has_failed ? "failed" : "refused";
}

template <class Builder>
auto& Named(Builder builder, const char* name, const char* help, prometheus::Registry& registry) {
  return builder.Name(name).Help(help).Register(registry);
}

double Since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

}  // namespace

void MethodMetrics::Handled(grpc::StatusCode code, Clock::time_point began) {
  handled_[Place(code)]->Increment();
  handling_seconds_->Observe(Since(began));
}

void MethodMetrics::Command(grpc::StatusCode code, Clock::time_point began) {
  outcomes_[Place(code)]->Increment();
  command_seconds_->Observe(Since(began));
}

Metrics::Metrics()
    : started_(Named(BuildCounter(), "grpc_server_started_total", "RPCs that came in.", registry_)),
      handled_(Named(BuildCounter(), "grpc_server_handled_total",
                     "RPCs that were finished, by code.", registry_)),
      handling_seconds_(Named(BuildHistogram(), "grpc_server_handling_seconds",
                              "From an RPC's coming in to its end.", registry_)),
      commands_(Named(BuildCounter(), "dialtone_commands_total",
                      "Commands by what became of them: done, refused, late, cancelled, failed.",
                      registry_)),
      command_seconds_(Named(BuildHistogram(), "dialtone_command_seconds",
                             "From a command's coming in to its valid answer.", registry_)),
      refusals_(Named(BuildCounter(), "dialtone_refusals_total",
                      "Refusals by reason: of commands, questions and items of batches.",
                      registry_)),
      credit_refusals_(Named(BuildCounter(), "dialtone_credit_refusals_total",
                             "Refusals for want of credits, by reason.", registry_)),
      ledger_position_(Named(BuildGauge(), "dialtone_ledger_position",
                             "The last valid entry of a partition.", registry_)),
      ledger_void_records_(Named(BuildCounter(), "dialtone_ledger_void_records_total",
                                 "Records that this node has read in the ledger and that do not "
                                 "count, by why, since the ledger began.",
                                 registry_)),
      partitions_(Named(BuildGauge(), "dialtone_partitions",
                        "Partitions by what this node is to them: follower, candidate, owner, "
                        "suspect, stopped.",
                        registry_)),
      inbox_lag_entries_(Named(BuildGauge(), "dialtone_inbox_lag_entries",
                               "Valid entries of other partitions that this one has not noted "
                               "as taken in; it notes those that ask nothing now and then.",
                               registry_)),
      projection_lag_seconds_(Named(BuildGauge(), "dialtone_projection_lag_seconds",
                                    "Ledger time that a read model is behind.", registry_)),
      projection_position_(Named(BuildGauge(), "dialtone_projection_position",
                                 "The last entry of a partition that a read model shows.",
                                 registry_)),
      numbers_(Named(BuildGauge(), "dialtone_numbers", "Numbers of the stock, by state and type.",
                     registry_)),
      port_orders_(
          Named(BuildGauge(), "dialtone_port_orders", "Port orders by state.", registry_)) {
  ledger_append_seconds_ =
      &BuildHistogram()
           .Name("dialtone_ledger_append_seconds")
           .Help("From handing an entry to the ledger to hearing what became of it.")
           .Register(registry_)
           .Add({}, Seconds());
  loop_queued_ = &BuildGauge()
                      .Name("dialtone_commands_queued")
                      .Help("Commands that wait to be decided.")
                      .Register(registry_)
                      .Add({});
  loop_waiting_ = &BuildGauge()
                       .Name("dialtone_commands_waiting")
                       .Help("Callers that wait for an answer to become valid.")
                       .Register(registry_)
                       .Add({});
  auto& forwarded = Named(BuildCounter(), "dialtone_forwarded_commands_total",
                          "Commands that were sent on to the owner of their partition, by what "
                          "came of it: answered, refused, late, lost.",
                          registry_);
  for (std::size_t result = 0; result < kForwardedNames.size(); ++result)
    forwarded_[result] = &forwarded.Add({{"result", kForwardedNames.at(result)}});
}

const Metrics::Kafka& Metrics::kafka() {
  const std::lock_guard lock(kafka_mutex_);
  if (kafka_) return *kafka_;
  kafka_.emplace(
      Kafka{Lone("dialtone_kafka_round_trip_seconds",
                 "Of requests to the slowest broker, p99, as of the last 5 s."),
            Lone("dialtone_kafka_brokers_up",
                 "Brokers that this server is connected to, as of the last 5 s."),
            Lone("dialtone_kafka_appends_waiting", "Records without a report, as of the last 5 s."),
            LoneCounter("dialtone_kafka_requests_timed_out_total",
                        "Requests to brokers without an answer in time; told every 5 s."),
            LoneCounter("dialtone_kafka_requests_sent_again_total",
                        "Requests to brokers that were sent again; told every 5 s."),
            LoneCounter("dialtone_kafka_places_doubted_total",
                        "Records stored at a place that can be none."),
            LoneCounter("dialtone_kafka_producers_replaced_total",
                        "Producers given up after a fatal error."),
            Lone("dialtone_kafka_partitions_followed",
                 "Partitions that this server fetches, and does not append to without a break."),
            Lone("dialtone_kafka_partitions_read_back",
                 "Partitions whose older records this server fetches.")});
  return *kafka_;
}

const Metrics::Events& Metrics::events() {
  const std::lock_guard lock(kafka_mutex_);
  if (events_) return *events_;
  events_.emplace(Events{
      LoneCounter("dialtone_events_published_total",
                  "Events of the public feed that the brokers have from this node."),
      LoneCounter("dialtone_events_interrupted_total",
                  "Times that publishing began anew after a failure."),
      Lone("dialtone_events_lag_entries", "Entries of owned partitions that wait for the feed.")});
  return *events_;
}

prometheus::Gauge& Metrics::Lone(const char* name, const char* help) {
  return BuildGauge().Name(name).Help(help).Register(registry_).Add({});
}

prometheus::Counter& Metrics::LoneCounter(const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry_).Add({});
}

std::unique_ptr<MethodMetrics> Metrics::ForMethod(const std::string& service,
                                                  const std::string& method, MethodKind kind,
                                                  MethodUse use) {
  auto metrics = std::make_unique<MethodMetrics>();
  prometheus::Labels labels = {{"grpc_service", service},
                               {"grpc_method", method},
                               {"grpc_type", kKindNames.at(static_cast<std::size_t>(kind))}};
  metrics->started_ = &started_.Add(labels);
  metrics->handling_seconds_ = &handling_seconds_.Add(labels, Seconds());
  for (std::size_t code = 0; code < kCodeNames.size(); ++code) {
    labels["grpc_code"] = kCodeNames.at(code);
    metrics->handled_[code] = &handled_.Add(labels);
  }
  if (use == MethodUse::kQuestion) return metrics;
  metrics->command_seconds_ = &command_seconds_.Add({{"command", method}}, Seconds());
  for (std::size_t code = 0; code < kCodeNames.size(); ++code)
    metrics->outcomes_[code] = &commands_.Add({{"command", method}, {"outcome", OutcomeOf(code)}});
  return metrics;
}

void Metrics::Refused(const std::string& reason) {
  refusals_.Add({{"reason", reason}}).Increment();
  if (credit_reasons_.contains(reason)) credit_refusals_.Add({{"reason", reason}}).Increment();
}

void Metrics::SetCreditReasons(std::set<std::string> reasons) {
  credit_reasons_ = std::move(reasons);
  for (const std::string& reason : credit_reasons_) credit_refusals_.Add({{"reason", reason}});
}

prometheus::Gauge& Metrics::ledger_position(std::uint32_t partition) {
  return ledger_position_.Add({{"partition", std::to_string(partition)}});
}

prometheus::Counter& Metrics::ledger_void_records(const std::string& reason) {
  return ledger_void_records_.Add({{"reason", reason}});
}

prometheus::Gauge& Metrics::partitions(const std::string& role) {
  return partitions_.Add({{"role", role}});
}

prometheus::Gauge& Metrics::inbox_lag_entries(std::uint32_t partition) {
  return inbox_lag_entries_.Add({{"partition", std::to_string(partition)}});
}

prometheus::Gauge& Metrics::numbers(const std::string& state, const std::string& type) {
  return numbers_.Add({{"state", state}, {"type", type}});
}

prometheus::Gauge& Metrics::port_orders(const std::string& state) {
  return port_orders_.Add({{"state", state}});
}

prometheus::Gauge& Metrics::projection_lag_seconds(const std::string& projection) {
  return projection_lag_seconds_.Add({{"projection", projection}});
}

prometheus::Gauge& Metrics::projection_position(const std::string& projection,
                                                std::uint32_t partition) {
  return projection_position_.Add(
      {{"projection", projection}, {"partition", std::to_string(partition)}});
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace dialtone::telemetry
