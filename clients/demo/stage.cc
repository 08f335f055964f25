#include "clients/demo/stage.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <sstream>
#include <utility>

#include "clients/cli/fields.h"
#include "clients/cli/values.h"
#include "dialtone/admin/v1/admin_service.pb.h"

namespace dialtone::clients::demo {

namespace {

using google::protobuf::Message;

constexpr std::size_t kLinesShown = 14;
constexpr int kAttemptsMax = 1'000;  // the deadline ends them: a node may take over meanwhile
constexpr std::chrono::milliseconds kLook{20};  // of one who waits for somebody else's answer …
constexpr std::chrono::seconds kPatience{30};   // … which comes in moments
constexpr char kBold[] = "1";
constexpr char kGreen[] = "32";
constexpr char kYellow[] = "33";
constexpr char kRed[] = "31";
constexpr char kGrey[] = "90";

// The first lines, indented; how many more there are.
std::string Excerpt(const std::string& text) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  std::string shown;
  for (std::size_t i = 0; i < lines.size() && i < kLinesShown; ++i)
    absl::StrAppend(&shown, "    ", lines[i], "\n");
  if (lines.size() > kLinesShown)
    absl::StrAppend(&shown, "    … ", lines.size() - kLinesShown, " more\n");
  return shown;
}

}  // namespace

std::unique_ptr<Client> Stage::ClientOf(const std::string& server) {
  Settings settings;
  settings.server = server;
  settings.timeout = std::chrono::seconds(30);
  settings.attempts_max = kAttemptsMax;
  return std::make_unique<Client>(settings, *freshness_);
}

void Stage::Connect(const std::string& server, std::vector<std::string> others) {
  client_.reset();
  freshness_ = std::make_unique<Freshness>();
  MoveTo(server, std::move(others));
}

void Stage::MoveTo(const std::string& server, std::vector<std::string> others) {
  server_ = server;
  others_ = std::move(others);
  client_ = ClientOf(server);
  served_.clear();
  not_served_.clear();
  SyncClock(Do("server status", Shown::kNothing));
}

bool Stage::Offers(const std::string& method) {
  const auto* const found = FindMethod(method);
  if (found == nullptr) return false;
  const std::string& service = found->service()->full_name();
  if (served_.contains(service)) return true;
  if (not_served_.contains(service)) return false;
  const bool is_served = client_->Serves(service);
  (is_served ? served_ : not_served_).insert(service);
  return is_served;
}

bool Stage::Step(std::string_view number, std::string_view title,
                 std::initializer_list<const char*> methods) {
  if (!ok_) return false;
  out_ << '\n'
       << Painted(kBold, absl::StrCat("Step ", absl::string_view(number.data(), number.size()),
                                      ". ", absl::string_view(title.data(), title.size())))
       << '\n';
  std::vector<std::string> missing;
  for (const char* const method : methods) {
    if (!Offers(method)) missing.emplace_back(method);
  }
  if (missing.empty()) {
    ++steps_played_;
    return true;
  }
  out_ << Painted(kGrey, "  outside of this release: the server does not offer " +
                             absl::StrJoin(missing, ", "))
       << '\n';
  return false;
}

void Stage::Say(std::string_view text) {
  if (ok_) out_ << "\n  " << text << '\n';
}

cli::Ran Stage::Perform(const std::string& line, Shown shown) {
  if (shown != Shown::kNothing) out_ << Painted(kGrey, "  $ dialtone ") << line << '\n';
  std::vector<std::string> words = cli::SplitLine(line);
  auto arguments = cli::ParseArguments(words, [&](const std::string& name) {
    if (name == "DIALTONE_SERVER") return std::optional(server_);
    if (name == "DIALTONE_ORG") return std::optional(org_);
    return std::optional<std::string>();
  });
  // `wait NOUN NAME` looks at what `NOUN get NAME` gives.
  const bool is_wait = arguments && arguments->rest.size() > 1 && arguments->rest[0] == "wait";
  if (is_wait) {
    arguments->rest[0] = std::exchange(arguments->rest[1], "get");
    arguments->every = kLook;
    arguments->timeout = kPatience;
  }
  const cli::Command* const command =
      !arguments || arguments->rest.size() < 2
          ? nullptr
          : cli::FindCommand(arguments->rest[0], arguments->rest[1]);
  cli::Ran ran{cli::ExitCode::kUsage, {}, std::nullopt};
  if (command == nullptr) {
    Fail("there is no such command: " + line);
    return ran;
  }
  arguments->confirmed = cli::Confirmed::kYes;
  std::ostringstream out;
  std::ostringstream err;
  const cli::Console console{out, err, nullptr};
  ran = is_wait ? cli::RunWait(*command, *arguments, *client_, console)
                : cli::Run(*command, *arguments, *client_, console);
  const bool is_failed = ran.exit_code != cli::ExitCode::kOk;
  if (shown == Shown::kAll) out_ << Excerpt(out.str());
  if (shown == Shown::kAll || is_failed)
    out_ << (is_failed ? Painted(kYellow, Excerpt(err.str())) : Excerpt(err.str()));
  return ran;
}

