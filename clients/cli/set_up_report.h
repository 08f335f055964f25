// The report of `user set-up`: what became of each row of the file, a line each, in its order.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "clients/cli/csv.h"
#include "clients/cli/durable_file.h"
#include "clients/cli/people_file.h"

namespace dialtone::clients::cli {

inline constexpr char kDone[] = "ok";

struct RowResult {
  std::string status = kDone;  // or the reason of a refusal
  std::string step;            // that was refused: create, licenses or number
  std::string facts;           // of the refusal, or what is worth a note
  std::string number;          // that the user has now

  friend bool operator==(const RowResult&, const RowResult&) = default;
};

CsvRow ReportHeader();
CsvRow ReportRow(const Person& person, const RowResult& result);

class SetUpReport {
 public:
  // Reason and step of refusals, and how many rows have it.
  using Refusals = std::map<std::pair<std::string, std::string>, std::size_t>;

  // Begins one, or goes on with the one that is there. `people` outlive it. The error is a
  // sentence.
  static tl::expected<std::unique_ptr<SetUpReport>, std::string> Open(
      const std::filesystem::path& path, const People& people);

  // How many rows it has: the first ones of the file.
  std::size_t rows() const { return rows_; }
  std::size_t refused() const;
  const Refusals& refusals() const { return refusals_; }
  // The reason of the first row that was refused; empty: none was.
  const std::string& first_reason() const { return first_reason_; }

  // The next rows; on the disk when it returns. REQUIRES: the file has as many.
  tl::expected<void, std::string> Append(const std::vector<RowResult>& results);

 private:
  SetUpReport(std::unique_ptr<DurableFile> file, const People& people)
      : file_(std::move(file)), people_(people) {}
  tl::expected<void, std::string> Read();
  void Count(const std::string& status, const std::string& step);

  const std::unique_ptr<DurableFile> file_;
  const People& people_;
  std::size_t rows_ = 0;
  Refusals refusals_;
  std::string first_reason_;
};

}  // namespace dialtone::clients::cli
