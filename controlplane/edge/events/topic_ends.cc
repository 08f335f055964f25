#include "controlplane/edge/events/topic_ends.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace dialtone::events {

using engine::KafkaMessage;
using engine::LedgerExpected;

namespace {

// Mostly the last record is the last event. A stray or a transaction's marker may stand behind it;
// many do if somebody else writes there. After the last of these the whole partition is read.
constexpr std::array<std::int64_t, 4> kTails = {1, 16, 256, 4'096};
constexpr int kTakenAtOnce = 1'000;  // records; then whoever asks does something else first
constexpr std::string_view kAnyLedger = "//dialtone/clusters/";

std::string_view HeaderOf(const rd_kafka_headers_t& headers, const char* name) {
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_header_get_last(&headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return {};
  return {static_cast<const char*>(value), size};
}

// So many records before the end are more than the topic still has.
bool IsBeforeTheBeginning(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
         error == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

tl::unexpected<EndTrouble> Passing(std::string text) {
  return tl::unexpected(EndTrouble{EndFault::kPassing, std::move(text)});
}

}  // namespace

TopicEnds::TopicEnds(std::string source, engine::KafkaClient client)
    : source_(std::move(source)),
      client_(std::move(client)),
      queue_(rd_kafka_queue_new(client_.handle.get())) {}

LedgerExpected<std::unique_ptr<TopicEnds>> TopicEnds::Open(const engine::KafkaOptions& options,
                                                           std::string source) {
  auto client = engine::OpenKafka(options, engine::KafkaRole::kHistory);
  if (!client) return tl::unexpected(client.error());
  return std::unique_ptr<TopicEnds>(new TopicEnds(std::move(source), std::move(*client)));
}

TopicEnds::~TopicEnds() {
  for (const auto& [partition, search] : searches_) Stop(partition);
}

void TopicEnds::Ask(std::uint32_t partition) { Start(partition, 0); }

void TopicEnds::Forget(std::uint32_t partition) {
  if (searches_.erase(partition) > 0) Stop(partition);
  const auto is_its = [&](const EndAnswer& one) { return one.partition == partition; };
  answers_.erase(std::remove_if(answers_.begin(), answers_.end(), is_its), answers_.end());
}

void TopicEnds::Start(std::uint32_t partition, std::size_t step) {
  Search& search = searches_[partition];
  search = Search();
  search.step = step;
  const std::int64_t from =
      step < kTails.size() ? RD_KAFKA_OFFSET_TAIL(kTails.at(step)) : RD_KAFKA_OFFSET_BEGINNING;
  if (rd_kafka_consume_start_queue(client_.topic.get(), static_cast<std::int32_t>(partition), from,
                                   queue_.get()) == 0)
    return;
  searches_.erase(partition);
  answers_.push_back({partition, Passing(rd_kafka_err2str(rd_kafka_last_error())), 0});
}

// What it has read already is not heard of again.
void TopicEnds::Stop(std::uint32_t partition) {
  rd_kafka_consume_stop(client_.topic.get(), static_cast<std::int32_t>(partition));
}

void TopicEnds::Settle(std::uint32_t partition,
                       tl::expected<std::optional<EventPlace>, EndTrouble> last) {
  const std::uint64_t strays = searches_[partition].strays;
  Forget(partition);
  answers_.push_back({partition, std::move(last), strays});
}

std::optional<EndAnswer> TopicEnds::Next() {
  for (int taken = 0; answers_.empty() && taken < kTakenAtOnce; ++taken) {
    const KafkaMessage message(rd_kafka_consume_queue(queue_.get(), 0));
    if (!message) break;
    Take(*message);
  }
  if (answers_.empty()) return std::nullopt;
  EndAnswer answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

void TopicEnds::Take(const rd_kafka_message_t& message) {
  const auto partition = static_cast<std::uint32_t>(message.partition);
  const auto found = searches_.find(partition);
  if (found == searches_.end()) return;
  Search& search = found->second;
  const bool is_whole = search.step == kTails.size();
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
    return TakeEnd(partition, search, message.offset);
  if (IsBeforeTheBeginning(message.err) && !is_whole) {
    Stop(partition);
    return Start(partition, kTails.size());
  }
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return Settle(partition, Passing(rd_kafka_message_errstr(&message)));
  TakeRecord(message, search);
  // All that was there when it was asked is read; others may go on writing.
  if (search.last && !is_whole && message.offset + 1 >= *search.first + kTails.at(search.step))
    Settle(partition, search.last);
}

void TopicEnds::TakeRecord(const rd_kafka_message_t& message, Search& search) const {
  if (!search.first) search.first = message.offset;
  rd_kafka_headers_t* headers = nullptr;
  std::string_view source;
  std::optional<EventPlace> place;
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    source = HeaderOf(*headers, kSourceHeader);
    place = PlaceOf(HeaderOf(*headers, kIdHeader), static_cast<std::uint32_t>(message.partition));
  }
  if (source == source_ && place) {
    search.last = place;
    search.strays = 0;
    return;
  }
  ++search.strays;
  if (source != source_ && source.substr(0, kAnyLedger.size()) == kAnyLedger)
    search.has_foreign = true;
}

void TopicEnds::TakeEnd(std::uint32_t partition, const Search& search, std::int64_t end) {
  const bool is_whole = search.step == kTails.size() || end == 0 || search.first == 0;
  if (search.last) return Settle(partition, search.last);
  if (!is_whole) {
    const std::size_t next = search.step + 1;
    Stop(partition);
    return Start(partition, next);
  }
  if (!search.has_foreign) return Settle(partition, std::nullopt);
  Settle(partition,
         tl::unexpected(EndTrouble{
             EndFault::kForeign,
             "it has events of another ledger, and none of this one, so nothing is published "
             "there: delete that topic, or start with --events off"}));
}

}  // namespace dialtone::events
