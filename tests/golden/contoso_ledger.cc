#include "tests/golden/contoso_ledger.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <fstream>

#include "controlplane/kernel/check.h"
#include "controlplane/policy/loader.h"
#include "controlplane/server/machine.h"
#include "tests/golden/vectors.h"

namespace dialtone::golden {

namespace {

constexpr int kTurnsMax = 10'000;
constexpr std::size_t kAllBytes = 16U << 20U;

const engine::ClusterId kCluster = engine::ClusterId::FromBytes("a golden ledger!");

constexpr char kHead[] =
    R"(# A ledger of one partition, as the real domain wrote it: contoso buys licences, gets numbers, and uses one of them.
# Programs that come later must fold it to the same content: contoso_test.cc. Before release 1.0, events and rows may still
# change on purpose. Then, and never otherwise:
#   DIALTONE_GOLDEN_WRITE=digest build/dev/bin/golden_tests    folds the same records again, and notes the new digest
#   DIALTONE_GOLDEN_WRITE=ledger build/dev/bin/golden_tests    plays everything again
# The bytes of its envelope are final: ledger_v1.txt.
)";

std::unique_ptr<engine::Node> NewNode(engine::LedgerStore& store, engine::RowStore& rows) {
  static const server::DomainReactor reactor;
  engine::NodeOptions options;
  options.cluster = kCluster;
  options.address = "127.0.0.1:7000";
  options.policy_digest = std::string(32, '\x70');
  options.random = [state = std::uint64_t{1}]() mutable {
    return state = state * 6'364'136'223'846'793'005U + 1;
  };
  return std::make_unique<engine::Node>(std::move(options), store, rows, reactor,
                                        *policy::BuiltIn(),
                                        [](std::uint32_t) { return server::NewMachine(); });
}

// `inventory.numbers_requested`
std::string NameOf(const Event& event) {
  std::vector<const google::protobuf::FieldDescriptor*> slice;
  std::vector<const google::protobuf::FieldDescriptor*> what;
  event.GetReflection()->ListFields(event, &slice);
  if (slice.empty()) return "unknown";
  const auto& inner = event.GetReflection()->GetMessage(event, slice[0]);
  inner.GetReflection()->ListFields(inner, &what);
  return slice[0]->name() + "." + (what.empty() ? "unknown" : what[0]->name());
}

std::string Describe(const ledger::v1::Outcome& outcome) {
  std::string text = "\n#   " + outcome.aggregate() + (outcome.has_cause() ? ", caused:" : ":");
  for (const Event& event : outcome.events()) text += " " + NameOf(event);
  for (const auto& answer : outcome.answers())
    text += answer.has_refusal() ? " → " + answer.refusal().reason() : " → replied";
  return text;
}

std::string Describe(const std::string& bytes) {
  const auto record = engine::ParseRecord(bytes);
  DIALTONE_CHECK(record.has_value(), record.error().what);
  if (record->has_genesis()) return "genesis";
  if (record->has_claim()) return "claim of term " + std::to_string(record->claim().term());
  const ledger::v1::Entry& entry = record->entry();
  ledger::v1::Batch batch;
  DIALTONE_CHECK(batch.ParseFromString(entry.batch()), "a batch that cannot be read");
  std::string text = "entry " + std::to_string(entry.index());
  if (entry.closing()) text += ", closing";
  for (const ledger::v1::Outcome& outcome : batch.outcomes()) text += Describe(outcome);
  return text;
}

}  // namespace

OnePartition::OnePartition(const Records& records)
    : log_(kCluster, 1), store_(log_.Open(0)), node_(NewNode(*store_, rows_)) {
  for (std::size_t i = 1; i < records.size(); ++i) store_->partition(0).Append(records[i], i);
  log_.Settle();
  EXPECT_TRUE(records.empty() || this->records()[0] == records[0]) << "another genesis";
}

Records OnePartition::records() const {
  Records records;
  for (const auto& stored : store_->partition(0).Read(0, kAllBytes, Duration()).records)
    records.push_back(stored.bytes);
  return records;
}

std::string OnePartition::Digest() const {
  return ToHex(AsBytes(partition().fold().ContentDigest()));
}

void OnePartition::Settle(Timestamp now) {
  int turns = 0;
  while (node_->Turn(now)) ASSERT_LT(++turns, kTurnsMax) << "it does not come to rest";
}

Records ReadLedger() {
  Records records;
  for (const Section& section : ReadSections(kLedgerFile)) {
    if (section.kind == "record") records.push_back(FromHex(section.At("bytes")));
  }
  return records;
}

void WriteLedger(const Records& records) {
  OnePartition ledger(records);
  ledger.Settle(Timestamp());
  const engine::Filter& filter = ledger.partition().filter();
  std::ofstream file(PathOf(kLedgerFile));
  file << kHead << "\n[ledger]\ncluster = " << ToHex(kCluster.bytes())
       << "\npartition = 0\npartition_count = 1\nlevel = 0\nindex = " << filter.index()
       << "\nhash = " << ToHex(AsBytes(filter.hash())) << "\ndigest = " << ledger.Digest() << "\n";
  for (std::size_t i = 0; i < records.size(); ++i) {
    file << "\n# " << Describe(records[i]) << "\n[record " << i
         << "]\nbytes = " << ToHex(records[i]) << "\n";
  }
}

}  // namespace dialtone::golden
