#include "controlplane/edge/events/cloud_event.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/time_util.h>

#include <charconv>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/digest.h"
#include "dialtone/ledger/v1/event.pb.h"

namespace dialtone::events {

namespace {

// The one that is set, of a message that is nothing but a oneof.
const google::protobuf::Message& OnlyField(const google::protobuf::Message& message) {
  std::vector<const google::protobuf::FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  DIALTONE_CHECK(set.size() == 1, "an event with " + std::to_string(set.size()) + " contents");
  return message.GetReflection()->GetMessage(message, set.front());
}

// As its slice defines it, without what the ledger puts around it.
const google::protobuf::Message& ContentOf(const ledger::v1::Event& event) {
  return OnlyField(OnlyField(event));
}

// What all events of an outcome share.
std::vector<std::pair<std::string, std::string>> Shared(const ledger::v1::Outcome& outcome,
                                                        Timestamp at, const std::string& source) {
  std::vector<std::pair<std::string, std::string>> headers = {
      {"content-type", "application/protobuf"},
      {"ce_specversion", "1.0"},
      {kSourceHeader, source},
      {"ce_subject", outcome.aggregate()},
      {"ce_partitionkey", outcome.aggregate()},
      {"ce_time", google::protobuf::util::TimeUtil::ToString(ToProto(at))}};
  if (outcome.has_request()) headers.emplace_back("ce_requestid", ToHex(outcome.request().id()));
  return headers;
}

}  // namespace

std::string IdOf(std::uint32_t partition, EventPlace place) {
  return std::to_string(partition) + "/" + std::to_string(place.index) + "/" +
         std::to_string(place.ordinal);
}

std::optional<EventPlace> PlaceOf(std::string_view id, std::uint32_t partition) {
  const std::string before = std::to_string(partition) + "/";
  if (id.substr(0, before.size()) != before) return std::nullopt;
  const char* const end = id.data() + id.size();
  EventPlace place;
  const auto index = std::from_chars(id.data() + before.size(), end, place.index);
  if (index.ec != std::errc() || index.ptr == end || *index.ptr != '/') return std::nullopt;
  const auto ordinal = std::from_chars(index.ptr + 1, end, place.ordinal);
  if (ordinal.ec != std::errc() || ordinal.ptr != end) return std::nullopt;
  return place;
}

std::string SourceOf(std::string_view cluster_id) {
  return "//dialtone/clusters/" + ToHex(cluster_id);
}

std::vector<CloudEvent> CloudEventsOf(const engine::FeedEntry& entry, const std::string& source) {
  std::vector<CloudEvent> events;
  EventPlace place{entry.at.position.index, 0};
  for (const ledger::v1::Outcome& outcome : entry.batch->outcomes()) {
    if (outcome.events().empty()) continue;
    const auto shared = Shared(outcome, entry.at.time, source);
    for (const ledger::v1::Event& event : outcome.events()) {
      const google::protobuf::Message& content = ContentOf(event);
      CloudEvent& added = events.emplace_back();
      added.place = place;
      added.key = outcome.aggregate();
      added.headers = shared;
      added.headers.emplace_back(kIdHeader, IdOf(entry.at.position.partition, place));
      added.headers.emplace_back("ce_type", content.GetDescriptor()->full_name());
      added.data = content.SerializeAsString();
      ++place.ordinal;
    }
  }
  return events;
}

}  // namespace dialtone::events
