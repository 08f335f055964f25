// Where the entries of one partition stand in its log. Offsets run ahead of indexes by what did not
// become an entry (genesis, claims, void records), so a few segments tell the place of millions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/kernel/check.h"
#include "dialtone/ledger/v1/checkpoint.pb.h"

namespace dialtone::engine {

class OffsetMap {
 public:
  struct Segment {
    std::uint64_t first_index = 0;
    Offset first_offset = 0;
    friend bool operator==(const Segment&, const Segment&) = default;
  };

  // The next entry that counted, and where it stands. True if it began a segment: then
  // `segments().back()` is new. REQUIRES: indexes are dense from the first one noted on, offsets
  // grow.
  bool Note(std::uint64_t index, Offset offset) {
    DIALTONE_CHECK(segments_.empty() || index == last_index_ + 1,
                   "index " + std::to_string(index) + " behind " + std::to_string(last_index_));
    last_index_ = index;
    if (!segments_.empty() && offset == OffsetIn(segments_.back(), index)) return false;
    segments_.push_back({index, offset});
    return true;
  }

  // None for an entry that was not noted.
  std::optional<Offset> OffsetOf(std::uint64_t index) const {
    if (segments_.empty() || index < segments_.front().first_index || index > last_index_)
      return std::nullopt;
    const auto behind = std::upper_bound(
        segments_.begin(), segments_.end(), index,
        [](std::uint64_t at, const Segment& segment) { return at < segment.first_index; });
    return OffsetIn(*(behind - 1), index);
  }

  std::uint64_t last_index() const { return last_index_; }
  const std::vector<Segment>& segments() const { return segments_; }

  ledger::v1::OffsetMap ToProto() const {
    ledger::v1::OffsetMap proto;
    proto.set_last_index(last_index_);
    for (const Segment& segment : segments_) {
      ledger::v1::OffsetSegment& row = *proto.add_segments();
      row.set_first_index(segment.first_index);
      row.set_first_offset(segment.first_offset);
    }
    return proto;
  }

  static OffsetMap FromProto(const ledger::v1::OffsetMap& proto) {
    OffsetMap map;
    map.last_index_ = proto.last_index();
    for (const ledger::v1::OffsetSegment& row : proto.segments()) {
      map.segments_.push_back({row.first_index(), row.first_offset()});
    }
    return map;
  }

  friend bool operator==(const OffsetMap&, const OffsetMap&) = default;

 private:
  static Offset OffsetIn(const Segment& segment, std::uint64_t index) {
    return segment.first_offset + (index - segment.first_index);
  }

  std::vector<Segment> segments_;
  std::uint64_t last_index_ = 0;
};

}  // namespace dialtone::engine
