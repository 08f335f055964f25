// Records of a ledger as the engine made them, kept in a file so that another program can produce
// the very same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dialtone::benchmark {

struct TakenRecord {
  std::uint32_t partition = 0;
  std::uint32_t events = 0;
  std::string bytes;
};

struct TakenRecords {
  std::uint32_t in_flight = 1;  // how many were on their way, in the mean
  std::vector<TakenRecord> records;
};

// Gives records again and again, to as many slots as there were on their way: each slot has one on
// its way at a time. A partition belongs to few slots, so that its records are spread over time as
// an engine spreads them, and do not gather, with whoever is quicker, in one request to the broker.
class Replay {
 public:
  // `taken` outlives it.
  explicit Replay(const TakenRecords& taken);

  std::uint32_t slots() const { return static_cast<std::uint32_t>(on_their_way_.size()); }
  const TakenRecord& Next(std::uint32_t slot);
  const TakenRecord& OnItsWay(std::uint32_t slot) const { return *on_their_way_[slot]; }

 private:
  struct Lane {
    std::vector<const TakenRecord*> records;
    std::size_t next = 0;
  };

  std::vector<Lane> lanes_;
  std::vector<const TakenRecord*> on_their_way_;  // by slot
};

// How many events stand in a record; 0 if it is no entry.
std::uint32_t EventsIn(const std::string& record);

// Aborts if the file cannot be written, or is not one.
void Save(const TakenRecords& taken, const std::string& file);
TakenRecords LoadRecords(const std::string& file);

}  // namespace dialtone::benchmark
