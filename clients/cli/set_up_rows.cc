#include "clients/cli/set_up_rows.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "clients/cli/names.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"

namespace dialtone::clients::cli {

namespace {

using std::chrono::steady_clock;
using Asked = tl::expected<void, Failure>;
using Indices = std::vector<std::size_t>;  // of rows of the chunk
using Refusals = std::map<std::size_t, Failure>;

constexpr std::size_t kReadsInFlightMax = 64;
constexpr char kCreate[] = "create";
constexpr char kLicenses[] = "licenses";
constexpr char kNumber[] = "number";
// Of request ids. "number 0" and so on were those of an earlier version, which called for each.
constexpr char kNumbers[] = "numbers";
constexpr char kUserExists[] = "USER_EXISTS";
constexpr char kNumberInUse[] = "NUMBER_IN_USE";

enum class Deed { kDo, kTry };

// About what was asked: not about the whole organization, nor about who asked, when and how.
bool IsOfTheRow(const Failure& failure) {
  constexpr std::array kOfAllRows = std::to_array<std::string_view>(
      {"", "ORGANIZATION_NOT_FOUND", "ORGANIZATION_SUSPENDED", "REQUEST_FROM_THE_FUTURE"});
  constexpr std::array kCodes =
      std::to_array({grpc::StatusCode::INVALID_ARGUMENT, grpc::StatusCode::NOT_FOUND,
                     grpc::StatusCode::ALREADY_EXISTS, grpc::StatusCode::FAILED_PRECONDITION,
                     grpc::StatusCode::RESOURCE_EXHAUSTED});
  return std::find(kCodes.begin(), kCodes.end(), failure.code) != kCodes.end() &&
         std::find(kOfAllRows.begin(), kOfAllRows.end(), failure.reason) == kOfAllRows.end() &&
         !failure.retry_after && !NeedsNewIds(failure) && !IsTooMuch(failure);
}

// The client asks again where nobody answers; here also where the server has too much to do.
template <class Reply, class Request>
tl::expected<Reply, Failure> Ask(Client& client, const Request& request) {
  const auto end = steady_clock::now() + client.settings().timeout;
  while (true) {
    auto reply = client.Call<Reply>(request);
    const bool is_busy = !reply && reply.error().code == grpc::StatusCode::RESOURCE_EXHAUSTED &&
                         reply.error().retry_after.has_value();
    if (!is_busy || steady_clock::now() + *reply.error().retry_after > end) return reply;
    std::this_thread::sleep_for(*reply.error().retry_after);
  }
}

// Reads what is there of each, some at a time; gives the first error, after which no read begins.
Asked InFlight(const Indices& rows, const std::function<Asked(std::size_t)>& read) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::optional<Failure> failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < rows.size(); i = next++) {
      auto asked = read(rows[i]);
      if (asked) continue;
      next = rows.size();
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::move(asked.error());
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < std::min(rows.size(), kReadsInFlightMax); ++i)
    threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  if (failure) return tl::unexpected(std::move(*failure));
  return {};
}

// Which items of a list are malformed, by `users[3].user.email`, and how. Empty: none of them is.
Refusals MalformedItems(const Failure& failure, const std::string& list) {
  Refusals items;
  for (const auto& [path, what] : failure.fields) {
    const std::string start = list + "[";
    const auto close = path.find(']');
    std::size_t index = 0;
    if (path.rfind(start, 0) != 0 || close == std::string::npos ||
        !absl::SimpleAtoi(path.substr(start.size(), close - start.size()), &index))
      continue;
    const auto [item, is_new] = items.try_emplace(index, failure);
    if (is_new) item->second.fields.clear();
    item->second.fields.emplace_back(path.substr(std::min(close + 2, path.size())), what);
  }
  return items;
}

// Which items of a list were refused, and why.
template <class Reply>
Refusals RefusedItems(const Reply& reply) {
  Refusals items;
  for (int i = 0; i < reply.results_size(); ++i) {
    const auto& status = reply.results(i).status();
    if (status.code() != 0) items.emplace(i, Failure::Of(status));
  }
  return items;
}

// What is said against rows that are asked for together, as the items of `list` in what `make`
// makes. A malformed row keeps all others of its request from being looked at: it is left out, and
// the rest is asked for again, in another round. The server may not name all of them at once.
template <class Reply, class Make>
tl::expected<Refusals, Failure> AskTogether(Client& client, const std::string& list, Indices rows,
                                            Make make) {
  Refusals refusals;
  for (int round = 0; !rows.empty(); ++round) {
    const auto reply = Ask<Reply>(client, make(rows, round));
    const Refusals items = reply ? RefusedItems(*reply) : MalformedItems(reply.error(), list);
    if (!reply && items.empty()) return tl::unexpected(reply.error());
    for (const auto& [item, failure] : items) refusals.emplace(rows[item], failure);
    if (reply) break;
    std::erase_if(rows, [&](std::size_t row) { return refusals.contains(row); });
  }
  return refusals;
}

std::string FactOf(const Failure& failure, const std::string& name) {
  const auto found = std::find_if(failure.facts.begin(), failure.facts.end(),
                                  [&](const auto& fact) { return fact.first == name; });
  return found == failure.facts.end() ? "" : found->second;
}

