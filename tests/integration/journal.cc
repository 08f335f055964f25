#include "tests/integration/journal.h"

#include <utility>

#include "controlplane/kernel/check.h"

namespace dialtone::testing {

namespace {

void Write(std::ofstream& stream, const std::string& text) {
  const std::uint64_t size = text.size();
  stream.write(reinterpret_cast<const char*>(&size), sizeof(size));
  stream.write(text.data(), static_cast<std::streamsize>(size));
}

bool Read(std::ifstream& stream, std::string& text) {
  std::uint64_t size = 0;
  if (!stream.read(reinterpret_cast<char*>(&size), sizeof(size))) return false;
  text.resize(size);
  return static_cast<bool>(stream.read(text.data(), static_cast<std::streamsize>(size)));
}

}  // namespace

Journal::Journal(std::filesystem::path file)
    : file_(std::move(file)), stream_(file_, std::ios::binary | std::ios::trunc) {}

void Journal::Add(const Acknowledged& entry) {
  {
    const std::lock_guard lock(mutex_);
    for (const std::string* const text : {&entry.path, &entry.request, &entry.answer})
      Write(stream_, *text);
    stream_.flush();
    DIALTONE_CHECK(stream_.good(), file_.string());
    ++size_;
  }
  added_.notify_all();
}

void Journal::WaitFor(std::size_t count) {
  std::unique_lock lock(mutex_);
  added_.wait(lock, [&] { return size_ >= count; });
}

std::size_t Journal::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

std::vector<Acknowledged> Journal::ReadFrom(std::size_t first) const {
  const std::size_t count = size();
  std::ifstream stream(file_, std::ios::binary);
  std::vector<Acknowledged> entries;
  for (std::size_t i = 0; i < count; ++i) {
    Acknowledged entry;
    DIALTONE_CHECK(
        Read(stream, entry.path) && Read(stream, entry.request) && Read(stream, entry.answer),
        "the journal ends early");
    if (i >= first) entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace dialtone::testing
