#include "clients/cli/set_up_trial.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <utility>

#include "clients/cli/csv.h"
#include "clients/cli/names.h"
#include "clients/cli/set_up_rows.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/policy/v1/catalog_service.pb.h"

namespace dialtone::clients::cli {

namespace {

constexpr std::size_t kTrialRowsMax = 100;

// Goes on to the last page; `take` gets each.
template <class Reply, class Request, class Take>
tl::expected<void, Failure> ForEachPage(Request request, Client& client, Take take) {
  do {
    const auto page = client.Call<Reply>(request);
    if (!page) return tl::unexpected(page.error());
    take(*page);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return {};
}

// What is looked at beside the rows themselves.
struct Holdings {
  std::map<std::string, std::uint64_t> left;              // licences by product
  std::map<std::string, std::set<std::string>> licensed;  // products by user
  std::set<std::string> unlimited;                        // products of which no count is kept
  std::map<std::string, std::string> numbers;             // in E.164, with whoever has it
};

tl::expected<Holdings, Failure> HoldingsOf(const std::string& organization, Client& client) {
  Holdings holdings;
  policy::v1::ListSkusRequest skus;
  auto asked = ForEachPage<policy::v1::ListSkusResponse>(skus, client, [&](const auto& page) {
    for (const auto& one : page.skus()) {
      if (one.sku().unlimited()) holdings.unlimited.insert(one.sku().sku());
    }
  });
  if (!asked) return tl::unexpected(std::move(asked.error()));
  licensing::v1::ListLicensePoolsRequest pools;
  pools.set_parent(organization);
  asked =
      ForEachPage<licensing::v1::ListLicensePoolsResponse>(pools, client, [&](const auto& page) {
        for (const auto& pool : page.license_pools())
          holdings.left[pool.sku()] = pool.bought() - std::min(pool.bought(), pool.assigned());
      });
  if (!asked) return tl::unexpected(std::move(asked.error()));
  licensing::v1::ListUserLicensesRequest users;
  users.set_parent(organization);
  asked =
      ForEachPage<licensing::v1::ListUserLicensesResponse>(users, client, [&](const auto& page) {
        for (const auto& user : page.user_licenses())
          holdings.licensed[user.user()].insert(user.skus().begin(), user.skus().end());
      });
  if (!asked) return tl::unexpected(std::move(asked.error()));
  inventory::v1::ListNumbersRequest numbers;
  numbers.set_parent(organization);
  asked = ForEachPage<inventory::v1::ListNumbersResponse>(numbers, client, [&](const auto& page) {
    for (const auto& number : page.numbers()) holdings.numbers[number.e164()] = number.assignee();
  });
  if (!asked) return tl::unexpected(std::move(asked.error()));
  return holdings;
}

// Another has the row's number, or nobody of this organization.
void CheckNumber(const Person& person, const std::string& organization, const Holdings& holdings,
                 RowResult& result) {
  if (person.number.empty() || result.status != kDone) return;
  const auto held = holdings.numbers.find(person.number);
  if (held == holdings.numbers.end()) {
    result = {"NUMBER_NOT_HELD", "number", "number=" + person.number, ""};
  } else if (!held->second.empty() && held->second != organization + "/users/" + person.user_id) {
    result = {"NUMBER_IN_USE", "number", "assignee=" + ShortName(held->second), ""};
  }
}

// Products of which fewer are left than the rows need that nothing was said against.
std::vector<std::string> Shortages(const People& people, const std::vector<RowResult>& results,
                                   const std::string& organization, const Holdings& holdings) {
  std::map<std::string, std::uint64_t> needed;
  for (std::size_t row = 0; row < results.size(); ++row) {
    if (results[row].status != kDone) continue;
    const auto has = holdings.licensed.find(organization + "/users/" + people.rows[row].user_id);
    for (const std::string& sku : people.rows[row].skus) {
      const bool is_there = has != holdings.licensed.end() && has->second.contains(sku);
      if (!is_there && !holdings.unlimited.contains(sku)) ++needed[sku];
    }
  }
  std::vector<std::string> shortages;
  for (const auto& [sku, count] : needed) {
    const auto pool = holdings.left.find(sku);
    const std::uint64_t left = pool == holdings.left.end() ? 0 : pool->second;
    if (count > left)
      shortages.push_back(absl::StrCat(sku, ": ", count, " are needed, ", left, " are left"));
  }
  return shortages;
}

tl::expected<std::vector<RowResult>, Failure> TryAll(const People& people,
                                                     const std::string& organization,
                                                     Client& client, const Console& console) {
  std::vector<RowResult> all;
  for (std::size_t rows_max = kTrialRowsMax; all.size() < people.rows.size();) {
    if (console.progress)
      console.progress(absl::StrCat(all.size(), " of ", people.rows.size(), " rows tried"));
    const Chunk chunk{all.size(), std::min(rows_max, people.rows.size() - all.size()), ""};
    auto tried = TryRows(people, chunk, organization, client);
    if (!tried && IsTooMuch(tried.error()) && chunk.count > 1) {
      rows_max = chunk.count / 2;
      continue;
    }
    if (!tried && !IsTooMuch(tried.error())) return tl::unexpected(std::move(tried.error()));
    if (!tried) tried = {RefusedAt("create", tried.error())};
    all.insert(all.end(), tried->begin(), tried->end());
  }
  if (console.progress) console.progress("");
  return all;
}

Ran Failed(const Failure& failure, const Console& console) {
  if (console.progress) console.progress("");
  console.err << FailureText(failure, "");
  return {ExitCodeOf(failure), {}, failure};
}

}  // namespace

Ran TrySetUp(const People& people, const std::string& organization, Client& client,
             const Console& console) {
  auto tried = TryAll(people, organization, client, console);
  if (!tried) return Failed(tried.error(), console);
  const auto holdings = HoldingsOf(organization, client);
  if (!holdings) return Failed(holdings.error(), console);
  Ran ran;
  std::size_t refused = 0;
  for (std::size_t row = 0; row < tried->size(); ++row) {
    RowResult& result = (*tried)[row];
    CheckNumber(people.rows[row], organization, *holdings, result);
    if (result.status == kDone) continue;
    if (refused++ == 0) {
      console.out << CsvLine(ReportHeader());
      ran.exit_code = ExitCodeOfReason(result.status);
    }
    console.out << CsvLine(ReportRow(people.rows[row], result));
  }
  const auto shortages = Shortages(people, *tried, organization, *holdings);
  for (const std::string& shortage : shortages) console.err << shortage << '\n';
  if (!shortages.empty() && refused == 0) ran.exit_code = ExitCode::kPrecondition;
  console.err << tried->size() << " rows: " << refused
              << " would be refused as things are; nothing was changed\n"
                 "not known before the users are there: whether each may have its licences, and "
                 "whether its number and location fit it\n";
  return ran;
}

}  // namespace dialtone::clients::cli
