#include "controlplane/engine/ledger/filter.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <variant>

namespace dialtone::engine {
namespace {

using ledger::v1::Claim;
using ledger::v1::Entry;
using ledger::v1::Genesis;
using ledger::v1::Record;

constexpr std::uint32_t kLevel = 4;

ClusterId Cluster(char letter) { return ClusterId::FromBytes(std::string(16, letter)); }
Writer WriterNamed(char letter) { return Writer::FromBytes(std::string(16, letter)); }
Reader ReaderOf(std::uint32_t partition) { return {partition, 8, Cluster('c'), kLevel}; }

class FilterTest : public testing::Test {
 protected:
  FilterTest() { Take(GenesisRecord(Cluster('c'), 3, 8)); }

  Taken Take(const std::string& bytes) {
    last_ = bytes;
    return filter_.Take(bytes);
  }
  Taken TakeClaim(std::uint64_t term, char writer) {
    Claim claim = NextClaim(filter_, WriterNamed(writer));
    claim.set_term(term);
    return Take(ClaimRecord(claim));
  }
  // The next entry that counts, changed in one thing.
  template <class Change>
  Taken TakeEntry(Change change) {
    Entry entry = NextEntry(filter_);
    entry.set_batch("batch " + std::to_string(entry.index()));
    change(entry);
    return Take(EntryRecord(entry));
  }
  Taken TakeEntry() {
    return TakeEntry([](Entry&) {});
  }

  // The record is void for this reason, is counted as such, and nothing else changed.
  void ExpectVoid(VoidReason reason, const std::string& bytes) {
    const Filter before = filter_;
    const Taken taken = Take(bytes);
    ASSERT_TRUE(std::holds_alternative<Void>(taken));
    EXPECT_EQ(ToText(std::get<Void>(taken).reason), ToText(reason));
    EXPECT_EQ(filter_.void_count(reason), before.void_count(reason) + 1);
    EXPECT_TRUE(filter_.SameHead(before));
  }
  template <class Change>
  void ExpectVoidEntry(VoidReason reason, Change change) {
    Entry entry = NextEntry(filter_);
    change(entry);
    ExpectVoid(reason, EntryRecord(entry));
  }
  void ExpectStop(StopReason reason, const std::string& bytes, std::string_view detail) {
    const Filter before = filter_;
    const Taken taken = Take(bytes);
    ASSERT_TRUE(std::holds_alternative<Stop>(taken));
    EXPECT_EQ(ToText(std::get<Stop>(taken).reason), ToText(reason));
    EXPECT_EQ(std::get<Stop>(taken).detail, detail);
    EXPECT_EQ(filter_.ToProto().SerializeAsString(), before.ToProto().SerializeAsString());
  }