cli::Ran Stage::Do(const std::string& line, Shown shown) {
  if (!ok_) return {cli::ExitCode::kOther, {}, std::nullopt};
  cli::Ran ran = Perform(line, shown);
  if (ran.exit_code != cli::ExitCode::kOk)
    Fail(absl::StrCat("this should have been done; exit code ", static_cast<int>(ran.exit_code)));
  return ran;
}

void Stage::Refused(std::string_view reason, const std::string& line) {
  if (!ok_) return;
  const cli::Ran ran = Perform(line, Shown::kAll);
  const std::string met = ran.failure ? ran.failure->reason : "nothing";
  if (met != reason)
    Fail(absl::StrCat("refused for ", met, ", not for ",
                      absl::string_view(reason.data(), reason.size())));
}

void Stage::Expect(bool holds, std::string_view what) {
  if (!ok_) return;
  if (!holds) return Fail(what);
  out_ << Painted(kGreen, "  ✓ ") << what << '\n';
}

void Stage::Advance(const std::string& span) {
  const auto moved = Do("clock advance " + span);
  for (const std::string& other : others_) {
    auto here = std::exchange(client_, ClientOf(other));
    Do("clock advance " + span, Shown::kNothing);
    client_ = std::move(here);
  }
  SyncClock(moved);
}

void Stage::SyncClock(const cli::Ran& ran) {
  if (ran.replies.empty()) return;
  google::protobuf::Timestamp time;
  const Message& reply = *ran.replies.front();
  if (const auto* const status = dynamic_cast<const admin::v1::ServerStatus*>(&reply))
    time = status->time();
  if (const auto* const told = dynamic_cast<const admin::v1::AdvanceClockResponse*>(&reply))
    time = told->time();
  server_time_ = WallTime(std::chrono::seconds(time.seconds()) +
                          std::chrono::microseconds(time.nanos() / 1'000));
  client_->SetServerTime(server_time_);
}

std::string Stage::WorkingDay(int days_ahead) const {
  absl::CivilDay day =
      absl::ToCivilDay(absl::FromChrono(server_time_), absl::UTCTimeZone()) + days_ahead;
  // Holidays of the United States that move are on Mondays and Thursdays; the others have a date.
  while (absl::GetWeekday(day) != absl::Weekday::tuesday) ++day;
  const std::string date = absl::FormatCivilTime(day).substr(5);
  for (const char* const holiday : {"01-01", "06-19", "07-04", "11-11", "12-25"}) {
    if (date == holiday) ++day;
  }
  return absl::FormatCivilTime(day);
}

void Stage::Fail(std::string_view what) {
  ok_ = false;
  out_ << Painted(kRed, "  ✗ unexpected: ") << what << '\n';
}

std::string Stage::Painted(std::string_view code, std::string_view text) const {
  if (paint_ == Paint::kNever) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

std::string FieldOf(const cli::Ran& ran, const std::string& path) {
  if (ran.replies.empty()) return "";
  return cli::CellOf(*ran.replies.front(), path, cli::Width::kWide);
}

std::vector<std::string> FieldsOf(const cli::Ran& ran, const std::string& path) {
  std::vector<std::string> fields;
  for (const auto& reply : ran.replies) {
    const auto* const list = cli::ListOf(*reply->GetDescriptor());
    const int size = list == nullptr ? 0 : reply->GetReflection()->FieldSize(*reply, list);
    for (int i = 0; i < size; ++i) {
      fields.push_back(cli::CellOf(reply->GetReflection()->GetRepeatedMessage(*reply, list, i),
                                   path, cli::Width::kWide));
    }
  }
  return fields;
}

}  // namespace dialtone::clients::demo
