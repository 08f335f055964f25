// What is truncated, flipped, missing, repeated or swapped in the embedded ledger is found at the
// next start, and named: a thousand and more random places. Records are harmed through RocksDB,
// whose own checksums then hold; files byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/integration/sound_ledger.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::engine {
namespace {

using std::filesystem::path;
using testing::AnyOf;
using testing::HasSubstr;

// Half of the records lie in a table, the other half in RocksDB's log.
class EmbeddedDamageTest : public testing::Test {
 protected:
  EmbeddedDamageTest() {
    Grow(**OpenStore(sound()), 30);
    const StorePtr store = std::move(*OpenStore(sound()));
    Grow(*store, 30);
    contents_ = ContentsOf(*store);
  }

  path sound() const { return folder_.path() / "sound"; }
  path harmed() const { return folder_.path() / "harmed"; }

  std::uint64_t Random(std::uint64_t below) { return random_() % below; }
  Offset EndOf(std::uint32_t partition) const { return contents_[partition].size(); }
  RecordPlace RandomPlace() {
    const auto partition = static_cast<std::uint32_t>(Random(kPartitions));
    return {partition, Random(EndOf(partition))};
  }
  const std::string& RecordAt(const RecordPlace& place) const {
    return contents_[place.partition][place.offset];
  }
  std::string FlipOneBit(std::string bytes) {
    bytes[Random(bytes.size())] ^= static_cast<char>(1 << Random(8));
    return bytes;
  }
  std::string CutSomewhere(const std::string& bytes) {
    return bytes.substr(0, Random(bytes.size()));
  }

  // What the start says after the harm; an empty text if it starts.
  LedgerError StartAfter(const std::function<void()>& harm) {
    std::filesystem::remove_all(harmed());
    std::filesystem::copy(sound(), harmed(), std::filesystem::copy_options::recursive);
    harm();
    LedgerExpected<StorePtr> store = Start(harmed());
    if (!store) {
      // A start leaves traces of its own; they must not hide the damage. Tried now and then, for it
      // costs time.
      if (Random(8) == 0) EXPECT_FALSE(Start(harmed())) << ToText(store.error());
      return store.error();
    }
    EXPECT_EQ(ContentsOf(**store), contents_) << "it started, and records are gone";
    return {};
  }
  LedgerError StartAfterHarmTo(const std::function<void(rocksdb::DB&)>& harm) {
    return StartAfter([&] { harm(*OpenRaw(harmed())); });
  }
  // The start is refused and names the place of damage.
  void ExpectNamed(const RecordPlace& place, const std::function<void(rocksdb::DB&)>& harm) {
    const LedgerError error = StartAfterHarmTo(harm);
    ASSERT_TRUE(error.place) << ToText(error);
    EXPECT_EQ(*error.place, place) << ToText(error);
  }

  static void Put(rocksdb::DB& db, const std::string& key, const std::string& value) {
    EXPECT_TRUE(db.Put({}, key, value).ok());
  }
  // A record in a place, with a seal as if it had been written there.
  static void PutSealed(rocksdb::DB& db, const RecordPlace& place, const std::string& record) {
    Put(db, RecordKey(place), SealedValue(place, record));
  }
  static void Delete(rocksdb::DB& db, const std::string& key) {
    EXPECT_TRUE(db.Delete({}, key).ok());
  }

