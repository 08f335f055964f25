// What the ledger's events look like to others: CloudEvents 1.0 in binary mode, one of each event.
// README.md has the attributes.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/engine/runtime/feed.h"

namespace dialtone::events {

// Which event of its partition: of this entry, so many events into it.
struct EventPlace {
  std::uint64_t index = 0;
  std::uint32_t ordinal = 0;
  friend constexpr auto operator<=>(const EventPlace&, const EventPlace&) = default;
};

// The id of an event, the same whoever publishes it and whenever: `partition/index/ordinal`.
std::string IdOf(std::uint32_t partition, EventPlace place);
// None if it is no id of this partition.
std::optional<EventPlace> PlaceOf(std::string_view id, std::uint32_t partition);

inline constexpr char kIdHeader[] = "ce_id";
inline constexpr char kSourceHeader[] = "ce_source";

struct CloudEvent {
  EventPlace place;
  std::string key;  // the aggregate's name
  std::vector<std::pair<std::string, std::string>> headers;
  std::string data;  // the event's message, as `ce_type` names it
};

// The events of an entry, in order. `source` is the cluster's, see SourceOf.
std::vector<CloudEvent> CloudEventsOf(const engine::FeedEntry& entry, const std::string& source);

// `//dialtone/clusters/<32 hexadecimal digits>`. `cluster_id`: 16 bytes.
std::string SourceOf(std::string_view cluster_id);

}  // namespace dialtone::events
