#include "controlplane/engine/ledger/embedded_verify.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "controlplane/engine/ledger/filter.h"

namespace dialtone::engine {

namespace {

constexpr Offset kOffsetMax = std::numeric_limits<Offset>::max();

// Damage is no question of what this program can fold: records of any level are read.
Reader ReaderOf(std::uint32_t partition, std::uint32_t partition_count,
                const std::optional<ClusterId>& cluster) {
  return {partition, partition_count, cluster, std::numeric_limits<std::uint32_t>::max()};
}

rocksdb::ReadOptions WithChecksums() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  return options;
}

LedgerExpected<std::string> Get(rocksdb::DB& db, const RecordPlace& place, const std::string& key) {
  std::string value;
  const rocksdb::Status status = db.Get(WithChecksums(), key, &value);
  if (status.IsNotFound()) return Damaged(place, "the record is missing", "", "");
  if (!status.ok()) return Damaged(place, "unreadable: " + status.ToString(), "", "");
  return value;
}

LedgerExpected<Digest> DigestAt(rocksdb::DB& db, const RecordPlace& place) {
  const std::string key = RecordKey(place);
  const LedgerExpected<std::string> value = Get(db, place, key);
  if (!value) return tl::unexpected(value.error());
  const LedgerExpected<std::string_view> record = Unseal(place, key, *value);
  if (!record) return tl::unexpected(record.error());
  return RecordDigest(key, *record);
}

// Where the last record's key says that it stands.
LedgerExpected<Offset> LastOffset(rocksdb::DB& db, std::uint32_t partition) {
  const std::unique_ptr<rocksdb::Iterator> at(db.NewIterator(WithChecksums()));
  at->SeekForPrev(RecordKey({partition, kOffsetMax}));
  if (!at->status().ok()) {
    return Damaged({partition, 0}, "unreadable: " + at->status().ToString(), "", "");
  }
  const auto place = at->Valid() ? ParseRecordKey(at->key().ToStringView()) : std::nullopt;
  if (!place || place->partition != partition) {
    return Damaged({partition, 0}, "all records are missing", "", "");
  }
  return place->offset;
}

LedgerExpected<void> CheckAcknowledged(rocksdb::DB& db, std::uint32_t partition, const Tail& last,
                                       const Tail& acknowledged) {
  if (acknowledged.offset > last.offset) {
    return Damaged({partition, last.offset + 1}, "acknowledged records are missing at the end",
                   "last offset " + std::to_string(acknowledged.offset),
                   std::to_string(last.offset));
  }
  const RecordPlace place{partition, acknowledged.offset};
  const LedgerExpected<Digest> digest = DigestAt(db, place);
  if (!digest) return tl::unexpected(digest.error());
  if (*digest == acknowledged.digest) return {};
  return Damaged(place, "not the record that was acknowledged",
                 "digest " + ToHex(AsBytes(acknowledged.digest)), ToHex(AsBytes(*digest)));
}

// One record after the other, each where it must stand.
class RecordChecker {
 public:
  RecordChecker(std::uint32_t partition, std::uint32_t partition_count, const ClusterId& cluster)
      : partition_(partition), filter_(ReaderOf(partition, partition_count, cluster)) {}

  Offset next() const { return next_; }

  LedgerExpected<void> Check(std::string_view key, std::string_view value) {
    const RecordPlace expected{partition_, next_};
    const auto place = ParseRecordKey(key);
    if (!place) return Damaged(expected, "a key that no ledger writes: " + ToHex(key), "", "");
    if (*place != expected) {
      return Damaged(expected, "the record is missing", "offset " + std::to_string(next_),
                     std::to_string(place->offset));
    }
    const LedgerExpected<std::string_view> record = Unseal(*place, key, value);
    if (!record) return tl::unexpected(record.error());
    ++next_;
    return CheckCounts(*place, filter_.Take(*record));
  }

 private:
  LedgerExpected<void> CheckCounts(const RecordPlace& place, const Taken& taken) const {
    if (const auto* stop = std::get_if<Stop>(&taken)) {
      return Damaged(place, std::string(ToText(stop->reason)) + ": " + stop->detail, "", "");
    }
    if (const auto* none = std::get_if<Void>(&taken)) {
      return Damaged(
          place,
          "the record does not follow from those before it: " + std::string(ToText(none->reason)) +
              ", behind index " + std::to_string(filter_.index()) + " of term " +
              std::to_string(filter_.term()),
          "", "");
    }
    return {};
  }

  const std::uint32_t partition_;
  Filter filter_;
  Offset next_ = 0;
};

}  // namespace

