#include "controlplane/engine/ledger/kafka_window.h"

#include <algorithm>
#include <utility>

namespace dialtone::engine {

namespace {

constexpr std::size_t kWindowBytes = 1U << 20U;  // of each partition

}  // namespace

// Where a hole was, nothing is known: readers of it go back, and find there is none, or what was
// missed.
void KafkaWindow::GoOnFrom(Offset offset) {
  if (offset <= next_) return;
  records_.clear();
  bytes_ = 0;
  begin_ = next_ = offset;
}

void KafkaWindow::Take(StoredRecord record) {
  if (record.offset < next_) return;
  GoOnFrom(record.offset);
  next_ = record.offset + 1;
  bytes_ += record.bytes.size();
  records_.push_back(std::move(record));
  while (bytes_ > kWindowBytes && records_.size() > 1) {
    bytes_ -= records_.front().bytes.size();
    begin_ = records_.front().offset + 1;
    records_.pop_front();
  }
}

void KafkaWindow::TakeEnd(Offset end) { GoOnFrom(end); }

std::optional<ReadResult> KafkaWindow::Read(Offset from, std::size_t bytes_max) const {
  if (from < begin_) return std::nullopt;
  ReadResult result{{}, std::max(from, next_), false};
  const auto first =
      std::lower_bound(records_.begin(), records_.end(), from,
                       [](const StoredRecord& record, Offset at) { return record.offset < at; });
  std::size_t bytes = 0;
  for (auto record = first; record != records_.end(); ++record) {
    if (!result.records.empty() && bytes + record->bytes.size() > bytes_max) {
      result.next = record->offset;
      break;
    }
    bytes += record->bytes.size();
    result.records.push_back(*record);
  }
  return result;
}

}  // namespace dialtone::engine
