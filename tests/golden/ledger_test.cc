// The ledger's format, version 1: the server's own code makes the vectors of ledger_v1.txt, and
// reads them as they say. A test that fails here has found a program that would read or write
// ledgers differently: protos/dialtone/ledger/v1/README.md is final, and so are the vectors.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <variant>

#include "controlplane/edge/rpc/asked.h"
#include "controlplane/edge/rpc/format.h"
#include "controlplane/engine/ledger/filter.h"
#include "controlplane/engine/ledger/record.h"
#include "controlplane/engine/runtime/request_log.h"
#include "controlplane/kernel/aggregate.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/token.h"
#include "controlplane/policy/loader.h"
#include "dialtone/ledger/v1/outcome.pb.h"
#include "tests/golden/vectors.h"

namespace dialtone::golden {
namespace {

using engine::ClusterId;
using engine::Filter;
using ledger::v1::Record;

constexpr char kVectors[] = "ledger_v1.txt";

template <class Visit>
void ForEach(std::string_view kind, Visit visit) {
  int count = 0;
  for (const Section& section : ReadSections(kVectors)) {
    if (section.kind != kind) continue;
    SCOPED_TRACE("[" + section.kind + " " + section.name + "]");
    visit(section);
    ++count;
  }
  EXPECT_GT(count, 0) << "no vectors of " << kind;
}

std::uint64_t Number(const std::string& text) { return std::stoull(text); }

// What the server's makers make of a section's fields.
std::string Made(const Record& record) {
  switch (record.record_case()) {
    case Record::kGenesis:
      return engine::GenesisRecord(ClusterId::FromBytes(record.genesis().cluster_id()),
                                   record.genesis().partition(),
                                   record.genesis().partition_count());
    case Record::kClaim:
      return engine::ClaimRecord(record.claim());
    case Record::kEntry:
      return engine::EntryRecord(record.entry());
    case Record::RECORD_NOT_SET:
      break;
  }
  ADD_FAILURE() << "a vector without a record";
  return "";
}

Record RecordOf(const Section& section) {
  Record record;
  SetAll(record, section, "");
  if (section.Has("batch")) {
    const Section batch = SectionNamed(kVectors, "batch " + section.At("batch"));
    record.mutable_entry()->set_batch(FromHex(batch.At("bytes")));
  }
  return record;
}

engine::Reader ReaderOfVectors() {
  const Section reader = SectionNamed(kVectors, "reader");
  return {static_cast<std::uint32_t>(Number(reader.At("partition"))),
          static_cast<std::uint32_t>(Number(reader.At("partition_count"))),
          ClusterId::FromBytes(FromHex(reader.At("cluster"))),
          static_cast<std::uint32_t>(Number(reader.At("level")))};
}

std::string TextOf(const engine::Taken& taken) {
  if (const auto* gone = std::get_if<engine::Void>(&taken))
    return "void " + std::string(ToText(gone->reason));
  if (const auto* stop = std::get_if<engine::Stop>(&taken))
    return "stop " + std::string(ToText(stop->reason));
  return "counts";
}

std::string HeadOf(const Filter& filter) {
  return "term " + std::to_string(filter.term()) + ", writer " + ToHex(filter.writer().bytes()) +
         ", open " + (filter.open() ? "true" : "false") + ", index " +
         std::to_string(filter.index()) + ", hash " + ToHex(AsBytes(filter.hash()));
}

TEST(LedgerV1, BatchesAreMadeAsTheVectorsHaveThem) {
  ForEach("batch", [](const Section& section) {
    ledger::v1::Batch batch;
    SetAll(batch, section, "");
    EXPECT_EQ(ToHex(batch.SerializeAsString()), section.At("bytes"));
    ledger::v1::Batch read;
    ASSERT_TRUE(read.ParseFromString(FromHex(section.At("bytes"))));
    EXPECT_EQ(read.DebugString(), batch.DebugString());
  });
}

// What nobody makes, such as fields in another order or a foreign format, is only read.
TEST(LedgerV1, RecordsThatCountAreMadeAsTheVectorsHaveThem) {
  int made = 0;
  ForEach("record", [&](const Section& section) {
    if (section.At("taken") != "counts" || section.At("canonical") == "no") return;
    EXPECT_EQ(ToHex(Made(RecordOf(section))), section.At("bytes"));
    ++made;
  });
  EXPECT_GE(made, 7);
}

TEST(LedgerV1, RecordsAreReadAsTheVectorsHaveThem) {
  ForEach("record", [](const Section& section) {
    if (section.At("taken").ends_with(" malformed")) return;
    Record read;
    ASSERT_TRUE(read.ParseFromString(FromHex(section.At("bytes"))));
    read.DiscardUnknownFields();
    EXPECT_EQ(read.DebugString(), RecordOf(section).DebugString());
  });
}

TEST(LedgerV1, TheFilterCountsVoidsAndStopsAsTheVectorsSay) {
  Filter filter(ReaderOfVectors());
  ForEach("record", [&](const Section& section) {
    const std::string before = HeadOf(filter);
    EXPECT_EQ(TextOf(filter.Take(FromHex(section.At("bytes")))), section.At("taken"));
    EXPECT_EQ(HeadOf(filter), section.Has("head") ? section.At("head") : before);
  });
}

TEST(LedgerV1, EveryReasonHasAVector) {
  std::map<std::string, int> seen;
  ForEach("record", [&](const Section& section) { ++seen[section.At("taken")]; });
  for (std::size_t i = 0; i < engine::kVoidReasons; ++i) {
    const std::string reason(ToText(static_cast<engine::VoidReason>(i)));
    EXPECT_GT(seen["void " + reason], 0) << reason;
  }
  for (const auto reason : {engine::StopReason::kMalformed, engine::StopReason::kGenesisMissing,
                            engine::StopReason::kGenesisForeign, engine::StopReason::kLevelAhead}) {
    EXPECT_GT(seen["stop " + std::string(ToText(reason))], 0) << ToText(reason);
  }
}

// The chain as its writer goes on with it: term, writer, index and previous hash come from the
// filter alone.
TEST(LedgerV1, OwnersGoOnWithTheChainOfTheVectors) {
  Filter filter(ReaderOfVectors());
  ForEach("record", [&](const Section& section) {
    const Record record = RecordOf(section);
    if (section.At("taken") == "counts" && record.has_entry()) {
      const ledger::v1::Entry next = engine::NextEntry(filter);
      EXPECT_EQ(next.term(), record.entry().term());
      EXPECT_EQ(ToHex(next.writer()), ToHex(record.entry().writer()));
      EXPECT_EQ(next.index(), record.entry().index());
      EXPECT_EQ(ToHex(next.previous_hash()), ToHex(record.entry().previous_hash()));
    }
    filter.Take(FromHex(section.At("bytes")));
  });
}

TEST(LedgerV1, TheLimitsAreThoseOfThePage) {
  EXPECT_EQ(engine::kEntryBytesMax, 262'144U);
  EXPECT_EQ(engine::kBatchBytesMax, 262'016U);
  EXPECT_EQ(engine::kTermStepMax, 1'000U);
  EXPECT_EQ(engine::kFormatVersion, 1U);
  EXPECT_EQ(engine::kHashFunction, "sha256-64");
}

TEST(LedgerV1, AnAggregateHasItsPartitionByTheHashOfItsKey) {
  const Section vectors = SectionNamed(kVectors, "partitions");
  ASSERT_EQ(vectors.lines.size(), 12U);
  for (const auto& [key, value] : vectors.lines) {
    const std::vector<std::string> words = Words(value);
    const AggregateKey aggregate(key);
    EXPECT_EQ(aggregate.hash(), std::stoull(words.at(0), nullptr, 16)) << key;
    std::size_t at = 1;
    for (const std::uint32_t count : {1U, 8U, 10U, 64U, 256U})
      EXPECT_EQ(aggregate.PartitionOf(count), Number(words.at(at++))) << key << " of " << count;
  }
}

// Each kind of thing has its own tag; here it is told by the vector.
struct AnyTag {
  inline static std::string kPrefix;  // NOLINT(readability-identifier-naming): a tag's own word
};

TEST(LedgerV1, IdsAreMadeOfThePositionAndTheOrdinal) {
  for (const auto& [text, value] : SectionNamed(kVectors, "ids").lines) {
    const std::vector<std::string> words = Words(value);
    AnyTag::kPrefix = words.at(0);
    IdSource ids{{static_cast<std::uint32_t>(Number(words.at(1))), Number(words.at(2))},
                 static_cast<std::uint32_t>(Number(words.at(3)))};
    Context context(Timestamp(), {}, {}, *policy::BuiltIn(), ids, nullptr);
    EXPECT_EQ(context.NewId<AnyTag>().text(), text);
    EXPECT_EQ(ids.ordinal, Number(words.at(3)) + 1) << "the next one is another";
  }
}

TEST(LedgerV1, RequestIdsHaveTheirTextBytesAndTime) {
  for (const auto& [text, value] : SectionNamed(kVectors, "request ids").lines) {
    const std::vector<std::string> words = Words(value);
    const std::string bytes = edge::ParseUuid7(text);
    ASSERT_EQ(ToHex(bytes), words.at(0));
    EXPECT_EQ(edge::RequestIdText(bytes), text);
    EXPECT_EQ(engine::IssueTime(bytes).micros(), std::stoll(words.at(1)) * 1'000);
  }
}

TEST(LedgerV1, RequestIdsAreReadInTheirCanonicalFormOnly) {
  for (const auto& [text, value] : SectionNamed(kVectors, "request id texts").lines) {
    const std::string bytes = edge::ParseUuid7(text);
    EXPECT_EQ(bytes.empty() ? "refused" : ToHex(bytes), value) << text;
  }
}

TEST(LedgerV1, RequestIdsThatTheServerMintsAreReadBack) {
  const Timestamp now = Timestamp::Micros(1'543'623'187'456'789);
  const std::string bytes = edge::MintRequestId(now);
  EXPECT_EQ(edge::ParseUuid7(edge::RequestIdText(bytes)), bytes);
  EXPECT_EQ(engine::IssueTime(bytes), Timestamp::Micros(1'543'623'187'456'000));
}

TEST(LedgerV1, ConsistencyTokensHaveTheirText) {
  for (const auto& [text, value] : SectionNamed(kVectors, "tokens").lines) {
    std::vector<std::string> words = Words(value);
    ConsistencyToken token(FromHex(words.at(0)));
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::size_t colon = words[i].find(':');
      token.Add({static_cast<std::uint32_t>(Number(words[i].substr(0, colon))),
                 Number(words[i].substr(colon + 1))});
    }
    EXPECT_EQ(token.ToText(), text);
    const auto read = ConsistencyToken::Parse(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_TRUE(*read == token) << text;
  }
}

}  // namespace
}  // namespace dialtone::golden
