// Reads the entries of all partitions into one build, batch by batch. Only the view needs to know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/engine/runtime/feed.h"
#include "projections/kernel/projection.h"
#include "projections/kernel/view_store.h"

namespace dialtone::projections {

enum class Progress : std::uint8_t {
  kAtHead,  // the build shows all that the feeds had when the batch was begun
  kMore,
  kLater,  // what there is more cannot be read now; nothing was
};

class Projector {
 public:
  // Both outlive the projector; `feeds` is by partition.
  Projector(const Projection& projection, const std::vector<const engine::Feed*>& feeds,
            std::size_t batch_bytes)
      : projection_(projection), feeds_(feeds), batch_bytes_(batch_bytes) {}

  // Whether a feed has entries that the build does not show.
  bool HasNews(const Build& build) const;

  // Writes one batch: rows and positions. The error says what the projection does not know, or what
  // the disk says; the build then stands in front of that entry.
  tl::expected<Progress, std::string> Advance(Build& build) const;

 private:
  using Entries = std::vector<engine::FeedEntry>;
  struct Batch {
    RowWriter rows;
    ledger::v1::ViewState state;
    std::size_t entries = 0;  // all of them, or as many as the projection knows
  };

  Entries ReadBatch(const Build& build) const;
  Batch ProjectAll(const Entries& entries, const Build& build) const;
  void Project(const engine::FeedEntry& entry, RowWriter& rows) const;

  const Projection& projection_;
  const std::vector<const engine::Feed*>& feeds_;
  const std::size_t batch_bytes_;
};

}  // namespace dialtone::projections
