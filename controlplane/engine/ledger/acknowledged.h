// How far each partition was acknowledged: a small file beside the log. It is written after each
// synchronous write of the log, and not synced itself: it may lag behind the log after a loss of
// power, and is never ahead of it. So a log that ends before it has lost acknowledged records,
// which the log alone cannot know when its end is cut off.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/embedded_format.h"
#include "controlplane/engine/ledger/ledger_error.h"

namespace dialtone::engine {

class Acknowledged {
 public:
  // Makes the file, whole or not at all.
  static LedgerExpected<void> Create(const std::filesystem::path& path,
                                     const std::vector<Tail>& tails);
  static LedgerExpected<std::unique_ptr<Acknowledged>> Open(const std::filesystem::path& path,
                                                            std::uint32_t partition_count);
  ~Acknowledged();
  Acknowledged(const Acknowledged&) = delete;
  Acknowledged& operator=(const Acknowledged&) = delete;

  // As they stood when the file was opened, by partition.
  const std::vector<Tail>& tails() const { return tails_; }

  // All at once. Aborts the process if they cannot be written. REQUIRES: partitions in their order,
  // at least one.
  void Write(const std::vector<std::pair<std::uint32_t, Tail>>& tails);

 private:
  Acknowledged(std::filesystem::path path, int file, std::vector<Tail> tails);

  const std::filesystem::path path_;
  const int file_;
  const std::vector<Tail> tails_;
  std::string slots_;  // as they stand in the file
};

}  // namespace dialtone::engine
