// Reads a partition of the public feed from its beginning, as others do.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/edge/events/cloud_event.h"
#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/kernel/check.h"

namespace dialtone::events {

struct PublishedEvent {
  std::string id;
  std::string key;
  std::string data;
  friend bool operator==(const PublishedEvent&, const PublishedEvent&) = default;
};

class EventFollower {
 public:
  EventFollower(const engine::KafkaOptions& options, std::uint32_t partition)
      : client_(*engine::OpenKafka(options, engine::KafkaRole::kFollow)),
        queue_(rd_kafka_queue_new(client_.handle.get())),
        partition_(partition) {
    const int started = rd_kafka_consume_start_queue(
        client_.topic.get(), static_cast<std::int32_t>(partition), 0, queue_.get());
    DIALTONE_CHECK(started == 0, "the topic cannot be followed");
  }
  ~EventFollower() {
    rd_kafka_consume_stop(client_.topic.get(), static_cast<std::int32_t>(partition_));
  }
  EventFollower(const EventFollower&) = delete;
  EventFollower& operator=(const EventFollower&) = delete;

  // What comes, up to the event of this id.
  std::vector<PublishedEvent> Until(const std::string& last) {
    std::vector<PublishedEvent> events;
    while (events.empty() || events.back().id != last) {
      if (auto event = Next()) events.push_back(std::move(*event));
    }
    return events;
  }

  // What a consumer makes of them: each that is beyond all before.
  static std::vector<PublishedEvent> Once(const std::vector<PublishedEvent>& events,
                                          std::uint32_t partition) {
    std::vector<PublishedEvent> once;
    EventPlace newest;
    for (const PublishedEvent& event : events) {
      const auto place = PlaceOf(event.id, partition);
      DIALTONE_CHECK(place.has_value(), event.id);
      if (*place <= newest) continue;
      newest = *place;
      once.push_back(event);
    }
    return once;
  }

 private:
  // None: the end, as yet, or no event.
  std::optional<PublishedEvent> Next() {
    const engine::KafkaMessage message(rd_kafka_consume_queue(queue_.get(), 60'000));
    DIALTONE_CHECK(message != nullptr, "nothing comes");
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
    rd_kafka_headers_t* headers = nullptr;
    const void* id = nullptr;
    std::size_t size = 0;
    const bool has_id = rd_kafka_message_headers(message.get(), &headers) == 0 &&
                        rd_kafka_header_get_last(headers, kIdHeader, &id, &size) == 0;
    if (!has_id) return std::nullopt;
    return PublishedEvent{{static_cast<const char*>(id), size},
                          {static_cast<const char*>(message->key), message->key_len},
                          {static_cast<const char*>(message->payload), message->len}};
  }

  const engine::KafkaClient client_;
  const engine::KafkaQueue queue_;
  const std::uint32_t partition_;
};

}  // namespace dialtone::events
