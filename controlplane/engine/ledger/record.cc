#include "controlplane/engine/ledger/record.h"

#include <cstring>
#include <utility>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/digest.h"

namespace dialtone::engine {

namespace {

using ledger::v1::Claim;
using ledger::v1::Entry;
using ledger::v1::Genesis;
using ledger::v1::Record;

using Form = tl::expected<void, Malformed>;

tl::unexpected<Malformed> Wrong(std::string what) {
  return tl::unexpected<Malformed>({std::move(what)});
}

Form RequireSize(std::string_view name, std::string_view bytes, std::size_t size) {
  if (bytes.size() == size) return {};
  return Wrong(std::string(name) + " has " + std::to_string(bytes.size()) + " bytes instead of " +
               std::to_string(size));
}

Form CheckForm(const Genesis& genesis) {
  if (genesis.partition() >= genesis.partition_count()) {
    return Wrong("genesis of partition " + std::to_string(genesis.partition()) + " of " +
                 std::to_string(genesis.partition_count()));
  }
  return RequireSize("cluster_id", genesis.cluster_id(), ClusterId::kSize);
}

Form CheckForm(const Claim& claim) { return RequireSize("writer", claim.writer(), Writer::kSize); }

Form CheckForm(const Entry& entry) {
  if (Form writer = RequireSize("writer", entry.writer(), Writer::kSize); !writer) return writer;
  return RequireSize("previous_hash", entry.previous_hash(), Digest().size());
}

Form CheckForm(const Record& record) {
  switch (record.record_case()) {
    case Record::kGenesis:
      return CheckForm(record.genesis());
    case Record::kClaim:
      return CheckForm(record.claim());
    case Record::kEntry:
      return CheckForm(record.entry());
    case Record::RECORD_NOT_SET:
      return Wrong("no kind of record that this program knows");
  }
  return Wrong("no kind of record that this program knows");
}

}  // namespace

template <class Tag>
RandomId<Tag> RandomId<Tag>::New(RandomBits random) {
  RandomId id;
  for (std::size_t at = 0; at < kSize; at += sizeof(std::uint64_t)) {
    const std::uint64_t bits = random();
    std::memcpy(id.bytes_.data() + at, &bits, sizeof bits);
  }
  return id;
}

template <class Tag>
RandomId<Tag> RandomId<Tag>::FromBytes(std::string_view bytes) {
  DIALTONE_CHECK(bytes.size() == kSize, "an id of " + std::to_string(bytes.size()) + " bytes");
  RandomId id;
  std::memcpy(id.bytes_.data(), bytes.data(), kSize);
  return id;
}

template class RandomId<ClusterTag>;
template class RandomId<WriterTag>;

std::string GenesisRecord(const ClusterId& cluster, std::uint32_t partition,
                          std::uint32_t partition_count) {
  Record record;
  Genesis& genesis = *record.mutable_genesis();
  genesis.set_cluster_id(std::string(cluster.bytes()));
  genesis.set_partition(partition);
  genesis.set_partition_count(partition_count);
  genesis.set_hash_function(std::string(kHashFunction));
  genesis.set_format_version(kFormatVersion);
  return record.SerializeAsString();
}

std::string ClaimRecord(Claim claim) {
  Record record;
  *record.mutable_claim() = std::move(claim);
  return record.SerializeAsString();
}

std::string EntryRecord(Entry entry) {
  DIALTONE_CHECK(entry.batch().size() <= kBatchBytesMax,
                 "a batch of " + std::to_string(entry.batch().size()) + " bytes");
  Record record;
  *record.mutable_entry() = std::move(entry);
  return record.SerializeAsString();
}

tl::expected<Record, Malformed> ParseRecord(std::string_view bytes) {
  if (bytes.size() > kEntryBytesMax)
    return Wrong(std::to_string(bytes.size()) + " bytes are no record");
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return Wrong("not a protobuf Record");
  if (Form form = CheckForm(record); !form) return tl::unexpected(form.error());
  return record;
}

}  // namespace dialtone::engine
