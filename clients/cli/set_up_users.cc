#include "clients/cli/set_up_users.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/csv.h"
#include "clients/cli/names.h"
#include "clients/cli/people_file.h"
#include "clients/cli/set_up_journal.h"
#include "clients/cli/set_up_report.h"
#include "clients/cli/set_up_rows.h"
#include "clients/cli/set_up_trial.h"
#include "dialtone/admin/v1/admin_service.pb.h"

namespace dialtone::clients::cli {

namespace {

using std::chrono::steady_clock;
using Done = tl::expected<void, std::string>;  // the error is a sentence

// With long names and addresses fewer fit into the server's 64 KiB for the outcome of a command:
// then it is halved, and grows again.
constexpr std::size_t kChunkRowsMax = 100;
constexpr std::size_t kChunkRowsMore = 10;  // tried after what was not too much
constexpr char kJournalEnd[] = ".journal";

Ran Stopped(const std::string& why, ExitCode code, const Console& console) {
  if (console.progress) console.progress("");
  console.err << "dialtone: " << why << '\n';
  return {code, {}, std::nullopt};
}

double SecondsSince(steady_clock::time_point began) {
  return std::chrono::duration<double>(steady_clock::now() - began).count();
}

WallTime TimeOf(const google::protobuf::Timestamp& time) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(
      std::chrono::seconds(time.seconds()) + std::chrono::nanoseconds(time.nanos())));
}

// people.csv has people.report.csv.
std::string ReportPathOf(const std::string& file) {
  constexpr char kCsv[] = ".csv";
  const absl::string_view stem = absl::StripSuffix(file, kCsv);
  return absl::StrCat(stem, ".report.csv");
}

struct Paths {
  std::string file;
  std::string report;
};

tl::expected<Paths, std::string> PathsIn(const Arguments& arguments) {
  const auto wrong = tl::unexpected(absl::StrCat("say user set-up ", kSetUpUsersUsage));
  const auto& rest = arguments.rest;  // user set-up [--report FILE]
  std::string report;
  if (rest.size() == 4 && rest[2] == "--report") {
    report = rest[3];
  } else if (rest.size() == 3 && rest[2].rfind("--report=", 0) == 0) {
    report = rest[2].substr(rest[2].find('=') + 1);
  } else if (rest.size() != 2) {
    return wrong;
  } else if (arguments.file != "-") {
    report = ReportPathOf(arguments.file);
  }
  if (arguments.file.empty() || report.empty()) return wrong;
  return Paths{arguments.file, report};
}

// One run over what the report does not have yet.
class SetUp {
 public:
  SetUp(const People& people, std::string organization, Client& client, const Console& console)
      : people_(people),
        organization_(std::move(organization)),
        client_(client),
        console_(console) {}

  // The error is a sentence.
  Done Open(const std::string& report, const std::string& ledger);
  Ran Run();

 private:
  Done ChooseChunk();
  Done BeginChunk(std::size_t rows_max);
  std::optional<Ran> DoChunk();
  std::optional<Ran> Mend(const Failure& failure);
  Ran Fail(const Failure& failure) const;
  void ShowProgress() const;
  Ran Summary() const;

  const People& people_;
  const std::string organization_;
  Client& client_;
  const Console& console_;
  const steady_clock::time_point began_ = steady_clock::now();
  std::string report_path_;
  std::unique_ptr<SetUpJournal> journal_;
  std::unique_ptr<SetUpReport> report_;
  std::size_t rows_before_ = 0;
  std::size_t chunk_rows_ = kChunkRowsMax;
  Chunk chunk_;
  std::string own_seed_;  // of the newest chunk that was begun by this run
};

Done SetUp::Open(const std::string& report, const std::string& ledger) {
  report_path_ = report;
  const std::string journal = report + kJournalEnd;
  std::error_code ignored;
  if (!std::filesystem::exists(journal, ignored) && std::filesystem::exists(report, ignored))
    return tl::unexpected(report + " is there, and no journal beside it to go on with");
  auto opened =
      SetUpJournal::Open(journal, {people_.digest, organization_, ledger, people_.rows.size()});
  if (!opened) return tl::unexpected(std::move(opened.error()));
  journal_ = std::move(*opened);
  auto kept = SetUpReport::Open(report, people_);
  if (!kept) return tl::unexpected(std::move(kept.error()));
  report_ = std::move(*kept);
  rows_before_ = report_->rows();
  return {};
}

Ran SetUp::Run() {
  const std::size_t all = people_.rows.size();
  if (rows_before_ == all) {
    console_.err << "all was done before: nothing is sent\n";
  } else if (rows_before_ > 0) {
    console_.err << "going on with row " << rows_before_ + 1 << " of " << all << '\n';
  }
  while (report_->rows() < all) {
    ShowProgress();
    if (auto stopped = DoChunk()) return std::move(*stopped);
  }
  if (console_.progress) console_.progress("");
  return Summary();
}

