#include "projections/kernel/paging.h"

#include <absl/strings/escaping.h>

#include "dialtone/ledger/v1/token.pb.h"
#include "projections/kernel/query_hash.h"

namespace dialtone::projections {

namespace {

using google::protobuf::Message;

tl::unexpected<FieldError> Broken(const char* path, std::string description) {
  return tl::unexpected(FieldError{path, std::move(description)});
}

}  // namespace

tl::expected<PageQuery, FieldError> ParsePage(const Message& request, const PageLimits& limits) {
  const std::int32_t size =
      request.GetReflection()->GetInt32(request, &FieldOf(request, "page_size"));
  if (size < 0 || size > static_cast<std::int64_t>(limits.size_max)) {
    return Broken("page_size", "must be 0 (then it is " + std::to_string(limits.size_default) +
                                   ") to " + std::to_string(limits.size_max));
  }
  PageQuery query{size == 0 ? limits.size_default : static_cast<std::uint32_t>(size), "",
                  QueryHash(request, {"page_size", "page_token"})};
  const std::string text =
      request.GetReflection()->GetString(request, &FieldOf(request, "page_token"));
  if (text.empty()) return query;

  std::string bytes;
  ledger::v1::PageToken token;
  if (!absl::WebSafeBase64Unescape(text, &bytes) || !token.ParseFromString(bytes) ||
      token.last_key().empty())
    return Broken("page_token", "is not a next_page_token of this service");
  if (token.query() != query.hash)
    return Broken("page_token", "was given for another request: only page_size may differ");
  query.after = token.last_key();
  return query;
}

std::string NextPageToken(const PageQuery& query, std::string_view last_key) {
  ledger::v1::PageToken token;
  token.set_query(query.hash);
  token.set_last_key(std::string(last_key));
  const std::string bytes = token.SerializeAsString();
  return absl::WebSafeBase64Escape(bytes);
}

}  // namespace dialtone::projections
