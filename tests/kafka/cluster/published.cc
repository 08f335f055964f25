#include "tests/kafka/cluster/published.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "controlplane/edge/events/publisher.h"
#include "controlplane/engine/ledger/filter.h"
#include "controlplane/engine/ledger/kafka_ledger.h"
#include "controlplane/kernel/check.h"
#include "tests/support/event_follower.h"

namespace dialtone::testing {

namespace {

using engine::Filter;
using events::PublishedEvent;
using Events = std::vector<PublishedEvent>;

void Add(const ledger::v1::Entry& entry, std::uint32_t partition, Events& events) {
  auto batch = std::make_shared<ledger::v1::Batch>();
  DIALTONE_CHECK(batch->ParseFromString(entry.batch()), "a batch");
  const Moment at{{partition, entry.index()}, Timestamp::Micros(entry.time_micros())};
  for (events::CloudEvent& event : events::CloudEventsOf({at, std::move(batch), false, 0}, "")) {
    events.push_back(
        {events::IdOf(partition, event.place), std::move(event.key), std::move(event.data)});
  }
}

// Read from the log's beginning, without anything that a node keeps.
Events EventsOf(engine::Ledger& ledger, std::uint32_t partition, std::uint32_t count) {
  Filter filter({partition, count, std::nullopt, 0});
  Events events;
  for (engine::Offset at = 0; at < ledger.End();) {
    const auto read = ledger.Read(at, 1 << 20, Duration::Seconds(60));
    DIALTONE_CHECK(read.next > at, "the ledger cannot be read");
    for (const engine::StoredRecord& stored : read.records) {
      const engine::Taken taken = filter.Take(stored.bytes);
      if (const auto* entry = std::get_if<ledger::v1::Entry>(&taken))
        Add(*entry, partition, events);
    }
    at = read.next;
  }
  return events;
}

}  // namespace

void ExpectAllPublished(const engine::KafkaOptions& ledger) {
  std::random_device device;
  const auto store = engine::KafkaLedgerStore::Open(
      ledger, [&] { return std::uniform_int_distribution<std::uint64_t>()(device); });
  ASSERT_TRUE(store) << ToText(store.error());
  std::size_t wanted = 0;
  std::size_t found = 0;
  for (std::uint32_t partition = 0; partition < ledger.partition_count; ++partition) {
    const Events all = EventsOf((*store)->partition(partition), partition, ledger.partition_count);
    if (all.empty()) continue;
    events::EventFollower follower(events::EventOptionsOf(ledger), partition);
    const Events published = follower.Until(all.back().id);
    EXPECT_TRUE(events::EventFollower::Once(published, partition) == all)
        << "partition " << partition;
    wanted += all.size();
    found += published.size();
  }
  std::printf("%zu events, published %zu times\n", wanted, found);
}

}  // namespace dialtone::testing
