#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/kernel/check.h"
#include "tests/benchmark/kafka_sides.h"

namespace dialtone::benchmark {

namespace {

constexpr int kReportMillisMax = 10'000;

// One thread that produces, and hears.
class Bare {
 public:
  Bare(const engine::KafkaOptions& options, const TakenRecords& taken, AppendMeter& meter)
      : replay_(taken),
        meter_(meter),
        client_(*engine::OpenKafka(options, engine::KafkaRole::kAppend)),
        events_(rd_kafka_queue_get_main(client_.handle.get())) {
    DIALTONE_CHECK(engine::AskMetadata(client_, Duration::Seconds(10)), "no metadata");
  }

  void Run() {
    meter_.Begin();
    for (std::uint32_t slot = 0; slot < replay_.slots(); ++slot) Produce(slot);
    while (in_flight_ > 0 && meter_.failed() == 0) {
      const engine::KafkaEvent event(rd_kafka_queue_poll(events_.get(), kReportMillisMax));
      if (!event) return meter_.Failed();
      if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR) TakeReports(*event);
    }
    meter_.Close();
  }

 private:
  void Produce(std::uint32_t slot) {
    const TakenRecord& record = replay_.Next(slot);
    // librdkafka takes a copy, and does not change what it copies.
    void* const bytes = const_cast<char*>(record.bytes.data());
    const int refused = rd_kafka_produce(
        client_.topic.get(), static_cast<std::int32_t>(record.partition), RD_KAFKA_MSG_F_COPY,
        bytes, record.bytes.size(), nullptr, 0, reinterpret_cast<void*>(std::uintptr_t{slot}));
    if (refused != 0) return meter_.Failed();
    ++in_flight_;
  }

  void TakeReports(rd_kafka_event_t& event) {
    const auto now = Clock::now();
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(&event)) {
      const auto slot =
          static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(message->_private));
      const TakenRecord& record = replay_.OnItsWay(slot);
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) meter_.Failed();
      meter_.Record(record.bytes.size(), in_flight_, now);
      meter_.Events(record.events, now);
      --in_flight_;
      if (!meter_.IsOver(now)) Produce(slot);
    }
  }

  Replay replay_;
  AppendMeter& meter_;
  const engine::KafkaClient client_;
  const engine::KafkaQueue events_;
  std::uint32_t in_flight_ = 0;
};

}  // namespace

void RunBare(const engine::KafkaOptions& options, const TakenRecords& taken, AppendMeter& meter) {
  Bare(options, taken, meter).Run();
}

}  // namespace dialtone::benchmark
