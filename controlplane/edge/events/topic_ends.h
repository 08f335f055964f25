// Asks the feed's topic how far its publishers came: of each partition the last event of this
// ledger, whatever stands behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "controlplane/edge/events/cloud_event.h"
#include "controlplane/engine/ledger/kafka_client.h"

namespace dialtone::events {

enum class EndFault : std::uint8_t {
  kPassing,  // to be asked again
  kForeign,  // there are events of another ledger, and none of this one
};

struct EndTrouble {
  EndFault fault = EndFault::kPassing;
  std::string text;
};

struct EndAnswer {
  std::uint32_t partition = 0;
  tl::expected<std::optional<EventPlace>, EndTrouble> last;  // none: there is no event
  std::uint64_t strays = 0;  // records behind that event which are no events of this ledger
};

// One thread. Any number of partitions are asked at once, and nobody waits for their answers.
class TopicEnds {
 public:
  // `source`: that of this ledger's events.
  static engine::LedgerExpected<std::unique_ptr<TopicEnds>> Open(
      const engine::KafkaOptions& options, std::string source);
  ~TopicEnds();
  TopicEnds(const TopicEnds&) = delete;
  TopicEnds& operator=(const TopicEnds&) = delete;

  // REQUIRES: it is not asked already.
  void Ask(std::uint32_t partition);
  // No answer is wanted any more.
  void Forget(std::uint32_t partition);
  // An answer that has come.
  std::optional<EndAnswer> Next();

 private:
  // From so many records before the end, later from further back.
  struct Search {
    std::size_t step = 0;
    std::optional<std::int64_t> first;  // offset of the first record that was read
    std::optional<EventPlace> last;
    std::uint64_t strays = 0;
    bool has_foreign = false;
  };

  TopicEnds(std::string source, engine::KafkaClient client);
  void Start(std::uint32_t partition, std::size_t step);
  void Stop(std::uint32_t partition);
  void Take(const rd_kafka_message_t& message);
  void TakeRecord(const rd_kafka_message_t& message, Search& search) const;
  void TakeEnd(std::uint32_t partition, const Search& search, std::int64_t end);
  void Settle(std::uint32_t partition, tl::expected<std::optional<EventPlace>, EndTrouble> last);

  const std::string source_;
  const engine::KafkaClient client_;
  const engine::KafkaQueue queue_;
  std::map<std::uint32_t, Search> searches_;
  std::deque<EndAnswer> answers_;
};

}  // namespace dialtone::events