  TemporaryFolder folder_{TemporaryFolder::InMemory()};
  Contents contents_;
  std::mt19937_64 random_{20261122};
};

TEST_F(EmbeddedDamageTest, NothingIsSaidOfASoundLedger) {
  EXPECT_EQ(ToText(StartAfterHarmTo([](rocksdb::DB&) {})), "");
  EXPECT_EQ(EndOf(0), 63u) << "genesis, and twice a claim and thirty entries";
}

TEST_F(EmbeddedDamageTest, NamesAFlippedRecord) {
  for (int i = 0; i < 200; ++i) {
    const RecordPlace place = RandomPlace();
    ExpectNamed(place, [&](rocksdb::DB& db) {
      Put(db, RecordKey(place), FlipOneBit(SealedValue(place, RecordAt(place))));
    });
  }
}

TEST_F(EmbeddedDamageTest, NamesACutRecord) {
  for (int i = 0; i < 100; ++i) {
    const RecordPlace place = RandomPlace();
    ExpectNamed(place, [&](rocksdb::DB& db) {
      Put(db, RecordKey(place), CutSomewhere(SealedValue(place, RecordAt(place))));
    });
  }
}

TEST_F(EmbeddedDamageTest, NamesAMissingRecord) {
  for (int i = 0; i < 150; ++i) {
    const RecordPlace place = RandomPlace();
    ExpectNamed(place, [&](rocksdb::DB& db) { Delete(db, RecordKey(place)); });
  }
}

TEST_F(EmbeddedDamageTest, NamesWhereAPartitionWasCutOff) {
  for (int i = 0; i < 100; ++i) {
    const RecordPlace place = RandomPlace();
    ExpectNamed(place, [&](rocksdb::DB& db) {
      for (Offset at = place.offset; at < EndOf(place.partition); ++at) {
        Delete(db, RecordKey({place.partition, at}));
      }
    });
  }
}

// As if the log had never been longer: only the file beside it knows better.
TEST_F(EmbeddedDamageTest, NamesWhereAPartitionWasCutOffWithItsTail) {
  for (int i = 0; i < 100; ++i) {
    RecordPlace place = RandomPlace();
    if (place.offset == 0) place.offset = 1;
    ExpectNamed(place, [&](rocksdb::DB& db) {
      for (Offset at = place.offset; at < EndOf(place.partition); ++at) {
        Delete(db, RecordKey({place.partition, at}));
      }
      const RecordPlace last{place.partition, place.offset - 1};
      Put(db, TailKey(place.partition),
          TailValue({last.offset, RecordDigest(RecordKey(last), RecordAt(last))}));
    });
  }
}

TEST_F(EmbeddedDamageTest, NamesTwoRecordsThatChangedPlaces) {
  for (int i = 0; i < 150; ++i) {
    const RecordPlace one = RandomPlace();
    const RecordPlace other = RandomPlace();
    if (one == other) continue;
    const LedgerError error = StartAfterHarmTo([&](rocksdb::DB& db) {
      Put(db, RecordKey(one), SealedValue(other, RecordAt(other)));
      Put(db, RecordKey(other), SealedValue(one, RecordAt(one)));
    });
    ASSERT_TRUE(error.place) << ToText(error);
    EXPECT_THAT(*error.place, AnyOf(one, other)) << ToText(error);
  }
}

TEST_F(EmbeddedDamageTest, NamesARecordThatStandsInAnothersPlaceToo) {
  for (int i = 0; i < 100; ++i) {
    const RecordPlace one = RandomPlace();
    const RecordPlace other = RandomPlace();
    if (one == other) continue;
    ExpectNamed(one, [&](rocksdb::DB& db) {
      Put(db, RecordKey(one), SealedValue(other, RecordAt(other)));
    });
  }
}

TEST_F(EmbeddedDamageTest, NamesARecordBehindTheEnd) {
  for (std::uint32_t partition = 0; partition < kPartitions; ++partition) {
    const RecordPlace end{partition, EndOf(partition)};
    ExpectNamed(end, [&](rocksdb::DB& db) {
      PutSealed(db, end, RecordAt({partition, end.offset - 1}));
    });
  }
}

// Whoever changes a record and its seal is found out by the chain of hashes: at that record, or at
// the next entry. A claim may stand between both: it names no record before it.
TEST_F(EmbeddedDamageTest, NamesARecordThatWasForged) {
  for (int i = 0; i < 150; ++i) {
    RecordPlace place = RandomPlace();
    if (place.offset == 0) place.offset = 1;
    const LedgerError error = StartAfterHarmTo(
        [&](rocksdb::DB& db) { PutSealed(db, place, FlipOneBit(RecordAt(place))); });
    ASSERT_TRUE(error.place) << ToText(error);
    EXPECT_EQ(error.place->partition, place.partition) << ToText(error);
    EXPECT_GE(error.place->offset, place.offset) << ToText(error);
    EXPECT_LE(error.place->offset, place.offset + 2) << ToText(error);
  }
}

TEST_F(EmbeddedDamageTest, NoticesAForgedGenesisRecord) {
  for (int i = 0; i < 30; ++i) {
    const RecordPlace place{static_cast<std::uint32_t>(Random(kPartitions)), 0};
    const LedgerError error = StartAfterHarmTo(
        [&](rocksdb::DB& db) { PutSealed(db, place, FlipOneBit(RecordAt(place))); });
    EXPECT_NE(ToText(error), "");
  }
}

TEST_F(EmbeddedDamageTest, NamesALostOrForgedTail) {
  for (std::uint32_t partition = 0; partition < kPartitions; ++partition) {
    const RecordPlace last{partition, EndOf(partition) - 1};
    ExpectNamed(last, [&](rocksdb::DB& db) { Delete(db, TailKey(partition)); });
    ExpectNamed(last, [&](rocksdb::DB& db) { Put(db, TailKey(partition), "short"); });
    ExpectNamed(last, [&](rocksdb::DB& db) {
      Put(db, TailKey(partition), TailValue({last.offset, Digest{}}));
    });
  }
}

TEST_F(EmbeddedDamageTest, NamesAKeyThatNoLedgerWrites) {
  const RecordPlace foreign{kPartitions, 0};
  for (const std::string& key : {RecordKey(foreign), TailKey(kPartitions), std::string("zzz")}) {
    const LedgerError error = StartAfterHarmTo([&](rocksdb::DB& db) { Put(db, key, "value"); });
    EXPECT_THAT(ToText(error), HasSubstr("a key that no ledger writes: " + ToHex(key)));
  }
  ExpectNamed({1, 5}, [&](rocksdb::DB& db) { Put(db, RecordKey({1, 4}) + "x", "value"); });
}

TEST_F(EmbeddedDamageTest, EndsTheProcessThatReadsADamagedRecordLater) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto read = [this](const std::function<void(rocksdb::DB&)>& harm) {
    harm(*OpenRaw(sound()));
    (*OpenStore(sound()))->partition(2).Read(1, 1 << 30, Duration());
  };
  EXPECT_DEATH(read([](rocksdb::DB& db) {
                 Put(db, RecordKey({2, 7}), "too short a seal");
               }),
               "partition 2, offset 7: the record was changed, or stood elsewhere");
  EXPECT_DEATH(read([](rocksdb::DB& db) {
                 Delete(db, RecordKey({2, 7}));
               }),
               "a record is missing before 000000020000000000000008");
}

