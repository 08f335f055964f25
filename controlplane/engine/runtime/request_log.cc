#include "controlplane/engine/runtime/request_log.h"

#include <algorithm>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/digest.h"
#include "controlplane/kernel/mutation.h"
#include "dialtone/ledger/v1/fold.pb.h"

namespace dialtone::engine {

namespace {

std::string ToRow(const RequestLog::Entry& entry) {
  ledger::v1::RequestRow row;
  row.set_request_id(std::string(entry.key.bytes()));
  row.set_aggregate_hash(entry.key.aggregate_hash);
  row.set_body_hash(entry.body_hash);
  row.set_time_micros(entry.came_in.micros());
  row.set_answered_index(entry.answered_index);
  return row.SerializeAsString();
}

RequestLog::Entry FromRow(const std::string& bytes) {
  ledger::v1::RequestRow row;
  DIALTONE_CHECK(row.ParseFromString(bytes), "a request row that cannot be read");
  return {RequestKey(row.request_id(), row.aggregate_hash()), row.body_hash(),
          Timestamp::Micros(row.time_micros()), row.answered_index()};
}

}  // namespace

RequestKey::RequestKey(std::string_view request_id, std::uint64_t hash) : aggregate_hash(hash) {
  DIALTONE_CHECK(request_id.size() == id.size(),
                 "a request id of " + std::to_string(request_id.size()) + " bytes");
  request_id.copy(id.data(), id.size());
}

Timestamp IssueTime(std::string_view request_id) {
  std::int64_t millis = 0;
  for (std::size_t i = 0; i < 6; ++i)
    millis = millis << 8 | static_cast<unsigned char>(request_id[i]);
  return Timestamp::Micros(millis * 1'000);
}

const RequestLog::Entry* RequestLog::Find(const RequestKey& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &entries_.at(found->second);
}

void RequestLog::Take(const RequestKey& key, const ledger::v1::Request& request, Timestamp at) {
  DIALTONE_CHECK(!by_key_.contains(key), "request " + ToHex(request.id()) + " was taken in before");
  entries_.emplace_hint(entries_.end(), next_, Entry{key, request.body_hash(), at, 0});
  by_key_.emplace(key, next_);
  touched_.push_back(next_++);
  DropOld(at);
}

void RequestLog::Answered(const RequestKey& key, std::uint64_t index) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  Entry& entry = entries_.at(found->second);
  DIALTONE_CHECK(entry.answered_index == 0, "request " + ToHex(key.bytes()) + " is answered twice");
  entry.answered_index = index;
  touched_.push_back(found->second);
}

// Open requests are passed over: each must find its answer.
void RequestLog::DropOld(Timestamp now) {
  for (auto oldest = entries_.begin(); oldest != entries_.end();) {
    const Entry& entry = oldest->second;
    if (entries_.size() <= capacity_ && entry.came_in + kAge > now) return;
    if (entry.answered_index == 0) {
      ++oldest;
      continue;
    }
    if (!Mutant(Mutation::kFloorNotRaised)) floor_ = std::max(floor_, entry.came_in + kSkew);
    by_key_.erase(entry.key);
    touched_.push_back(oldest->first);
    oldest = entries_.erase(oldest);
  }
}

void RequestLog::DrainTouched(VisitTouched visit) {
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  for (const Sequence sequence : touched_) {
    const auto found = entries_.find(sequence);
    const std::string row = found == entries_.end() ? std::string() : ToRow(found->second);
    visit(ToRowKey(sequence), found == entries_.end() ? nullptr : &row);
  }
  touched_.clear();
}

void RequestLog::Restore(std::string_view key, const std::string* row) {
  Sequence sequence = 0;
  FromRowKey(key, sequence);
  const auto found = entries_.find(sequence);
  if (found != entries_.end()) {
    by_key_.erase(found->second.key);
    entries_.erase(found);
  }
  if (row != nullptr) {
    Entry entry = FromRow(*row);
    by_key_.emplace(entry.key, sequence);
    entries_.emplace(sequence, std::move(entry));
  }
}

void RequestLog::ForEachRow(Visit visit) const {
  for (const auto& [sequence, entry] : entries_) visit(ToRowKey(sequence), ToRow(entry));
}

}  // namespace dialtone::engine
