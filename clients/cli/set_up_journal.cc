#include "clients/cli/set_up_journal.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <chrono>
#include <cstdint>
#include <utility>

#include "clients/cli/csv.h"
#include "clients/cpp/request_id.h"

namespace dialtone::clients::cli {

namespace {

constexpr char kBegin[] = "user set-up";
constexpr char kVersion[] = "1";
constexpr char kChunk[] = "chunk";

// A UUIDv7's, in its first 48 bits: `01234567-89ab-…`. None: it is no UUID.
std::optional<WallTime> TimeIn(const std::string& seed) {
  constexpr std::size_t kFirst = 8;
  constexpr std::size_t kDashAndSecond = 5;
  std::uint64_t millis = 0;
  if (seed.size() <= kFirst + kDashAndSecond || seed[kFirst] != '-' ||
      !absl::SimpleHexAtoi(seed.substr(0, kFirst) + seed.substr(kFirst + 1, kDashAndSecond - 1),
                           &millis))
    return std::nullopt;
  return WallTime(std::chrono::milliseconds(millis));
}

CsvRow HeaderOf(const SetUpJournal::Identity& identity) {
  return {kBegin,          kVersion,
          identity.digest, identity.organization,
          identity.ledger, absl::StrCat(identity.rows)};
}

// Rows are counted from 1 where people read them.
CsvRow LineOf(const Chunk& chunk) {
  return {kChunk, absl::StrCat(chunk.first + 1), absl::StrCat(chunk.count), chunk.seed};
}

std::optional<Chunk> ChunkIn(const CsvRow& line) {
  Chunk chunk;
  if (line.size() != 4 || line[0] != kChunk || !absl::SimpleAtoi(line[1], &chunk.first) ||
      !absl::SimpleAtoi(line[2], &chunk.count) || chunk.first == 0 || chunk.count == 0)
    return std::nullopt;
  --chunk.first;
  chunk.seed = line[3];
  return chunk;
}

// Empty: it is the same.
std::string Difference(const CsvRow& is, const CsvRow& wanted) {
  if (is.size() != wanted.size() || is[0] != wanted[0] || is[1] != wanted[1])
    return "is no journal that this program can go on with";
  if (is[3] != wanted[3]) return "is of the organization " + is[3] + ", not " + wanted[3];
  if (is[4] != wanted[4]) return "is of the ledger " + is[4] + ", and the server has " + wanted[4];
  if (is[2] != wanted[2] || is[5] != wanted[5])
    return "is of the file as it was when it was begun, and the file has changed since";
  return "";
}

}  // namespace

std::string RequestIdOf(const Chunk& chunk, std::string_view label) {
  return MintRequestId(*TimeIn(chunk.seed), absl::StrCat(chunk.seed, " ", std::string(label)));
}

tl::expected<std::unique_ptr<SetUpJournal>, std::string> SetUpJournal::Open(
    const std::filesystem::path& path, const Identity& identity) {
  auto file = DurableFile::Open(path);
  if (!file) return tl::unexpected(std::move(file.error()));
  std::unique_ptr<SetUpJournal> journal(new SetUpJournal(std::move(*file)));
  if (auto read = journal->Read(identity); !read)
    return tl::unexpected(path.string() + " " + read.error());
  return journal;
}

tl::expected<void, std::string> SetUpJournal::Read(const Identity& identity) {
  const CsvRow header = HeaderOf(identity);
  if (file_->text().empty()) return file_->Append(CsvLine(header));
  const auto lines = ReadCsv(file_->text());
  if (!lines || lines->empty()) return tl::unexpected<std::string>("is no journal");
  if (auto difference = Difference(lines->front().fields, header); !difference.empty())
    return tl::unexpected(std::move(difference));
  for (auto line = lines->begin() + 1; line != lines->end(); ++line) {
    const auto chunk = ChunkIn(line->fields);
    const bool is_inside = chunk && chunk->first < identity.rows &&
                           chunk->count <= identity.rows - chunk->first &&
                           TimeIn(chunk->seed).has_value();
    if (!is_inside)
      return tl::unexpected(absl::StrCat("is damaged: line ", line->line, " is no chunk"));
    Take(*chunk);
  }
  return {};
}

std::optional<Chunk> SetUpJournal::Find(std::size_t row) const {
  auto after = chunks_.upper_bound(row);
  if (after == chunks_.begin()) return std::nullopt;
  const Chunk& chunk = std::prev(after)->second;
  if (row >= chunk.first + chunk.count) return std::nullopt;
  return chunk;
}

tl::expected<void, std::string> SetUpJournal::Begin(const Chunk& chunk) {
  if (auto written = file_->Append(CsvLine(LineOf(chunk))); !written) return written;
  Take(chunk);
  return {};
}

void SetUpJournal::Take(const Chunk& chunk) {
  chunks_.erase(chunks_.lower_bound(chunk.first), chunks_.end());
  chunks_.emplace(chunk.first, chunk);
}

}  // namespace dialtone::clients::cli
