#include "controlplane/engine/ledger/acknowledged.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "controlplane/kernel/check.h"

namespace dialtone::engine {

namespace {

// One slot a partition: the tail, then how SHA-256 of partition and tail begins, then zeros. 64
// bytes never straddle a sector, so a slot is old or new, whatever happens.
constexpr std::size_t kSlotBytes = 64;

std::string SlotOf(std::uint32_t partition, const Tail& tail) {
  const std::string value = TailValue(tail);
  std::string slot = value;
  slot.append(SealOf(Sha256(TailKey(partition), value)));
  slot.resize(kSlotBytes, '\0');
  return slot;
}

std::string SlotsOf(const std::vector<Tail>& tails) {
  std::string slots;
  for (std::uint32_t partition = 0; partition < tails.size(); ++partition) {
    slots.append(SlotOf(partition, tails[partition]));
  }
  return slots;
}

std::string SystemText(std::string_view deed, const std::filesystem::path& path) {
  return std::string(deed) + " " + path.string() + ": " + std::strerror(errno);
}

// Writes, syncs and closes.
bool WriteDurably(const std::filesystem::path& path, const std::string& bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const bool written =
      write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      fsync(file) == 0;
  return close(file) == 0 && written;
}

bool SyncDirectory(const std::filesystem::path& path) {
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return false;
  const bool synced = fsync(directory) == 0;
  return close(directory) == 0 && synced;
}

}  // namespace

LedgerExpected<void> Acknowledged::Create(const std::filesystem::path& path,
                                          const std::vector<Tail>& tails) {
  const std::filesystem::path draft = path.string() + ".new";
  if (!WriteDurably(draft, SlotsOf(tails)) || rename(draft.c_str(), path.c_str()) != 0 ||
      !SyncDirectory(path.parent_path())) {
    return Refuse(LedgerFault::kSystem, SystemText("cannot create", path));
  }
  return {};
}

LedgerExpected<std::unique_ptr<Acknowledged>> Acknowledged::Open(const std::filesystem::path& path,
                                                                 std::uint32_t partition_count) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) return Refuse(LedgerFault::kSystem, SystemText("cannot read", path));
  if (bytes.size() != partition_count * kSlotBytes) {
    return Refuse(LedgerFault::kDamaged, path.string() + " has " + std::to_string(bytes.size()) +
                                             " bytes instead of " +
                                             std::to_string(partition_count * kSlotBytes));
  }
  std::vector<Tail> tails;
  for (std::uint32_t partition = 0; partition < partition_count; ++partition) {
    const std::string_view slot =
        std::string_view(bytes).substr(partition * kSlotBytes, kSlotBytes);
    tails.push_back(*ParseTail(slot.substr(0, kTailBytes)));
    if (slot != SlotOf(partition, tails.back())) {
      return Refuse(LedgerFault::kDamaged,
                    path.string() + " was changed at partition " + std::to_string(partition));
    }
  }
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return Refuse(LedgerFault::kSystem, SystemText("cannot write", path));
  return std::unique_ptr<Acknowledged>(new Acknowledged(path, file, std::move(tails)));
}

Acknowledged::Acknowledged(std::filesystem::path path, int file, std::vector<Tail> tails)
    : path_(std::move(path)), file_(file), tails_(std::move(tails)), slots_(SlotsOf(tails_)) {}

Acknowledged::~Acknowledged() { close(file_); }

void Acknowledged::Write(const std::vector<std::pair<std::uint32_t, Tail>>& tails) {
  for (const auto& [partition, tail] : tails)
    slots_.replace(partition * kSlotBytes, kSlotBytes, SlotOf(partition, tail));
  const std::size_t first = tails.front().first * kSlotBytes;
  const std::size_t size = (tails.back().first + 1) * kSlotBytes - first;
  const ssize_t written = pwrite(file_, slots_.data() + first, size, static_cast<off_t>(first));
  DIALTONE_CHECK(written == static_cast<ssize_t>(size), SystemText("cannot write", path_));
}

}  // namespace dialtone::engine
