// Rows that wait until somebody outside has done something (a carrier, an authority, a payment
// provider), in the order of the ledger, and the watch that tells of them. A row that changes waits
// anew, at the end: a watch that goes on where it was misses nothing, and tells nothing twice.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "controlplane/kernel/position.h"
#include "controlplane/kernel/query_error.h"
#include "dialtone/ledger/v1/view.pb.h"
#include "projections/kernel/projection.h"
#include "projections/kernel/snapshot.h"

namespace dialtone::projections {

template <class Row>
struct WaitingTable {
  RowTable<Row> rows;                         // Key(partition, index, name)
  RowTable<ledger::v1::WaitingPlace> places;  // Key(name)
};

template <class Row>
void EndWaiting(RowWriter& rows, const WaitingTable<Row>& table, const std::string& name) {
  const auto place = rows.Get(table.places, Key(name));
  if (!place) return;
  rows.Erase(table.rows, place->key());
  rows.Erase(table.places, Key(name));
}

// From the entry at `at` on; where the row waited before, it waits no more.
template <class Row>
void PutWaiting(RowWriter& rows, const WaitingTable<Row>& table, Position at, const Row& row) {
  EndWaiting(rows, table, row.name());
  ledger::v1::WaitingPlace place;
  place.set_key(Key(at.partition, at.index, row.name()));
  rows.Put(table.rows, place.key(), row);
  rows.Put(table.places, Key(row.name()), place);
}

// How far a watch is: partition by partition, behind the last row that it has looked at.
class WatchPlace {
 public:
  // Where the request's `resume_token` says: it was given for the same request, or is empty.
  static tl::expected<WatchPlace, QueryError> Of(const google::protobuf::Message& request);

  // Before each reading. An error: the place is in another ledger.
  tl::expected<void, QueryError> Enter(const Snapshot& rows);
  // What is to be read next, of one partition: the keys of `range` that come before `end`. None:
  // there is nothing that was not told.
  struct Stretch {
    KeyRange range;
    std::string end;
  };
  std::optional<Stretch> Ahead();
  // This row was looked at …
  void Pass(std::string_view key) { last_key_ = key; }
  // … and this was all of the stretch.
  void EndStretch();

  std::string ToText() const;

 private:
  explicit WatchPlace(std::uint64_t query) : query_(query) {}
  bool IsWithinStretch() const { return until_ > told_[partition_]; }

  std::uint64_t query_;
  std::string cluster_id_;  // empty: nothing was read yet
  Positions told_;          // by partition: all up to there
  std::uint32_t partition_ = 0;
  std::uint64_t until_ = 0;  // the stretch's last entry
  std::string last_key_;     // within the stretch
  Positions shown_;          // by the rows that were entered
};

// A WatchSource (edge/rpc/watch.h) of one table's rows.
template <class Row, class Reply>
class WaitingWatch {
 public:
  using Newest = std::function<std::optional<Snapshot>()>;
  using Wanted = std::function<bool(const Row&)>;
  using Fill = std::function<void(const Row&, Reply&)>;

  // `newest`: the rows of now; none while there are none to be shown.
  static tl::expected<WaitingWatch, QueryError> Of(const google::protobuf::Message& request,
                                                   const WaitingTable<Row>& table, Newest newest,
                                                   Wanted wanted, Fill fill) {
    auto place = WatchPlace::Of(request);
    if (!place) return tl::unexpected(std::move(place.error()));
    return WaitingWatch(std::move(*place), table, std::move(newest), std::move(wanted),
                        std::move(fill));
  }

  tl::expected<bool, QueryError> Next(Reply& item) {
    const auto rows = newest_();
    return rows ? Next(*rows, item) : false;
  }
  // The same from rows that are handed in.
  tl::expected<bool, QueryError> Next(const Snapshot& rows, Reply& item) {
    if (auto entered = place_.Enter(rows); !entered)
      return tl::unexpected(std::move(entered.error()));
    std::size_t left = kRowsAtOnce;
    while (const auto ahead = place_.Ahead()) {
      if (NextOf(rows, *ahead, left, item)) return true;
      if (left == 0) return false;  // goes on there at its next turn
      place_.EndStretch();
    }
    return false;
  }
  void Heartbeat(Reply& item) { item.set_resume_token(Resume()); }
  std::string Resume() { return place_.ToText(); }

 private:
  static constexpr std::size_t kRowsAtOnce = 10'000;

  WaitingWatch(WatchPlace place, const WaitingTable<Row>& table, Newest newest, Wanted wanted,
               Fill fill)
      : place_(std::move(place)),
        table_(table),
        newest_(std::move(newest)),
        wanted_(std::move(wanted)),
        fill_(std::move(fill)) {}

  bool NextOf(const Snapshot& rows, const WatchPlace::Stretch& ahead, std::size_t& left,
              Reply& item) {
    bool is_found = false;
    rows.ForEach<Row>(table_.rows, ahead.range, [&](std::string_view key, const Row& row) {
      if (key >= ahead.end || left == 0) return Walk::kStop;
      --left;
      place_.Pass(key);
      is_found = wanted_(row);
      if (is_found) fill_(row, item);
      return is_found ? Walk::kStop : Walk::kOn;
    });
    if (is_found) item.set_resume_token(Resume());
    return is_found;
  }

  WatchPlace place_;
  WaitingTable<Row> table_;
  Newest newest_;
  Wanted wanted_;
  Fill fill_;
};

}  // namespace dialtone::projections
