// Lists by pages: the form of page_size and page_token (AIP-158), and the one loop that fills a
// page.
#pragma once

#include <absl/functional/function_ref.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "projections/kernel/snapshot.h"

namespace dialtone::projections {

// A field of the request that cannot be taken: INVALID_ARGUMENT with a field violation.
struct FieldError {
  std::string path;
  std::string description;
};

// From the policy.
struct PageLimits {
  std::uint32_t size_default;
  std::uint32_t size_max;
};

// What a request asks for.
struct PageQuery {
  std::uint32_t size;
  std::string after;   // the key behind which the page begins; empty: at the first
  std::uint64_t hash;  // of the query that the next page token is bound to
};

// REQUIRES: the request has the fields `int32 page_size` and `string page_token`.
tl::expected<PageQuery, FieldError> ParsePage(const google::protobuf::Message& request,
                                              const PageLimits& limits);
// Of the page behind `last_key`.
std::string NextPageToken(const PageQuery& query, std::string_view last_key);

// Rows that one page looks at: a filter that few rows pass gives shorter pages rather than slow
// ones.
inline constexpr std::uint32_t kPageRowsRead = 20'000;

// Adds the rows under `prefix` that `filter` lets through, as many as the request asks for, and
// returns the next page token: empty if there are no more rows. A token is good for the request
// that it was given for only (but for page_size), and shows nothing outside of `prefix`.
template <class Row>
tl::expected<std::string, FieldError> Page(const Snapshot& snapshot, RowTable<Row> table,
                                           const std::string& prefix,
                                           const google::protobuf::Message& request,
                                           const PageLimits& limits,
                                           absl::FunctionRef<bool(const Row&)> filter,
                                           absl::FunctionRef<void(const Row&)> add) {
  const auto query = ParsePage(request, limits);
  if (!query) return tl::unexpected(query.error());
  std::uint32_t added = 0;
  std::uint32_t read = 0;
  std::string last;
  bool more = false;
  snapshot.ForEach<Row>(table, {prefix, "", query->after},
                        [&](std::string_view key, const Row& row) {
                          more = added == query->size || read == kPageRowsRead;
                          if (more) return Walk::kStop;
                          last = key;
                          ++read;
                          if (filter(row)) {
                            add(row);
                            ++added;
                          }
                          return Walk::kOn;
                        });
  return more ? NextPageToken(*query, last) : std::string();
}

// The same without a filter.
template <class Row>
tl::expected<std::string, FieldError> Page(const Snapshot& snapshot, RowTable<Row> table,
                                           const std::string& prefix,
                                           const google::protobuf::Message& request,
                                           const PageLimits& limits,
                                           absl::FunctionRef<void(const Row&)> add) {
  const auto every = [](const Row&) { return true; };
  return Page<Row>(snapshot, table, prefix, request, limits, every, add);
}

}  // namespace dialtone::projections