  Filter filter_{ReaderOf(3)};
  std::string last_;  // the bytes of the last record taken
};

bool Counts(const Taken& taken) {
  return !std::holds_alternative<Void>(taken) && !std::holds_alternative<Stop>(taken);
}

// Genesis.

TEST_F(FilterTest, BeginsTheHashWithTheGenesisRecord) {
  EXPECT_EQ(filter_.hash(), Sha256(last_));
  EXPECT_EQ(filter_.cluster(), Cluster('c'));
  EXPECT_EQ(filter_.term(), 0u);
  EXPECT_EQ(filter_.index(), 0u);
  EXPECT_FALSE(filter_.open());
}

TEST_F(FilterTest, StopsAtALogThatDoesNotBeginWithGenesis) {
  const std::string claim = ClaimRecord(NextClaim(filter_, WriterNamed('a')));
  const std::string entry = EntryRecord(NextEntry(filter_));
  filter_ = Filter(ReaderOf(3));
  ExpectStop(StopReason::kGenesisMissing, claim, "the log begins with another record");
  ExpectStop(StopReason::kGenesisMissing, entry, "the log begins with another record");
}

TEST_F(FilterTest, StopsAtAForeignGenesis) {
  filter_ = Filter(ReaderOf(3));
  ExpectStop(StopReason::kGenesisForeign, GenesisRecord(Cluster('c'), 2, 8),
             "partition: expected 3, found 2");
  ExpectStop(StopReason::kGenesisForeign, GenesisRecord(Cluster('c'), 3, 16),
             "partition count: expected 8, found 16");
  ExpectStop(
      StopReason::kGenesisForeign, GenesisRecord(Cluster('d'), 3, 8),
      "cluster: expected 63636363636363636363636363636363, found 64646464646464646464646464646464");
}

TEST_F(FilterTest, StopsAtAnotherFormatOrHashFunction) {
  filter_ = Filter(ReaderOf(3));
  Record record;
  record.ParseFromString(last_);
  record.mutable_genesis()->set_format_version(2);
  ExpectStop(StopReason::kGenesisForeign, record.SerializeAsString(),
             "format version: expected 1, found 2");
  record.ParseFromString(GenesisRecord(Cluster('c'), 3, 8));
  record.mutable_genesis()->set_hash_function("crc32");
  ExpectStop(StopReason::kGenesisForeign, record.SerializeAsString(),
             "hash function: expected sha256-64, found crc32");
}

TEST_F(FilterTest, TakesAnyClusterWhenItsReaderKnowsNone) {
  filter_ = Filter({3, 8, std::nullopt, kLevel});
  EXPECT_TRUE(Counts(Take(GenesisRecord(Cluster('x'), 3, 8))));
  EXPECT_EQ(filter_.cluster(), Cluster('x'));
}

TEST_F(FilterTest, VoidsEveryLaterGenesis) {
  ExpectVoid(VoidReason::kGenesisRepeated, GenesisRecord(Cluster('c'), 3, 8));
  TakeClaim(1, 'a');
  ExpectVoid(VoidReason::kGenesisRepeated, GenesisRecord(Cluster('z'), 1, 2));
}

// Claims.

TEST_F(FilterTest, OpensTheTermOfAClaim) {
  const Digest before = filter_.hash();
  const Taken taken = TakeClaim(1, 'a');
  ASSERT_TRUE(std::holds_alternative<Claim>(taken));
  EXPECT_EQ(std::get<Claim>(taken).term(), 1u);
  EXPECT_EQ(filter_.term(), 1u);
  EXPECT_EQ(filter_.writer(), WriterNamed('a'));
  EXPECT_TRUE(filter_.open());
  EXPECT_EQ(filter_.hash(), Sha256(AsBytes(before), last_));
}

TEST_F(FilterTest, SpendsNoIndexOnAClaim) {
  TakeClaim(1, 'a');
  TakeEntry();
  TakeClaim(2, 'b');
  EXPECT_EQ(filter_.index(), 1u);
  EXPECT_TRUE(Counts(TakeEntry()));
  EXPECT_EQ(filter_.index(), 2u);
}

TEST_F(FilterTest, GivesATermToTheFirstWhoClaimsIt) {
  TakeClaim(5, 'a');
  Claim late = NextClaim(filter_, WriterNamed('b'));
  late.set_term(5);
  ExpectVoid(VoidReason::kTermOld, ClaimRecord(late));
  late.set_term(4);
  ExpectVoid(VoidReason::kTermOld, ClaimRecord(late));
  late.set_term(0);
  ExpectVoid(VoidReason::kTermOld, ClaimRecord(late));
  EXPECT_EQ(filter_.writer(), WriterNamed('a'));
}

TEST_F(FilterTest, VoidsAClaimThatIsStoredTwice) {
  TakeClaim(1, 'a');
  ExpectVoid(VoidReason::kTermOld, std::string(last_));
}

TEST_F(FilterTest, TakesATermAtMostAThousandAhead) {
  TakeClaim(5, 'a');
  Claim far = NextClaim(filter_, WriterNamed('b'));
  far.set_term(1006);
  ExpectVoid(VoidReason::kTermTooFar, ClaimRecord(far));
  far.set_term(std::numeric_limits<std::uint64_t>::max());
  ExpectVoid(VoidReason::kTermTooFar, ClaimRecord(far));
  EXPECT_TRUE(Counts(TakeClaim(1005, 'b')));
}

TEST_F(FilterTest, NeverWrapsTheTerm) {
  constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
  ledger::v1::FilterState state = filter_.ToProto();
  state.set_term(kLast - 1);
  filter_ = *Filter::FromProto(state, ReaderOf(3));
  EXPECT_TRUE(Counts(TakeClaim(kLast, 'a')));
  Claim wrapped = NextClaim(filter_, WriterNamed('b'));
  EXPECT_EQ(wrapped.term(), 0u);
  ExpectVoid(VoidReason::kTermOld, ClaimRecord(wrapped));
}

TEST_F(FilterTest, KnowsWhereTheNewestClaimSaysThatItsWriterIsAsked) {
  Claim claim = NextClaim(filter_, WriterNamed('a'));
  claim.set_address("north:7400");
  Take(ClaimRecord(claim));
  claim.set_address("late:7400");
  ExpectVoid(VoidReason::kTermOld, ClaimRecord(claim));
  EXPECT_EQ(filter_.address(), "north:7400");
  EXPECT_EQ(Filter::FromProto(filter_.ToProto(), ReaderOf(3))->address(), "north:7400");
  TakeClaim(2, 'b');
  EXPECT_EQ(filter_.address(), "");
}

TEST_F(FilterTest, OpensAgainWithAClaimBehindAClosingEntry) {
  TakeClaim(1, 'a');
  TakeEntry([](Entry& entry) { entry.set_closing(true); });
  EXPECT_FALSE(filter_.open());
  TakeClaim(2, 'b');
  EXPECT_TRUE(filter_.open());
  EXPECT_TRUE(Counts(TakeEntry()));
}

TEST_F(FilterTest, TellsClaimsOnDifferentHistoriesApart) {
  TakeClaim(1, 'a');
  Filter other = filter_;
  TakeEntry();
  const std::string claim = ClaimRecord(NextClaim(filter_, WriterNamed('b')));
  filter_.Take(claim);
  other.Take(claim);
  EXPECT_NE(filter_.hash(), other.hash());
}

// Entries.

TEST_F(FilterTest, CountsTheEntryBehindTheHead) {
  TakeClaim(1, 'a');
  const Taken taken = TakeEntry();
  ASSERT_TRUE(std::holds_alternative<Entry>(taken));
  EXPECT_EQ(std::get<Entry>(taken).batch(), "batch 1");
  EXPECT_EQ(filter_.index(), 1u);
  EXPECT_EQ(filter_.hash(), Sha256(last_));
  EXPECT_TRUE(Counts(TakeEntry()));
  EXPECT_EQ(filter_.index(), 2u);
}

TEST_F(FilterTest, VoidsEveryEntryBeforeTheFirstClaim) {
  ExpectVoidEntry(VoidReason::kClosed, [](Entry&) {});
  ExpectVoidEntry(VoidReason::kOtherTerm, [](Entry& entry) { entry.set_term(1); });
}

TEST_F(FilterTest, VoidsTheEntriesOfADeposedOwner) {
  TakeClaim(1, 'a');
  const Entry stale = NextEntry(filter_);
  TakeClaim(2, 'b');
  ExpectVoid(VoidReason::kOtherTerm, EntryRecord(stale));
}

TEST_F(FilterTest, VoidsTheEntriesOfATermToCome) {
  TakeClaim(1, 'a');
  ExpectVoidEntry(VoidReason::kOtherTerm, [](Entry& entry) { entry.set_term(2); });
}

TEST_F(FilterTest, VoidsTheEntriesOfAnotherWriterOfTheSameTerm) {
  TakeClaim(1, 'a');
  ExpectVoidEntry(VoidReason::kOtherWriter,
                  [](Entry& entry) { entry.set_writer(std::string(16, 'b')); });
}

TEST_F(FilterTest, VoidsAnEntryThatIsStoredTwice) {
  TakeClaim(1, 'a');
  TakeEntry();
  ExpectVoid(VoidReason::kIndexOld, std::string(last_));
}

TEST_F(FilterTest, VoidsAnEntryOfAnIndexThatIsTaken) {
  TakeClaim(1, 'a');
  TakeEntry();
  TakeEntry();
  ExpectVoidEntry(VoidReason::kIndexOld, [](Entry& entry) { entry.set_index(2); });
  ExpectVoidEntry(VoidReason::kIndexOld, [](Entry& entry) { entry.set_index(1); });
  ExpectVoidEntry(VoidReason::kIndexOld, [](Entry& entry) { entry.set_index(0); });
}

TEST_F(FilterTest, VoidsAnEntryBehindALostOne) {
  TakeClaim(1, 'a');
  ExpectVoidEntry(VoidReason::kIndexGap, [](Entry& entry) { entry.set_index(2); });
  ExpectVoidEntry(VoidReason::kIndexGap,
                  [](Entry& entry) { entry.set_index(std::numeric_limits<std::uint64_t>::max()); });
}

TEST_F(FilterTest, VoidsAnEntryOnAnotherHistory) {
  TakeClaim(1, 'a');
  TakeEntry();
  ExpectVoidEntry(VoidReason::kOtherHash,
                  [](Entry& entry) { entry.mutable_previous_hash()->back() ^= 1; });
}

TEST_F(FilterTest, CountsALateEntryOnlyWhereItBelongs) {
  TakeClaim(1, 'a');
  Filter lucky = filter_;
  const std::string first = EntryRecord(NextEntry(lucky));
  lucky.Take(first);
  const std::string second = EntryRecord(NextEntry(lucky));
  ExpectVoid(VoidReason::kIndexGap, second);
  EXPECT_TRUE(Counts(Take(first)));
  EXPECT_TRUE(Counts(Take(second)));
}

TEST_F(FilterTest, ClosesWithAClosingEntry) {
  TakeClaim(1, 'a');
  EXPECT_TRUE(Counts(TakeEntry([](Entry& entry) { entry.set_closing(true); })));
  EXPECT_EQ(filter_.index(), 1u);
  ExpectVoidEntry(VoidReason::kClosed, [](Entry&) {});
}

// An entry that is wrong in several ways is void for the first: one line a neighbouring pair of
// reasons.
TEST_F(FilterTest, NamesTheFirstReason) {
  TakeClaim(2, 'a');
  TakeEntry();
  const auto old_hash = [](Entry& entry) { entry.mutable_previous_hash()->back() ^= 1; };
  ExpectVoidEntry(VoidReason::kIndexGap,
                  [&](Entry& entry) { entry.set_index(3), old_hash(entry); });
  ExpectVoidEntry(VoidReason::kIndexOld,
                  [&](Entry& entry) { entry.set_index(1), old_hash(entry); });
  TakeEntry([](Entry& entry) { entry.set_closing(true); });
  ExpectVoidEntry(VoidReason::kClosed, [](Entry& entry) { entry.set_index(1); });
  ExpectVoidEntry(VoidReason::kOtherWriter,
                  [](Entry& entry) { entry.set_writer(std::string(16, 'b')); });
  ExpectVoidEntry(VoidReason::kOtherTerm,
                  [](Entry& entry) { entry.set_term(1), entry.set_writer(std::string(16, 'b')); });
}

// Levels, and what is no record.

TEST_F(FilterTest, StopsAtAClaimOfANewerProgram) {
  Claim claim = NextClaim(filter_, WriterNamed('a'));
  claim.set_level(kLevel + 1);
  ExpectStop(StopReason::kLevelAhead, ClaimRecord(claim),
             "level of this program 4, of the record 5: start a newer program");
  claim.set_level(kLevel);
  EXPECT_TRUE(Counts(Take(ClaimRecord(claim))));
}

TEST_F(FilterTest, StopsAtAnEntryOfANewerProgram) {
  TakeClaim(1, 'a');
  Entry entry = NextEntry(filter_);
  entry.set_level(kLevel + 1);
  ExpectStop(StopReason::kLevelAhead, EntryRecord(entry),
             "level of this program 4, of the record 5: start a newer program");
  entry.set_level(kLevel);
  EXPECT_TRUE(Counts(Take(EntryRecord(entry))));
}

TEST_F(FilterTest, GoesOnBehindAVoidRecordOfANewerProgram) {
  TakeClaim(1, 'a');
  Claim late = NextClaim(filter_, WriterNamed('b'));
  late.set_term(1);
  late.set_level(kLevel + 1);
  ExpectVoid(VoidReason::kTermOld, ClaimRecord(late));
  ExpectVoidEntry(VoidReason::kOtherWriter, [](Entry& entry) {
    entry.set_writer(std::string(16, 'b'));
    entry.set_level(kLevel + 1);
  });
}

TEST_F(FilterTest, StopsAtALogThatBeginsWithWhatIsNoRecord) {
  filter_ = Filter(ReaderOf(3));
  ExpectStop(StopReason::kMalformed, "\xff", "not a protobuf Record");
  ExpectStop(StopReason::kMalformed, "", "no kind of record that this program knows");
}

// The format has no other kinds of record, so it is somebody else's.
TEST_F(FilterTest, VoidsWhatIsNoRecord) {
  Entry short_hash = NextEntry(filter_);
  short_hash.mutable_previous_hash()->pop_back();
  Record unknown_kind;
  unknown_kind.GetReflection()->MutableUnknownFields(&unknown_kind)->AddLengthDelimited(4, "x");
  ExpectVoid(VoidReason::kMalformed, "\xff");
  ExpectVoid(VoidReason::kMalformed, "");
  ExpectVoid(VoidReason::kMalformed, "{\"an operator's\": \"mistake\"}");
  ExpectVoid(VoidReason::kMalformed, std::string(kEntryBytesMax + 1, '\0'));
  ExpectVoid(VoidReason::kMalformed, EntryRecord(short_hash));
  ExpectVoid(VoidReason::kMalformed, unknown_kind.SerializeAsString());
  TakeClaim(1, 'a');
  EXPECT_TRUE(Counts(TakeEntry()));
  ExpectVoid(VoidReason::kMalformed, "\xff");
  EXPECT_TRUE(Counts(TakeEntry())) << "the chain goes on behind it";
}

// The state.

TEST_F(FilterTest, GoesOnFromItsSavedStateAtEveryStep) {
  const auto save_and_load = [this] {
    const Filter before = filter_;
    const auto loaded = Filter::FromProto(before.ToProto(), ReaderOf(3));
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(loaded->SameHead(before));
    EXPECT_EQ(loaded->ToProto().SerializeAsString(), before.ToProto().SerializeAsString());
    filter_ = *loaded;
  };
  save_and_load();
  EXPECT_TRUE(Counts(TakeClaim(1, 'a')));
  save_and_load();
  EXPECT_TRUE(Counts(TakeEntry()));
  ExpectVoid(VoidReason::kIndexOld, std::string(last_));
  save_and_load();
  EXPECT_EQ(filter_.void_count(VoidReason::kIndexOld), 1u);
  EXPECT_TRUE(Counts(TakeEntry([](Entry& entry) { entry.set_closing(true); })));
  save_and_load();
  ExpectVoidEntry(VoidReason::kClosed, [](Entry&) {});
}

TEST_F(FilterTest, SavesTheStateBeforeTheFirstRecordToo) {
  filter_ = *Filter::FromProto(Filter(ReaderOf(3)).ToProto(), ReaderOf(3));
  EXPECT_FALSE(filter_.cluster());
  EXPECT_TRUE(Counts(Take(GenesisRecord(Cluster('c'), 3, 8))));
}

TEST_F(FilterTest, RefusesAStateThatIsNone) {
  ledger::v1::FilterState state = filter_.ToProto();
  state.set_hash("short");
  EXPECT_FALSE(Filter::FromProto(state, ReaderOf(3)));
  state = filter_.ToProto();
  state.set_writer("short");
  EXPECT_FALSE(Filter::FromProto(state, ReaderOf(3)));
  state = filter_.ToProto();
  state.set_cluster_id("short");
  EXPECT_FALSE(Filter::FromProto(state, ReaderOf(3)));
  state = filter_.ToProto();
  state.add_void_counts(1);
  EXPECT_FALSE(Filter::FromProto(state, ReaderOf(3)));
}

TEST_F(FilterTest, RefusesAStateOfAnotherCluster) {
  Reader reader = ReaderOf(3);
  reader.cluster = Cluster('d');
  EXPECT_FALSE(Filter::FromProto(filter_.ToProto(), reader));
}

TEST_F(FilterTest, ComparesTheWholeHead) {
  TakeClaim(1, 'a');
  const Filter before = filter_;
  EXPECT_TRUE(filter_.SameHead(before));
  Take(GenesisRecord(Cluster('c'), 3, 8));
  EXPECT_TRUE(filter_.SameHead(before)) << "void records leave the head as it is";
  TakeEntry();
  EXPECT_FALSE(filter_.SameHead(before));
}

}  // namespace
}  // namespace dialtone::engine
