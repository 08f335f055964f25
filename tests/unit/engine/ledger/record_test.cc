#include "controlplane/engine/ledger/record.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace dialtone::engine {
namespace {

using ledger::v1::Claim;
using ledger::v1::Entry;
using ledger::v1::Record;

Entry SomeEntry() {
  Entry entry;
  entry.set_term(3);
  entry.set_writer(std::string(16, 'w'));
  entry.set_index(7);
  entry.set_previous_hash(std::string(32, 'h'));
  entry.set_batch("a batch");
  return entry;
}

TEST(Record, ReadsBackWhatWasMade) {
  const ClusterId cluster = ClusterId::FromBytes(std::string(16, 'c'));
  const auto genesis = ParseRecord(GenesisRecord(cluster, 3, 8));
  ASSERT_TRUE(genesis);
  EXPECT_EQ(genesis->genesis().cluster_id(), cluster.bytes());
  EXPECT_EQ(genesis->genesis().partition(), 3u);
  EXPECT_EQ(genesis->genesis().partition_count(), 8u);
  EXPECT_EQ(genesis->genesis().hash_function(), "sha256-64");
  EXPECT_EQ(genesis->genesis().format_version(), 1u);

  const auto entry = ParseRecord(EntryRecord(SomeEntry()));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->entry().SerializeAsString(), SomeEntry().SerializeAsString());
}

// Ledgers cannot be rewritten: these bytes stay readable, and are made so, for ever.
TEST(Record, HasItsFrozenBytes) {
  Claim claim;
  claim.set_term(300);
  claim.set_writer(std::string(16, 'w'));
  claim.set_level(2);
  EXPECT_EQ(ClaimRecord(claim),
            std::string("\x12\x17\x08\xac\x02\x12\x10") + std::string(16, 'w') + "\x18\x02");
  EXPECT_EQ(GenesisRecord(ClusterId::FromBytes(std::string(16, 'c')), 3, 8),
            std::string("\x0a\x23\x0a\x10") + std::string(16, 'c') +
                "\x10\x03\x18\x08\x22\x09sha256-64\x28\x01");
  EXPECT_EQ(EntryRecord(SomeEntry()), std::string("\x1a\x41\x08\x03\x12\x10") +
                                          std::string(16, 'w') + "\x18\x07\x22\x20" +
                                          std::string(32, 'h') + "\x4a\x07" + "a batch");
}

TEST(Record, OfTheLargestBatchFitsInTheLog) {
  Entry entry = SomeEntry();
  entry.set_term(std::numeric_limits<std::uint64_t>::max());
  entry.set_index(std::numeric_limits<std::uint64_t>::max());
  entry.set_time_micros(-1);
  entry.set_level(std::numeric_limits<std::uint32_t>::max());
  entry.set_has_reactions(true);
  entry.set_closing(true);
  entry.set_batch(std::string(kBatchBytesMax, 'b'));
  const std::string bytes = EntryRecord(entry);
  EXPECT_LE(bytes.size(), kEntryBytesMax);
  EXPECT_TRUE(ParseRecord(bytes));
}

TEST(RecordDeathTest, WithABatchTooLargeIsNeverMade) {
  Entry entry = SomeEntry();
  entry.set_batch(std::string(kBatchBytesMax + 1, 'b'));
  EXPECT_DEATH(EntryRecord(entry), "a batch of 262017 bytes");
}

TEST(ParseRecord, RefusesWhatIsNoRecord) {
  EXPECT_EQ(ParseRecord("").error().what, "no kind of record that this program knows");
  EXPECT_EQ(ParseRecord("\x22\x01x").error().what, "no kind of record that this program knows");
  EXPECT_EQ(ParseRecord("\xff").error().what, "not a protobuf Record");
  EXPECT_EQ(ParseRecord(std::string(kEntryBytesMax + 1, 'x')).error().what,
            "262145 bytes are no record");
}

TEST(ParseRecord, RefusesARecordCutAtAnyByte) {
  const std::string bytes = EntryRecord(SomeEntry());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(ParseRecord(bytes.substr(0, size))) << size;
}

TEST(ParseRecord, RefusesIdsAndHashesOfAnotherLength) {
  Claim claim;
  claim.set_writer(std::string(15, 'w'));
  EXPECT_EQ(ParseRecord(ClaimRecord(claim)).error().what, "writer has 15 bytes instead of 16");

  Entry entry = SomeEntry();
  entry.set_writer("");
  EXPECT_EQ(ParseRecord(EntryRecord(entry)).error().what, "writer has 0 bytes instead of 16");
  entry = SomeEntry();
  entry.set_previous_hash(std::string(33, 'h'));
  EXPECT_EQ(ParseRecord(EntryRecord(entry)).error().what,
            "previous_hash has 33 bytes instead of 32");

  Record record;
  record.mutable_genesis()->set_partition_count(1);
  record.mutable_genesis()->set_cluster_id("short");
  EXPECT_EQ(ParseRecord(record.SerializeAsString()).error().what,
            "cluster_id has 5 bytes instead of 16");
}

TEST(ParseRecord, RefusesAPartitionBeyondTheCount) {
  EXPECT_FALSE(ParseRecord(GenesisRecord(ClusterId(), 8, 8)));
  EXPECT_FALSE(ParseRecord(GenesisRecord(ClusterId(), 0, 0)));
  EXPECT_TRUE(ParseRecord(GenesisRecord(ClusterId(), 7, 8)));
}

TEST(RandomId, TakesAllItsBitsFromTheSource) {
  std::uint64_t calls = 0;
  const Writer writer =
      NewWriter([&] { return ++calls == 1 ? 0x0101010101010101u : 0x0202020202020202u; });
  EXPECT_EQ(writer.bytes(), std::string(8, '\1') + std::string(8, '\2'));
  EXPECT_EQ(calls, 2u);
  EXPECT_EQ(Writer::FromBytes(writer.bytes()), writer);
  EXPECT_NE(Writer(), writer);
}

}  // namespace
}  // namespace dialtone::engine
