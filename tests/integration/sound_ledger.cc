#include "tests/integration/sound_ledger.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <utility>

#include "controlplane/engine/ledger/filter.h"
#include "controlplane/kernel/check.h"

namespace dialtone::engine {

namespace {

constexpr std::size_t kEverything = 1 << 30;

// What an owner does: reads the partition through the filter, claims it, appends behind the head.
class Owner {
 public:
  Owner(EmbeddedLedgerStore& store, std::uint32_t number)
      : ledger_(store.partition(number)), head_({number, kPartitions, store.cluster(), 0}) {
    for (const StoredRecord& record : ledger_.Read(0, kEverything, Duration()).records) {
      head_.Take(record.bytes);
    }
  }
  void Claim() {
    const std::string letter(1, static_cast<char>('a' + head_.term() % 26));
    Append(ClaimRecord(NextClaim(head_, Writer::FromBytes(std::string(16, letter.front())))));
  }
  void Enter(std::string batch) {
    ledger::v1::Entry entry = NextEntry(head_);
    entry.set_batch(std::move(batch));
    Append(EntryRecord(std::move(entry)));
  }
  void Poll() {
    ledger_.Poll(Duration(), [](Cookie, const AppendResult&) {});
  }

 private:
  void Append(std::string record) {
    const Taken taken = head_.Take(record);
    DIALTONE_CHECK(!std::holds_alternative<Void>(taken) && !std::holds_alternative<Stop>(taken),
                   "an owner's records count");
    ledger_.Append(std::move(record), 0);
  }

  Ledger& ledger_;
  Filter head_;
};

}  // namespace

LedgerExpected<StorePtr> OpenStore(const std::filesystem::path& folder) {
  std::mt19937_64 random(1);
  return EmbeddedLedgerStore::Open({folder, kPartitions}, [&] { return random(); });
}

LedgerExpected<StorePtr> Start(const std::filesystem::path& folder) {
  LedgerExpected<StorePtr> store = OpenStore(folder);
  if (!store) return store;
  const LedgerExpected<void> sound = (*store)->Verify([](const VerifyProgress&) {});
  if (!sound) return tl::unexpected(sound.error());
  return store;
}

void Grow(EmbeddedLedgerStore& store, int entries) {
  std::vector<Owner> owners;
  for (std::uint32_t number = 0; number < kPartitions; ++number) {
    owners.emplace_back(store, number).Claim();
  }
  for (int entry = 0; entry < entries; ++entry) {
    for (Owner& owner : owners) owner.Enter(std::string(1 + entry * 37 % 300, 'x'));
    if (entry % 3 == 0) owners.front().Poll();
  }
  for (Owner& owner : owners) owner.Poll();
}

Contents ContentsOf(EmbeddedLedgerStore& store) {
  Contents contents(kPartitions);
  for (std::uint32_t number = 0; number < kPartitions; ++number) {
    for (StoredRecord& record : store.partition(number).Read(0, kEverything, Duration()).records) {
      contents[number].push_back(std::move(record.bytes));
    }
  }
  return contents;
}

std::unique_ptr<rocksdb::DB> OpenRaw(const std::filesystem::path& folder) {
  rocksdb::DB* db = nullptr;
  rocksdb::Options options;
  options.allow_fallocate = false;
  const rocksdb::Status status = rocksdb::DB::Open(options, (folder / "log").string(), &db);
  DIALTONE_CHECK(status.ok(), status.ToString());
  return std::unique_ptr<rocksdb::DB>(db);
}

std::string SealedValue(const RecordPlace& place, std::string_view record) {
  std::string value(SealOf(RecordDigest(RecordKey(place), record)));
  return value.append(record);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void WriteFile(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  DIALTONE_CHECK(out.good(), path.string());
}

}  // namespace dialtone::engine
