// Bare synchronous appends to RocksDB: what the disk alone costs a command.
// usage: append FOLDER SECONDS RECORDS_IN_A_BATCH
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "tests/benchmark/stats.h"

namespace dialtone::benchmark {
namespace {

std::unique_ptr<rocksdb::DB> Open(const std::string& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(options, folder, &opened);
  if (!status.ok()) std::cerr << status.ToString() << "\n";
  return std::unique_ptr<rocksdb::DB>(opened);
}

int Append(const std::string& folder, double seconds, int records) {
  const auto db = Open(folder);
  if (db == nullptr) return 1;
  const std::string value(200, 'x');
  rocksdb::WriteOptions durable;
  durable.sync = true;
  std::uint64_t next = 0;
  Stats stats(seconds);
  for (auto now = Clock::now(); !stats.IsOver(now);) {
    const auto began = now;
    rocksdb::WriteBatch batch;
    for (int i = 0; i < records; ++i) batch.Put(std::to_string(++next), value);
    if (!db->Write(durable, &batch).ok()) stats.Failed();
    now = Clock::now();
    stats.Done(began, now);
  }
  stats.Print(records);
  return stats.failed() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace dialtone::benchmark

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: append FOLDER SECONDS RECORDS_IN_A_BATCH\n";
    return 2;
  }
  return dialtone::benchmark::Append(argv[1], std::atof(argv[2]), std::atoi(argv[3]));
}
