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

const RowWriter::Changes& RowWriter::changes() {
  for (const auto& [stored_key, row] : updated_) Set(stored_key, row->SerializeAsString());
  updated_.clear();
  return changes_;
}

bool RowWriter::Parse(const std::string& stored_key, google::protobuf::Message& row) const {
  std::optional<std::string> bytes;
  if (const auto changed = changes_.find(stored_key); changed != changes_.end()) {
    bytes = changed->second;
  } else if (source_ != nullptr) {
    bytes = source_->Find(stored_key);
  }
  if (bytes) {
    DIALTONE_CHECK(row.ParseFromString(*bytes), row.GetTypeName() + " that cannot be read");
  }
  return bytes.has_value();
}

void RowWriter::Set(std::string stored_key, std::optional<std::string> row) {
  changes_.insert_or_assign(std::move(stored_key), std::move(row));
}

}  // namespace dialtone::projections
