#include "controlplane/edge/vault/master_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "controlplane/edge/vault/aes_gcm.h"

namespace dialtone::vault {

namespace {

tl::unexpected<std::string> Wrong(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

}  // namespace

tl::expected<std::string, std::string> ReadMaster(const std::filesystem::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return Wrong("cannot read " + file.string());
  if ((status.st_mode & 077U) != 0) {
    return Wrong(file.string() + " can be read by others: chmod 600 it, and think about who did.");
  }
  std::ifstream stream(file, std::ios::binary);
  std::string key{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (key.size() != kKeyBytes)
    return Wrong(file.string() + " is no key of 32 bytes: bring it back from a copy.");
  return key;
}

tl::expected<std::string, std::string> MakeMaster(const std::filesystem::path& file) {
  const std::string key = RandomBytes(kKeyBytes);
  const std::string fresh = file.string() + ".new";
  const int descriptor = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const bool written =
      descriptor >= 0 &&
      write(descriptor, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
      fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  if (!written || rename(fresh.c_str(), file.c_str()) != 0)
    return Wrong("cannot write " + file.string() + ": check its folder's owner and space.");
  const int folder = open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY);
  if (folder >= 0) {
    fsync(folder);
    close(folder);
  }
  return key;
}

}  // namespace dialtone::vault
