#include "projections/kernel/projection.h"

#include <utility>

namespace dialtone::projections {

std::string StoredKey(std::uint8_t table, std::string_view key) {
  DIALTONE_CHECK(table != 0, "table 0 is the view's own");
  std::string stored;
  stored.reserve(1 + key.size());
  stored += static_cast<char>(table);
  return stored.append(key);
}

void RowWriter::Unknown(const google::protobuf::Message& event) {
  if (!unknown_) unknown_ = event.GetTypeName() + " {" + event.ShortDebugString() + "}";
}

std::optional<std::string> RowWriter::Find(const std::string& stored_key) const {
  const auto changed = changes_.find(stored_key);
  if (changed != changes_.end()) return changed->second;
  return source_ == nullptr ? std::nullopt : source_->Find(stored_key);
}

void RowWriter::Set(std::string stored_key, std::optional<std::string> row) {
  bytes_ += stored_key.size() + (row ? row->size() : 0);
  changes_.insert_or_assign(std::move(stored_key), std::move(row));
}

}  // namespace dialtone::projections