// The next rows, or why there is no going on.
std::optional<Ran> SetUp::DoChunk() {
  if (auto chosen = ChooseChunk(); !chosen)
    return Stopped(chosen.error(), ExitCode::kOther, console_);
  auto results = SetUpRows(people_, chunk_, organization_, client_);
  if (!results) return Mend(results.error());
  // An earlier run may have died while it wrote them.
  const auto reported = static_cast<std::ptrdiff_t>(report_->rows() - chunk_.first);
  results->erase(results->begin(), results->begin() + reported);
  if (auto kept = report_->Append(*results); !kept)
    return Stopped(kept.error(), ExitCode::kOther, console_);
  chunk_rows_ = std::min(kChunkRowsMax, chunk_rows_ + kChunkRowsMore);
  return std::nullopt;
}

// The chunk that was being asked when an earlier run ended, or a new one.
Done SetUp::ChooseChunk() {
  const auto kept = journal_->Find(report_->rows());
  if (!kept) return BeginChunk(chunk_rows_);
  chunk_ = *kept;
  return {};
}

Done SetUp::BeginChunk(std::size_t rows_max) {
  const std::size_t first = report_->rows();
  chunk_ = {first, std::min(rows_max, people_.rows.size() - first), client_.MintRequestId()};
  own_seed_ = chunk_.seed;
  return journal_->Begin(chunk_);
}

// Too much at once is halved. What an earlier run was refused, as a whole or because the server has
// forgotten its ids, is asked anew, once: things may have changed.
std::optional<Ran> SetUp::Mend(const Failure& failure) {
  const bool is_own = chunk_.seed == own_seed_;
  const bool is_refusal = !failure.reason.empty() && ExitCodeOf(failure) != ExitCode::kUnavailable;
  Done mended;
  if (IsTooMuch(failure) && chunk_.count == 1) {
    mended = report_->Append({RefusedAt("create", failure)});
  } else if (IsTooMuch(failure)) {
    chunk_rows_ = chunk_.count / 2;
    mended = BeginChunk(chunk_rows_);
  } else if (is_refusal && !is_own) {
    mended = BeginChunk(chunk_.count);
  } else {
    return Fail(failure);
  }
  if (!mended) return Stopped(mended.error(), ExitCode::kOther, console_);
  return std::nullopt;
}

Ran SetUp::Fail(const Failure& failure) const {
  if (console_.progress) console_.progress("");
  console_.err << FailureText(failure, "") << report_->rows() << " of " << people_.rows.size()
               << " rows are done; the same command goes on with row " << report_->rows() + 1
               << '\n';
  return {ExitCodeOf(failure), {}, failure};
}

void SetUp::ShowProgress() const {
  if (!console_.progress) return;
  const double seconds = SecondsSince(began_);
  const auto done = static_cast<double>(report_->rows() - rows_before_);
  console_.progress(absl::StrFormat("%d of %d rows, %.0f rows/s, %d refused", report_->rows(),
                                    people_.rows.size(), seconds > 0 ? done / seconds : 0,
                                    report_->refused()));
}

Ran SetUp::Summary() const {
  const double seconds = SecondsSince(began_);
  const std::size_t done = report_->rows() - rows_before_;
  console_.err << absl::StrFormat("%d rows: %d set up, %d refused; ", report_->rows(),
                                  report_->rows() - report_->refused(), report_->refused());
  if (done > 0) {
    console_.err << absl::StrFormat("%d of them now, in %.3f s, %.0f rows/s; ", done, seconds,
                                    static_cast<double>(done) / seconds);
  }
  console_.err << "report: " << report_path_ << '\n';
  for (const auto& [refusal, rows] : report_->refusals()) {
    const auto& [reason, step] = refusal;
    console_.err << "  " << rows << ' ' << reason << " at " << step << ": " << RemedyOf(reason)
                 << '\n';
  }
  if (report_->refused() == 0) return {};
  console_.err << "to ask again for those that were refused, name another --report\n";
  return {ExitCodeOfReason(report_->first_reason()), {}, std::nullopt};
}

}  // namespace

Ran SetUpUsers(const Arguments& arguments, Client& client, const Console& console) {
  const auto stop = [&](const std::string& why) { return Stopped(why, ExitCode::kUsage, console); };
  const auto paths = PathsIn(arguments);
  if (!paths) return stop(paths.error());
  const auto organization = WholeName("organizations/{organization}", "", arguments.org);
  if (!organization) return stop("user set-up " + organization.error());
  const auto text = ReadFile(paths->file);
  if (!text) return stop("--file cannot be read: " + paths->file);
  const auto people = ReadPeople(*text, arguments.org);
  if (!people) return stop(paths->file + ": " + people.error());
  const auto status = client.Call<admin::v1::ServerStatus>(admin::v1::GetStatusRequest());
  if (!status) {
    console.err << FailureText(status.error(), "");
    return {ExitCodeOf(status.error()), {}, status.error()};
  }
  if (status->clock() == "simulated") client.SetServerTime(TimeOf(status->time()));
  if (arguments.dry_run == DryRun::kYes) return TrySetUp(*people, *organization, client, console);
  SetUp set_up(*people, *organization, client, console);
  if (auto opened = set_up.Open(paths->report, status->cluster_id()); !opened)
    return stop(opened.error() + ": name another report with --report");
  return set_up.Run();
}

}  // namespace dialtone::clients::cli