// What the report can hold: each row is one line.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

// A chunk on its way: each step goes on with the rows that nothing was said against.
class ChunkSetUp {
 public:
  ChunkSetUp(const People& people, const Chunk& chunk, const std::string& organization,
             Client& client)
      : people_(people),
        chunk_(chunk),
        organization_(organization),
        client_(client),
        results_(chunk.count) {}

  Asked Create(Deed deed);
  Asked License();
  Asked AssignNumbers();
  std::vector<RowResult> results() && { return std::move(results_); }

 private:
  const Person& Of(std::size_t row) const { return people_.rows[chunk_.first + row]; }
  std::string UserOf(std::size_t row) const { return organization_ + "/users/" + Of(row).user_id; }
  std::string NumberOf(std::size_t row) const {
    return organization_ + "/numbers/" + Of(row).number.substr(1);
  }
  // Those that nothing was said against so far.
  Indices Good() const;
  void Refuse(std::size_t row, const std::string& step, const Failure& failure) {
    results_[row] = RefusedAt(step, failure);
  }
  void Note(std::size_t row, const std::string& note);

  organizations::v1::BatchCreateUsersRequest NewUsers(const Indices& rows) const;
  inventory::v1::BatchAssignNumbersRequest Assignments(const Indices& rows) const;
  Asked CompareUser(std::size_t row, const Failure& exists);
  Asked LicenseGroup(const std::vector<std::string>& skus, const Indices& rows,
                     const std::string& request_id);
  Asked CompareNumber(std::size_t row, const Failure& in_use);

  const People& people_;
  const Chunk& chunk_;
  const std::string& organization_;
  Client& client_;
  std::vector<RowResult> results_;  // each read in flight has a row of its own
};

Indices ChunkSetUp::Good() const {
  Indices rows;
  for (std::size_t row = 0; row < results_.size(); ++row) {
    if (results_[row].status == kDone) rows.push_back(row);
  }
  return rows;
}

void ChunkSetUp::Note(std::size_t row, const std::string& note) {
  std::string& facts = results_[row].facts;
  absl::StrAppend(&facts, facts.empty() ? "" : "; ", note);
}

organizations::v1::BatchCreateUsersRequest ChunkSetUp::NewUsers(const Indices& rows) const {
  organizations::v1::BatchCreateUsersRequest request;
  request.set_parent(organization_);
  for (const std::size_t row : rows) {
    auto& user = *request.add_users();
    user.set_user_id(Of(row).user_id);
    user.mutable_user()->set_display_name(Of(row).display_name);
    user.mutable_user()->set_email(Of(row).email);
    user.mutable_user()->set_usage_location(Of(row).usage_location);
  }
  return request;
}

Asked ChunkSetUp::Create(Deed deed) {
  const auto refusals = AskTogether<organizations::v1::BatchCreateUsersResponse>(
      client_, "users", Good(), [&](const Indices& rows, int round) {
        auto request = NewUsers(rows);
        request.set_validate_only(deed == Deed::kTry);
        if (deed == Deed::kDo)
          request.set_request_id(RequestIdOf(chunk_, absl::StrCat(kCreate, " ", round)));
        return request;
      });
  if (!refusals) return tl::unexpected(refusals.error());
  Indices existing;
  for (const auto& [row, failure] : *refusals) {
    Refuse(row, kCreate, failure);
    if (failure.reason == kUserExists) existing.push_back(row);
  }
  return InFlight(existing, [&](std::size_t row) { return CompareUser(row, refusals->at(row)); });
}

// Somebody of this name is there: the same one, or another?
Asked ChunkSetUp::CompareUser(std::size_t row, const Failure& exists) {
  organizations::v1::GetUserRequest request;
  request.set_name(UserOf(row));
  const auto user = Ask<organizations::v1::User>(client_, request);
  if (!user && user.error().code == grpc::StatusCode::NOT_FOUND) return {};
  if (!user) return tl::unexpected(user.error());
  std::vector<std::string> differs;
  if (user->display_name() != Of(row).display_name) differs.emplace_back("display_name");
  if (user->email() != Of(row).email) differs.emplace_back("email");
  if (user->usage_location() != Of(row).usage_location) differs.emplace_back("usage_location");
  if (differs.empty()) {
    results_[row] = {};
    Note(row, "the user was there already");
    return {};
  }
  Refuse(row, kCreate, exists);
  Note(row, "differs in " + absl::StrJoin(differs, " and "));
  return {};
}

Asked ChunkSetUp::License() {
  std::map<std::vector<std::string>, Indices> groups;  // by what their users get
  for (std::size_t row = 0; row < results_.size(); ++row) {
    if (!Of(row).skus.empty()) groups[Of(row).skus].push_back(row);
  }
  int index = 0;
  for (const auto& [skus, rows] : groups) {
    const std::string id = RequestIdOf(chunk_, absl::StrCat(kLicenses, " ", index++));
    Indices good;
    for (const std::size_t row : rows) {
      if (results_[row].status == kDone) good.push_back(row);
    }
    if (good.empty()) continue;
    if (auto asked = LicenseGroup(skus, good, id); !asked) return asked;
  }
  return {};
}

