#include "projections/kernel/projector.h"

#include <iterator>
#include <optional>
#include <utility>

namespace dialtone::projections {

namespace {

std::uint64_t IndexIn(const Build& build, std::size_t partition) {
  return build.state().partitions(static_cast<int>(partition)).index();
}

void Note(const engine::FeedEntry& entry, ledger::v1::ViewState& state) {
  auto& viewed = *state.mutable_partitions(static_cast<int>(entry.at.position.partition));
  viewed.set_index(entry.at.position.index);
  viewed.set_time_micros(entry.at.time.micros());
}

}  // namespace

bool Projector::HasNews(const Build& build) const {
  for (std::size_t partition = 0; partition < feeds_.size(); ++partition)
    if (feeds_[partition]->head() > IndexIn(build, partition)) return true;
  return false;
}

tl::expected<Progress, std::string> Projector::Advance(Build& build) const {
  std::vector<std::uint64_t> heads;
  for (const engine::Feed* const feed : feeds_) heads.push_back(feed->head());

  Entries entries = ReadBatch(build);
  Batch batch = ProjectAll(entries, build);
  std::optional<std::string> unknown;
  if (batch.rows.unknown()) {
    unknown = "entry " + ToText(entries[batch.entries].at.position) +
              " holds what the view does not know: " + *batch.rows.unknown();
    entries.resize(batch.entries);
    batch = ProjectAll(entries, build);  // without the rows of the entry that is half known
  }
  if (!entries.empty()) {
    auto written = build.Write(batch.rows.changes(), std::move(batch.state));
    if (!written) return tl::unexpected(std::move(written.error()));
  }
  if (unknown) return tl::unexpected(std::move(*unknown));
  for (std::size_t partition = 0; partition < heads.size(); ++partition) {
    if (IndexIn(build, partition) >= heads[partition]) continue;
    return entries.empty() ? Progress::kLater : Progress::kMore;
  }
  return Progress::kAtHead;
}

// Each partition has its share of the batch, so that a busy one keeps no other waiting.
Projector::Entries Projector::ReadBatch(const Build& build) const {
  Entries batch;
  for (std::size_t partition = 0; partition < feeds_.size(); ++partition) {
    Entries entries =
        feeds_[partition]->ReadAfter(IndexIn(build, partition), batch_bytes_ / feeds_.size());
    std::move(entries.begin(), entries.end(), std::back_inserter(batch));
  }
  return batch;
}

Projector::Batch Projector::ProjectAll(const Entries& entries, const Build& build) const {
  Batch batch{RowWriter(build), build.state()};
  for (const engine::FeedEntry& entry : entries) {
    Project(entry, batch.rows);
    if (batch.rows.unknown()) break;
    Note(entry, batch.state);
    ++batch.entries;
  }
  return batch;
}

void Projector::Project(const engine::FeedEntry& entry, RowWriter& rows) const {
  for (const ledger::v1::Outcome& outcome : entry.batch->outcomes()) {
    for (const ledger::v1::Event& event : outcome.events())
      if (event.slice_case() == ledger::v1::Event::SLICE_NOT_SET) rows.Unknown(event);
    projection_.Project(outcome, entry.at, rows);
  }
}

}  // namespace dialtone::projections
