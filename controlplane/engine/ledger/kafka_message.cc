#include "controlplane/engine/ledger/kafka_message.h"

namespace dialtone::engine {

StoredRecord RecordOf(const rd_kafka_message_t& message) {
  const char* const bytes = static_cast<const char*>(message.payload);
  return {static_cast<Offset>(message.offset),
          bytes == nullptr ? std::string() : std::string(bytes, message.len)};
}

bool IsGone(const rd_kafka_message_t& message) {
  return message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
         message.err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

void NoteDenial(const KafkaOptions& options, KafkaEnds& ends, std::uint32_t partition,
                const std::string& denial) {
  if (ends.NoteDenial(partition, denial))
    options.tell("a broker is asked again about partition " + std::to_string(partition) + ": " +
                 denial);
}

void NoteGone(const KafkaOptions& options, KafkaEnds& ends, std::uint32_t partition,
              Offset offset) {
  NoteDenial(options, ends, partition,
             "the log has no offset " + std::to_string(offset) +
                 " any more, though it was known to reach there: it was cut off, or made again");
}

std::string CannotRead(const KafkaOptions& options, std::uint32_t partition) {
  return "cannot read topic " + options.topic + ", partition " + std::to_string(partition) + ": " +
         rd_kafka_err2str(rd_kafka_last_error());
}

}  // namespace dialtone::engine
