// What /metrics shows of the host as of now.
#include <algorithm>

#include "controlplane/server/host.h"
#include "controlplane/server/in_loop.h"
#include "projections/inventory/porting_queries.h"
#include "projections/stock/stock_queries.h"

namespace dialtone::server {

namespace {

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

}  // namespace

void Host::Refresh() {
  double queued = 0;
  double waiting = 0;
  for (const auto& partition : Partitions()) {
    queued += static_cast<double>(partition.queued());
    waiting += static_cast<double>(partition.waiting());
    metrics_.ledger_position(partition.partition()).Set(static_cast<double>(partition.position()));
  }
  metrics_.loop_queued().Set(queued);
  metrics_.loop_waiting().Set(waiting);
  const auto lags = InLoop(*loop_, [](const engine::Node& node) { return InboxLags(node); });
  for (std::uint32_t i = 0; i < lags.size(); ++i)
    metrics_.inbox_lag_entries(i).Set(static_cast<double>(lags[i]));
  if (IsOnKafka()) RefreshKafka();
  if (publisher_ != nullptr) RefreshEvents();
  RefreshViews();
}

void Host::RefreshKafka() {
  const engine::KafkaStats stats = storage_.ledger.kafka->stats();
  Duration slowest;
  double up = 0;
  for (const engine::KafkaBrokerStats& broker : stats.brokers) {
    slowest = std::max(slowest, broker.round_trip_p99);
    up += broker.state == "UP" ? 1 : 0;
  }
  const telemetry::Metrics::Kafka& gauges = metrics_.kafka();
  gauges.round_trip_seconds.Set(static_cast<double>(slowest.micros()) / 1e6);
  gauges.brokers_up.Set(up);
  gauges.appends_waiting.Set(static_cast<double>(stats.messages_waiting));
  gauges.places_doubted.Set(static_cast<double>(stats.places_doubted));
  gauges.producers_replaced.Set(static_cast<double>(stats.producers_replaced));
}

void Host::RefreshEvents() {
  const events::PublisherStats stats = publisher_->stats();
  const telemetry::Metrics::Events& gauges = metrics_.events();
  gauges.published.Set(static_cast<double>(stats.published));
  gauges.interrupted.Set(static_cast<double>(stats.interrupted));
  gauges.lag_entries.Set(static_cast<double>(stats.behind));
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
