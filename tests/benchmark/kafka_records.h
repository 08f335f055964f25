// Records of a ledger as the engine made them, kept in a file so that another program can produce
// the very same.
#pragma once

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

// How many events stand in a record; 0 if it is no entry.
std::uint32_t EventsIn(const std::string& record);

// Aborts if the file cannot be written, or is not one.
void Save(const TakenRecords& taken, const std::string& file);
TakenRecords LoadRecords(const std::string& file);

}  // namespace dialtone::benchmark
