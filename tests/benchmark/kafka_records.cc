#include "tests/benchmark/kafka_records.h"

#include <algorithm>
#include <fstream>
#include <map>

#include "controlplane/engine/ledger/record.h"
#include "controlplane/kernel/check.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone::benchmark {

namespace {

void Write(std::ofstream& out, std::uint32_t number) {
  out.write(reinterpret_cast<const char*>(&number), sizeof(number));
}

std::uint32_t ReadNumber(std::ifstream& in) {
  std::uint32_t number = 0;
  in.read(reinterpret_cast<char*>(&number), sizeof(number));
  return number;
}

}  // namespace

Replay::Replay(const TakenRecords& taken) : on_their_way_(taken.in_flight, nullptr) {
  std::map<std::uint32_t, std::size_t> lane_of;  // by partition
  for (const TakenRecord& record : taken.records)
    lane_of.emplace(record.partition, lane_of.size() % taken.in_flight);
  lanes_.resize(std::min<std::size_t>(taken.in_flight, lane_of.size()));
  for (const TakenRecord& record : taken.records)
    lanes_[lane_of[record.partition]].records.push_back(&record);
}

const TakenRecord& Replay::Next(std::uint32_t slot) {
  Lane& lane = lanes_[slot % lanes_.size()];
  on_their_way_[slot] = lane.records[lane.next];
  lane.next = (lane.next + 1) % lane.records.size();
  return *on_their_way_[slot];
}

std::uint32_t EventsIn(const std::string& record) {
  const auto parsed = engine::ParseRecord(record);
  ledger::v1::Batch batch;
  if (!parsed || !batch.ParseFromString(parsed->entry().batch())) return 0;
  int events = 0;
  for (const ledger::v1::Outcome& outcome : batch.outcomes()) events += outcome.events_size();
  return static_cast<std::uint32_t>(events);
}

void Save(const TakenRecords& taken, const std::string& file) {
  std::ofstream out(file, std::ios::binary);
  Write(out, taken.in_flight);
  Write(out, static_cast<std::uint32_t>(taken.records.size()));
  for (const TakenRecord& record : taken.records) {
    Write(out, record.partition);
    Write(out, record.events);
    Write(out, static_cast<std::uint32_t>(record.bytes.size()));
    out.write(record.bytes.data(), static_cast<std::streamsize>(record.bytes.size()));
  }
  out.close();
  DIALTONE_CHECK(!out.fail(), "cannot write " + file);
}

TakenRecords LoadRecords(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  TakenRecords taken;
  taken.in_flight = ReadNumber(in);
  taken.records.resize(in ? ReadNumber(in) : 0);
  for (TakenRecord& record : taken.records) {
    record.partition = ReadNumber(in);
    record.events = ReadNumber(in);
    record.bytes.resize(ReadNumber(in));
    in.read(record.bytes.data(), static_cast<std::streamsize>(record.bytes.size()));
  }
  DIALTONE_CHECK(in && !taken.records.empty(), "no records in " + file);
  return taken;
}

}  // namespace dialtone::benchmark