// Files.

std::vector<path> FilesIn(const path& folder, const std::string& ending) {
  std::vector<path> files;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const bool wanted = file.path().string().ends_with(ending);
    if (wanted && file.file_size() > 0) files.push_back(file.path());
  }
  EXPECT_FALSE(files.empty()) << ending;
  return files;
}

TEST_F(EmbeddedDamageTest, NoticesALogFileThatWasCut) {
  for (int i = 0; i < 100; ++i) {
    const LedgerError error = StartAfter([&] {
      for (const path& log : FilesIn(harmed() / "log", ".log")) {
        WriteFile(log, CutSomewhere(ReadFile(log)));
      }
    });
    EXPECT_NE(ToText(error), "");
  }
}

TEST_F(EmbeddedDamageTest, NoticesAFlippedBitInALogFile) {
  for (int i = 0; i < 100; ++i) {
    const LedgerError error = StartAfter([&] {
      for (const path& log : FilesIn(harmed() / "log", ".log")) {
        WriteFile(log, FlipOneBit(ReadFile(log)));
      }
    });
    EXPECT_NE(ToText(error), "");
  }
}

TEST_F(EmbeddedDamageTest, NoticesATableThatWasCutOrIsMissing) {
  for (int i = 0; i < 30; ++i) {
    const LedgerError error = StartAfter([&] {
      for (const path& table : FilesIn(harmed() / "log", ".sst")) {
        WriteFile(table, CutSomewhere(ReadFile(table)));
      }
    });
    EXPECT_NE(ToText(error), "");
  }
  const LedgerError error = StartAfter([&] {
    for (const path& table : FilesIn(harmed() / "log", ".sst")) std::filesystem::remove(table);
  });
  EXPECT_THAT(ToText(error), HasSubstr("No such file"));
}

// Some bytes of a table are padding: a start that does not mind must have every record.
TEST_F(EmbeddedDamageTest, LosesNothingToAFlippedBitInATable) {
  int noticed = 0;
  for (int i = 0; i < 100; ++i) {
    const LedgerError error = StartAfter([&] {
      for (const path& table : FilesIn(harmed() / "log", ".sst")) {
        WriteFile(table, FlipOneBit(ReadFile(table)));
      }
    });
    noticed += ToText(error).empty() ? 0 : 1;
  }
  EXPECT_GT(noticed, 80);
}

TEST_F(EmbeddedDamageTest, NoticesALostLogFile) {
  const LedgerError error = StartAfter([&] {
    for (const path& log : FilesIn(harmed() / "log", ".log")) std::filesystem::remove(log);
  });
  EXPECT_NE(ToText(error), "");
}

TEST_F(EmbeddedDamageTest, NoticesThatTheWholeLogIsGone) {
  const LedgerError error = StartAfter([&] { std::filesystem::remove_all(harmed() / "log"); });
  EXPECT_THAT(ToText(error), HasSubstr("cannot be opened"));
}

TEST_F(EmbeddedDamageTest, NoticesHarmToTheFileBesideTheLog) {
  const path file = harmed() / "acknowledged";
  for (int i = 0; i < 50; ++i) {
    const LedgerError error = StartAfter([&] { WriteFile(file, FlipOneBit(ReadFile(file))); });
    EXPECT_THAT(ToText(error), HasSubstr("acknowledged was changed at partition"));
  }
  const LedgerError cut = StartAfter([&] { WriteFile(file, CutSomewhere(ReadFile(file))); });
  EXPECT_THAT(ToText(cut), HasSubstr("bytes instead of 256"));
  const LedgerError missing = StartAfter([&] { std::filesystem::remove(file); });
  EXPECT_THAT(ToText(missing), HasSubstr("acknowledged is missing"));
}

// A write that was torn by a loss of power was acknowledged to nobody: the file beside the log is
// of before it.
TEST_F(EmbeddedDamageTest, ForgivesATornWriteThatNobodyWasToldOf) {
  for (int i = 0; i < 20; ++i) {
    const LedgerError error = StartAfter([&] {
      const std::string acknowledged = ReadFile(harmed() / "acknowledged");
      Grow(**OpenStore(harmed()), 0);
      for (const path& log : FilesIn(harmed() / "log", ".log")) {
        WriteFile(log, CutSomewhere(ReadFile(log)));
      }
      WriteFile(harmed() / "acknowledged", acknowledged);
    });
    EXPECT_EQ(ToText(error), "");
  }
}

}  // namespace
}  // namespace dialtone::engine