// What is refused as a whole is about the licences, which all rows of a group share.
Asked ChunkSetUp::LicenseGroup(const std::vector<std::string>& skus, const Indices& rows,
                               const std::string& request_id) {
  licensing::v1::AssignLicensesRequest request;
  request.set_parent(organization_);
  request.set_request_id(request_id);
  for (const std::size_t row : rows) request.add_users(UserOf(row));
  for (const std::string& sku : skus) request.add_skus(sku);
  const auto reply = Ask<licensing::v1::AssignLicensesResponse>(client_, request);
  if (!reply && !IsOfTheRow(reply.error())) return tl::unexpected(reply.error());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!reply) {
      Refuse(rows[i], kLicenses, reply.error());
    } else if (const auto& status = reply->results(static_cast<int>(i)).status();
               status.code() != 0) {
      Refuse(rows[i], kLicenses, Failure::Of(status));
    }
  }
  return {};
}

inventory::v1::BatchAssignNumbersRequest ChunkSetUp::Assignments(const Indices& rows) const {
  inventory::v1::BatchAssignNumbersRequest request;
  request.set_parent(organization_);
  for (const std::size_t row : rows) {
    auto& assignment = *request.add_assignments();
    assignment.set_number(Of(row).number);
    assignment.set_user(UserOf(row));
    assignment.set_location(Of(row).location);
  }
  return request;
}

Asked ChunkSetUp::AssignNumbers() {
  Indices numbered = Good();
  std::erase_if(numbered, [&](std::size_t row) { return Of(row).number.empty(); });
  const auto refusals = AskTogether<inventory::v1::BatchAssignNumbersResponse>(
      client_, "assignments", numbered, [&](const Indices& rows, int round) {
        auto request = Assignments(rows);
        request.set_request_id(RequestIdOf(chunk_, absl::StrCat(kNumbers, " ", round)));
        return request;
      });
  if (!refusals) return tl::unexpected(refusals.error());
  Indices had;
  for (const std::size_t row : numbered) {
    const auto refusal = refusals->find(row);
    if (refusal == refusals->end()) {
      results_[row].number = Of(row).number;
    } else if (const Failure& failure = refusal->second;
               failure.reason == kNumberInUse && FactOf(failure, "assignee") == UserOf(row)) {
      had.push_back(row);
    } else {
      Refuse(row, kNumber, failure);
    }
  }
  return InFlight(had, [&](std::size_t row) { return CompareNumber(row, refusals->at(row)); });
}

// The user has this number: with the location of the row, or with another one?
Asked ChunkSetUp::CompareNumber(std::size_t row, const Failure& in_use) {
  inventory::v1::GetNumberRequest request;
  request.set_name(NumberOf(row));
  const auto number = Ask<inventory::v1::Number>(client_, request);
  if (!number) return tl::unexpected(number.error());
  if (!Of(row).location.empty() && number->location() != Of(row).location) {
    Refuse(row, kNumber, in_use);
    Note(row, "location=" + ShortName(number->location()));
    return {};
  }
  results_[row].number = Of(row).number;
  Note(row, "the user had the number already");
  return {};
}

}  // namespace

bool NeedsNewIds(const Failure& failure) {
  return failure.reason == "REQUEST_TOO_OLD" || failure.reason == "REQUEST_ID_REUSED";
}

bool IsTooMuch(const Failure& failure) {
  return failure.reason == "COMMAND_TOO_LARGE" || failure.reason == "TOO_MANY_USERS_AT_ONCE" ||
         failure.reason == "TOO_MANY_NUMBERS_AT_ONCE";
}

RowResult RefusedAt(const std::string& step, const Failure& failure) {
  std::vector<std::string> facts;
  for (const auto& [name, value] : failure.facts)
    facts.push_back(absl::StrCat(name, "=", ShortName(value)));
  for (const auto& [field, what] : failure.fields) facts.push_back(absl::StrCat(field, " ", what));
  RowResult result;
  result.status = failure.reason.empty() ? NameOf(failure.code) : failure.reason;
  result.step = step;
  result.facts = OneLine(absl::StrJoin(facts, "; "));
  return result;
}

RowResults SetUpRows(const People& people, const Chunk& chunk, const std::string& organization,
                     Client& client) {
  ChunkSetUp rows(people, chunk, organization, client);
  if (auto asked = rows.Create(Deed::kDo); !asked) return tl::unexpected(std::move(asked.error()));
  if (auto asked = rows.License(); !asked) return tl::unexpected(std::move(asked.error()));
  if (auto asked = rows.AssignNumbers(); !asked) return tl::unexpected(std::move(asked.error()));
  return std::move(rows).results();
}

RowResults TryRows(const People& people, const Chunk& chunk, const std::string& organization,
                   Client& client) {
  ChunkSetUp rows(people, chunk, organization, client);
  if (auto asked = rows.Create(Deed::kTry); !asked) return tl::unexpected(std::move(asked.error()));
  return std::move(rows).results();
}

}  // namespace dialtone::clients::cli
