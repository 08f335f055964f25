#include "clients/cli/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace dialtone::clients::cli {

namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 16U;

// A file that was just made is there after a loss of power only if its folder is written too.
bool SyncFolderOf(const std::filesystem::path& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool is_synced = fsync(descriptor) == 0;
  close(descriptor);
  return is_synced;
}

}  // namespace

tl::expected<std::unique_ptr<DurableFile>, std::string> DurableFile::Open(
    const std::filesystem::path& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  std::unique_ptr<DurableFile> file(new DurableFile(path, descriptor));
  if (descriptor < 0) return file->Failed("cannot be opened");
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return tl::unexpected("another process is at " + path.string());
    return file->Failed("cannot be locked");
  }
  if (auto read = file->Read(); !read) return tl::unexpected(std::move(read.error()));
  if (!SyncFolderOf(path)) return file->Failed("cannot be kept");
  return file;
}

DurableFile::~DurableFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

tl::expected<void, std::string> DurableFile::Read() {
  std::array<char, kReadBytes> bytes{};
  while (true) {
    const ssize_t count = read(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("cannot be read");
    if (count == 0) break;
    text_.append(bytes.data(), static_cast<std::size_t>(count));
  }
  const std::size_t whole = text_.rfind('\n') + 1;  // 0: there is none
  if (whole == text_.size()) return {};
  text_.resize(whole);
  if (ftruncate(descriptor_, static_cast<off_t>(whole)) != 0) return Failed("cannot be written");
  return {};
}

tl::expected<void, std::string> DurableFile::Append(const std::string& lines) {
  for (std::size_t done = 0; done < lines.size();) {
    const ssize_t count = write(descriptor_, lines.data() + done, lines.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("cannot be written");
    done += static_cast<std::size_t>(count);
  }
  if (fdatasync(descriptor_) != 0) return Failed("cannot be written");
  return {};
}

tl::unexpected<std::string> DurableFile::Failed(const std::string& what) const {
  return tl::unexpected(path_.string() + " " + what + ": " + std::strerror(errno));
}

}  // namespace dialtone::clients::cli
