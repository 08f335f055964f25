// What `user set-up` is about to ask, written down before it is asked: so that who goes on after a
// crash asks the same under the same request ids, and gets the first answers.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "clients/cli/durable_file.h"

namespace dialtone::clients::cli {

// Rows of the file that are asked for together.
struct Chunk {
  std::size_t first = 0;  // from 0
  std::size_t count = 0;
  std::string seed;  // a UUIDv7 that the ids of its requests are made from

  friend bool operator==(const Chunk&, const Chunk&) = default;
};

// The id of one of the chunk's requests: a UUIDv7 of the seed's time, the same each time.
std::string RequestIdOf(const Chunk& chunk, std::string_view label);

class SetUpJournal {
 public:
  // What must be the same each time that one goes on.
  struct Identity {
    std::string digest;  // of the file
    std::string organization;
    std::string ledger;  // the cluster id of the server's
    std::size_t rows = 0;
  };

  // Begins one, or goes on with the one that is there. The error is a sentence.
  static tl::expected<std::unique_ptr<SetUpJournal>, std::string> Open(
      const std::filesystem::path& path, const Identity& identity);

  // The newest chunk that the row is in; none: it was never asked for.
  std::optional<Chunk> Find(std::size_t row) const;
  // On the disk when it returns; takes the place of all chunks from its first row on.
  tl::expected<void, std::string> Begin(const Chunk& chunk);

 private:
  explicit SetUpJournal(std::unique_ptr<DurableFile> file) : file_(std::move(file)) {}
  tl::expected<void, std::string> Read(const Identity& identity);
  void Take(const Chunk& chunk);

  const std::unique_ptr<DurableFile> file_;
  std::map<std::size_t, Chunk> chunks_;  // by their first rows
};

}  // namespace dialtone::clients::cli