LedgerExpected<std::string_view> Unseal(const RecordPlace& place, std::string_view key,
                                        std::string_view value) {
  if (value.size() < kSealBytes) {
    return Damaged(place, "the record was cut", "at least " + std::to_string(kSealBytes) + " bytes",
                   std::to_string(value.size()));
  }
  const std::string_view record = value.substr(kSealBytes);
  const Digest digest = RecordDigest(key, record);
  if (SealOf(digest) == value.substr(0, kSealBytes)) return record;
  return Damaged(place, "the record was changed, or stood elsewhere",
                 "seal " + ToHex(value.substr(0, kSealBytes)), ToHex(SealOf(digest)));
}

LedgerExpected<ClusterId> CheckGenesis(rocksdb::DB& db, std::uint32_t partition,
                                       std::uint32_t partition_count,
                                       const std::optional<ClusterId>& cluster) {
  const RecordPlace place{partition, 0};
  const std::string key = RecordKey(place);
  const LedgerExpected<std::string> value = Get(db, place, key);
  if (!value) return tl::unexpected(value.error());
  const LedgerExpected<std::string_view> record = Unseal(place, key, *value);
  if (!record) return tl::unexpected(record.error());

  Filter filter(ReaderOf(partition, partition_count, cluster));
  const Taken taken = filter.Take(*record);
  if (const auto* stop = std::get_if<Stop>(&taken)) {
    const bool foreign = stop->reason == StopReason::kGenesisForeign;
    return tl::unexpected(LedgerError{foreign ? LedgerFault::kForeign : LedgerFault::kDamaged,
                                      place,
                                      std::string(ToText(stop->reason)) + ": " + stop->detail,
                                      {},
                                      {}});
  }
  return *filter.cluster();
}

LedgerExpected<Tail> CheckEnd(rocksdb::DB& db, std::uint32_t partition,
                              const std::optional<Tail>& acknowledged) {
  const LedgerExpected<Offset> last = LastOffset(db, partition);
  if (!last) return tl::unexpected(last.error());
  const LedgerExpected<std::string> value = Get(db, {partition, *last}, TailKey(partition));
  const std::optional<Tail> tail = value ? ParseTail(*value) : std::nullopt;
  if (!tail) return Damaged({partition, *last}, "the key of the partition's end is lost", "", "");
  if (tail->offset != *last) {
    return Damaged({partition, std::min(*last, tail->offset) + 1},
                   "the partition's end is elsewhere",
                   "last offset " + std::to_string(tail->offset), std::to_string(*last));
  }
  const LedgerExpected<Digest> digest = DigestAt(db, {partition, *last});
  if (!digest) return tl::unexpected(digest.error());
  if (*digest != tail->digest) {
    return Damaged({partition, *last}, "not the last record that was written",
                   "digest " + ToHex(AsBytes(tail->digest)), ToHex(AsBytes(*digest)));
  }
  if (!acknowledged) return *tail;
  const LedgerExpected<void> reached = CheckAcknowledged(db, partition, *tail, *acknowledged);
  if (!reached) return tl::unexpected(reached.error());
  return *tail;
}

LedgerExpected<void> CheckRecords(rocksdb::DB& db, std::uint32_t partition,
                                  std::uint32_t partition_count, const ClusterId& cluster,
                                  Offset end, absl::FunctionRef<void()> each) {
  const std::string behind = RecordKey({partition, end});
  const rocksdb::Slice bound = behind;
  rocksdb::ReadOptions options = WithChecksums();
  options.iterate_upper_bound = &bound;
  options.readahead_size = 1 << 20;
  const std::unique_ptr<rocksdb::Iterator> at(db.NewIterator(options));

  RecordChecker checker(partition, partition_count, cluster);
  for (at->Seek(RecordKey({partition, 0})); at->Valid(); at->Next()) {
    LedgerExpected<void> sound =
        checker.Check(at->key().ToStringView(), at->value().ToStringView());
    if (!sound) return sound;
    each();
  }
  const RecordPlace stopped{partition, checker.next()};
  if (!at->status().ok()) return Damaged(stopped, "unreadable: " + at->status().ToString(), "", "");
  if (checker.next() == end) return {};
  return Damaged(stopped, "the record is missing", "last offset " + std::to_string(end - 1),
                 std::to_string(checker.next() - 1));
}

LedgerExpected<void> CheckKeys(rocksdb::DB& db, std::uint32_t partition_count) {
  const std::unique_ptr<rocksdb::Iterator> at(db.NewIterator(WithChecksums()));
  std::uint32_t tails = 0;
  for (at->Seek(RecordKey({partition_count, 0})); at->Valid(); at->Next(), ++tails) {
    if (tails < partition_count && at->key().ToStringView() == TailKey(tails)) continue;
    return Refuse(LedgerFault::kDamaged,
                  "a key that no ledger writes: " + ToHex(at->key().ToStringView()));
  }
  if (at->status().ok()) return {};
  return Refuse(LedgerFault::kDamaged, "unreadable: " + at->status().ToString());
}

}  // namespace dialtone::engine
