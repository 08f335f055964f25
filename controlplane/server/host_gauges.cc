// What /metrics shows of the host as of now.
#include <absl/strings/ascii.h>

#include <algorithm>
#include <array>

#include "controlplane/server/host.h"
#include "controlplane/server/in_loop.h"
#include "projections/inventory/porting_queries.h"
#include "projections/stock/stock_queries.h"

namespace dialtone::server {

namespace {

using engine::VoidReason;

// By partition: entries of the others that it has not noted as taken in.
std::vector<std::uint64_t> InboxLags(const engine::Node& node) {
  std::vector<std::uint64_t> lags(node.partition_count());
  for (std::uint32_t i = 0; i < node.partition_count(); ++i) {
    for (std::uint32_t source = 0; source < node.partition_count(); ++source) {
      const std::uint64_t head = node.partition(source).filter().index();
      const std::uint64_t taken = node.partition(i).fold().inbox().At(source).index;
      if (source != i && head > taken) lags[i] += head - taken;
    }
  }
  return lags;
}

using VoidCounts = std::array<std::uint64_t, engine::kVoidReasons>;

VoidCounts VoidRecords(const engine::Node& node) {
  VoidCounts counts{};
  for (std::uint32_t i = 0; i < node.partition_count(); ++i) {
    for (std::size_t reason = 0; reason < counts.size(); ++reason)
      counts[reason] += node.partition(i).filter().void_count(static_cast<VoidReason>(reason));
  }
  return counts;
}

// ROLE_OWNER is "owner".
std::string LabelOf(admin::v1::Partition::Role role) {
  constexpr std::string_view kPrefix = "ROLE_";
  return absl::AsciiStrToLower(admin::v1::Partition::Role_Name(role).substr(kPrefix.size()));
}

// To what another part has counted so far.
void Raise(prometheus::Counter& counter, std::uint64_t total) {
  const double more = static_cast<double>(total) - counter.Value();
  if (more > 0) counter.Increment(more);
}

}  // namespace

void Host::Refresh() {
  const std::lock_guard lock(refresh_mutex_);
  RefreshPartitions();
  if (IsOnKafka()) RefreshKafka();
  if (publisher_ != nullptr) RefreshEvents();
  RefreshViews();
}

void Host::RefreshPartitions() {
  using admin::v1::Partition;
  double queued = 0;
  double waiting = 0;
  std::array<int, Partition::Role_ARRAYSIZE> roles{};
  for (const Partition& partition : Partitions()) {
    queued += static_cast<double>(partition.queued());
    waiting += static_cast<double>(partition.waiting());
    ++roles.at(static_cast<std::size_t>(partition.role()));
    metrics_.ledger_position(partition.partition()).Set(static_cast<double>(partition.position()));
  }
  metrics_.loop_queued().Set(queued);
  metrics_.loop_waiting().Set(waiting);
  for (int role = Partition::Role_MIN + 1; role <= Partition::Role_MAX; ++role)
    metrics_.partitions(LabelOf(static_cast<Partition::Role>(role)))
        .Set(roles.at(static_cast<std::size_t>(role)));
  RefreshLedger();
}

void Host::RefreshLedger() {
  const auto voids = InLoop(*loop_, [](const engine::Node& node) { return VoidRecords(node); });
  for (std::size_t i = 0; i < voids.size(); ++i)
    Raise(metrics_.ledger_void_records(std::string(ToText(static_cast<VoidReason>(i)))), voids[i]);
  const auto lags = InLoop(*loop_, [](const engine::Node& node) { return InboxLags(node); });
  for (std::uint32_t i = 0; i < lags.size(); ++i)
    metrics_.inbox_lag_entries(i).Set(static_cast<double>(lags[i]));
}

void Host::RefreshKafka() {
  const engine::KafkaStats stats = storage_.ledger.kafka->stats();
  Duration slowest;
  double up = 0;
  for (const engine::KafkaBrokerStats& broker : stats.brokers) {
    slowest = std::max(slowest, broker.round_trip_p99);
    up += broker.state == "UP" ? 1 : 0;
  }
  const telemetry::Metrics::Kafka& kafka = metrics_.kafka();
  kafka.round_trip_seconds.Set(static_cast<double>(slowest.micros()) / 1e6);
  kafka.brokers_up.Set(up);
  kafka.appends_waiting.Set(static_cast<double>(stats.messages_waiting));
  Raise(kafka.requests_timed_out, stats.requests_timed_out);
  Raise(kafka.requests_sent_again, stats.requests_sent_again);
  Raise(kafka.places_doubted, stats.places_doubted);
  Raise(kafka.producers_replaced, stats.producers_replaced);
  kafka.partitions_followed.Set(stats.partitions_followed);
  kafka.partitions_read_back.Set(stats.partitions_read_back);
}

void Host::RefreshEvents() {
  const events::PublisherStats stats = publisher_->stats();
  const telemetry::Metrics::Events& events = metrics_.events();
  Raise(events.published, stats.published);
  Raise(events.interrupted, stats.interrupted);
  events.lag_entries.Set(static_cast<double>(stats.behind));
}

void Host::RefreshViews() {
  for (const auto& [type, totals] :
       projections::NumbersByType(views_->Of("stock")->TakeSnapshot(), clock_.Now())) {
    const std::string& name = inventory::v1::NumberType_Name(type);
    metrics_.numbers("FREE", name).Set(static_cast<double>(totals.free));
    metrics_.numbers("RESTING", name).Set(static_cast<double>(totals.resting));
    metrics_.numbers("HELD", name).Set(static_cast<double>(totals.held));
  }
  for (const auto& [state, orders] :
       projections::PortOrdersByState(views_->Of("inventory")->TakeSnapshot()))
    metrics_.port_orders(porting::v1::PortOrder::State_Name(state))
        .Set(static_cast<double>(orders));
  for (const auto& view : views_->all()) {
    const projections::ViewStatus status = view->Status();
    const std::string name(view->name());
    metrics_.projection_lag_seconds(name).Set(static_cast<double>(status.lag.micros()) / 1e6);
    for (std::size_t i = 0; i < status.positions.size(); ++i) {
      metrics_.projection_position(name, static_cast<std::uint32_t>(i))
          .Set(static_cast<double>(status.positions[i]));
    }
  }
}

}  // namespace dialtone::server
