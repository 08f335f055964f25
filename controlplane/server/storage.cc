#include "controlplane/server/storage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "controlplane/edge/telemetry/log.h"
#include "controlplane/edge/vault/aes_gcm.h"
#include "controlplane/edge/vault/kafka_key_store.h"
#include "controlplane/engine/ledger/embedded_ledger.h"
#include "controlplane/engine/ledger/kafka_settings.h"

namespace dialtone::server {

namespace {

using engine::EmbeddedLedgerStore;
using engine::KafkaLedgerStore;

Started<OpenedLedger> OpenEmbedded(const Config& config) {
  const auto random = [] { return SystemRandom(); };
  auto ledger = EmbeddedLedgerStore::Open({config.data / "ledger", config.partitions}, random);
  if (!ledger) return CannotStart(ExitCode::kIntegrity, ToText(ledger.error()));
  std::uint64_t records = 0;
  const auto verified = (*ledger)->Verify(
      [&](const engine::VerifyProgress& progress) { records = progress.records_total; });
  if (!verified) return CannotStart(ExitCode::kIntegrity, ToText(verified.error()));
  telemetry::LogInfo("the ledger is whole", {{"records", std::to_string(records)},
                                             {"folder", (config.data / "ledger").string()}});
  const engine::ClusterId cluster = (*ledger)->cluster();
  return OpenedLedger{std::move(*ledger), cluster, nullptr};
}

Started<OpenedLedger> OpenKafka(const Config& config) {
  const engine::KafkaOptions options = KafkaOptionsOf(config);
  if (auto fit = engine::CheckSettings(options.settings); !fit)
    return CannotStart(ExitCode::kUsage, ToText(fit.error()) + "; see --kafka-setting");
  const auto random = [] { return SystemRandom(); };
  auto ledger = KafkaLedgerStore::Open(options, random);
  if (!ledger) return CannotStart(ExitCodeOf(ledger.error().fault), ToText(ledger.error()));
  telemetry::LogInfo("the ledger is open",
                     {{"topic", options.topic}, {"brokers", options.brokers}});
  KafkaLedgerStore* const kafka = ledger->get();
  return OpenedLedger{std::move(*ledger), kafka->cluster(), kafka};
}

Started<OpenedLedger> OpenLedger(const Config& config) {
  return ParseKafka(config.ledger) ? OpenKafka(config) : OpenEmbedded(config);
}

// On Kafka they are the only witness of what the log was.
std::string RowsMayBeRemoved(const Config& config) {
  const std::string text =
      "; the folder " + (config.data / "rows").string() + " may be removed: the ledger has it all";
  if (!ParseKafka(config.ledger)) return text;
  return text +
         ". But without it nobody notices here if the log was cut off, or made again, since: make "
         "sure that it was not";
}

// Whoever claims a partition has made sure before that there are keys.
vault::LedgerUse UseOf(engine::LedgerStore& ledger) {
  for (std::uint32_t number = 0; number < ledger.partition_count(); ++number) {
    if (IsUsed(ledger.partition(number))) return vault::LedgerUse::kUsed;
  }
  return vault::LedgerUse::kNew;
}

// Beside the ledger: on this machine, or for all nodes of a topic.
Started<std::unique_ptr<vault::KeyVault>> OpenKeys(const Config& config,
                                                   const OpenedLedger& ledger) {
  if (!ParseKafka(config.ledger)) {
    auto keys = vault::KeyVault::Open(config.data);
    if (!keys) return CannotStart(ExitCode::kOther, keys.error());
    return std::move(*keys);
  }
  const auto options = vault::KeyOptionsOf(KafkaOptionsOf(config));
  auto store = vault::KafkaKeyStore::Open(options, UseOf(*ledger.store));
  if (!store) return CannotStart(ExitCodeOf(store.error().fault), ToText(store.error()));
  auto keys = vault::KeyVault::OpenShared(config.data, std::move(*store));
  if (!keys) return CannotStart(ExitCode::kOther, keys.error());
  return std::move(*keys);
}

}  // namespace

engine::KafkaOptions KafkaOptionsOf(const Config& config) {
  const KafkaPlace place = *ParseKafka(config.ledger);
  engine::KafkaOptions options;
  options.brokers = place.brokers;
  if (!place.topic.empty()) options.topic = place.topic;
  options.partition_count = config.partitions;
  options.kind = config.kafka;
  options.settings = config.kafka_settings;
  options.tell = [](std::string_view text) {
    telemetry::LogWarning("Kafka", {{"says", std::string(text)}});
  };
  return options;
}

tl::unexpected<StartError> CannotLoad(const Config& config, const engine::LoadError& error) {
  switch (error.of) {
    case engine::LoadError::Of::kLedger:
      return CannotStart(ExitCode::kOther,
                         error.what + ": its brokers do not answer; start again when they do");
    case engine::LoadError::Of::kRows:
      break;
  }
  return CannotStart(ExitCode::kIntegrity, error.what + RowsMayBeRemoved(config));
}

std::uint64_t SystemRandom() {
  std::uint64_t bits = 0;
  std::memcpy(&bits, vault::RandomBytes(sizeof(bits)).data(), sizeof(bits));
  return bits;
}

Started<FolderLock> FolderLock::Take(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string file = (folder / "lock").string();
  const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return CannotStart(ExitCode::kOther, "cannot write in " + folder.string() + " (" +
                                             std::strerror(errno) +
                                             "): choose another folder with --data");
  }
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    close(descriptor);
    return CannotStart(ExitCode::kInUse, folder.string() +
                                             " belongs to a dialtoned that runs: stop it, or "
                                             "choose another folder with --data");
  }
  return FolderLock(descriptor);
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool IsUsed(const engine::Ledger& partition) {
  constexpr std::size_t kEarlyBytes = 4'096;
  constexpr Duration kReadMax = Duration::Seconds(10);
  engine::ReadResult read;
  while (!read.at_end) {
    const engine::Offset from = read.next;
    read = partition.Read(from, kEarlyBytes, kReadMax);
    for (const engine::StoredRecord& stored : read.records) {
      const auto record = engine::ParseRecord(stored.bytes);
      if (!record || !record->has_genesis()) return true;
    }
    if (read.next == from) return !read.at_end;
  }
  return false;
}

Started<Storage> Storage::Open(const Config& config) {
  auto lock = FolderLock::Take(config.data);
  if (!lock) return tl::unexpected(lock.error());
  auto ledger = OpenLedger(config);
  if (!ledger) return tl::unexpected(ledger.error());
  auto rows = engine::RocksRowStore::Open((config.data / "rows").string());
  if (!rows) {
    return CannotStart(ExitCode::kOther, rows.error() + RowsMayBeRemoved(config));
  }
  auto keys = OpenKeys(config, *ledger);
  if (!keys) return tl::unexpected(keys.error());
  return Storage{std::move(*lock), std::move(*ledger), std::move(*rows), std::move(*keys)};
}

}  // namespace dialtone::server
