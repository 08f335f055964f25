#include "controlplane/engine/ledger/embedded_format.h"

#include <gtest/gtest.h>

#include <limits>

namespace dialtone::engine {
namespace {

using std::string_literals::operator""s;

constexpr Offset kOffsetMax = std::numeric_limits<Offset>::max();

// Ledgers cannot be rewritten: these bytes stay as they are.
TEST(EmbeddedFormat, HasItsFrozenBytes) {
  EXPECT_EQ(RecordKey({3, 0x0102030405060708}), "\0\0\0\3\1\2\3\4\5\6\7\x8"s);
  EXPECT_EQ(TailKey(3), "\xff\xff\xff\xff\0\0\0\3"s);
  Digest digest;
  digest.fill('d');
  EXPECT_EQ(TailValue({258, digest}), "\0\0\0\0\0\0\1\2"s + std::string(32, 'd'));
}

TEST(EmbeddedFormat, SortsRecordsByPartitionAndOffsetAndTailsBehindThem) {
  EXPECT_LT(RecordKey({0, 255}), RecordKey({0, 256}));
  EXPECT_LT(RecordKey({0, kOffsetMax}), RecordKey({1, 0}));
  EXPECT_LT(RecordKey({kPartitionsMax, kOffsetMax}), TailKey(0));
  EXPECT_LT(TailKey(0), TailKey(1));
}

TEST(EmbeddedFormat, ReadsBackWhatItWrote) {
  const RecordPlace place{7, 1ull << 40};
  EXPECT_EQ(ParseRecordKey(RecordKey(place)), place);
  const Tail tail{99, Sha256("last")};
  EXPECT_EQ(ParseTail(TailValue(tail)), tail);
}

TEST(EmbeddedFormat, KnowsAKeyByItsLength) {
  EXPECT_FALSE(ParseRecordKey(TailKey(1)));
  EXPECT_FALSE(ParseRecordKey(RecordKey({1, 2}) + "x"));
  EXPECT_FALSE(ParseTail("short"));
  EXPECT_FALSE(ParseTail(std::string(kTailBytes + 1, 't')));
}

TEST(EmbeddedFormat, SealsARecordTogetherWithItsPlace) {
  const Digest digest = RecordDigest(RecordKey({1, 2}), "record");
  EXPECT_EQ(digest, Sha256(RecordKey({1, 2}) + "record"));
  EXPECT_EQ(SealOf(digest), AsBytes(digest).substr(0, 8));
  EXPECT_NE(RecordDigest(RecordKey({1, 3}), "record"), digest);
  EXPECT_NE(RecordDigest(RecordKey({1, 2}), "recorD"), digest);
}

}  // namespace
}  // namespace dialtone::engine
