#include "projections/kernel/waiting.h"

#include <absl/strings/escaping.h>

#include <algorithm>

#include "dialtone/ledger/v1/token.pb.h"
#include "projections/kernel/query_hash.h"

namespace dialtone::projections {

namespace {

constexpr char kField[] = "resume_token";
// More than any ledger has: a token that says so is not ours.
constexpr std::uint32_t kPartitionsMax = 1'024;

tl::unexpected<QueryError> Broken(const char* description) {
  return tl::unexpected(QueryError::BadField(kField, description));
}

bool IsSound(const ledger::v1::ResumeToken& token) {
  const auto& told = token.told().positions();
  const std::uint32_t partition = token.telling().partition();
  return !token.told().cluster_id().empty() && partition < kPartitionsMax &&
         std::all_of(told.begin(), told.end(),
                     [](const auto& at) { return at.partition() < kPartitionsMax; }) &&
         (token.last_key().empty() || token.last_key().starts_with(Key(partition)));
}

}  // namespace

tl::expected<WatchPlace, QueryError> WatchPlace::Of(const google::protobuf::Message& request) {
  WatchPlace place(QueryHash(request, {kField}));
  const std::string text = request.GetReflection()->GetString(request, &FieldOf(request, kField));
  if (text.empty()) return place;
  std::string bytes;
  ledger::v1::ResumeToken token;
  if (!absl::WebSafeBase64Unescape(text, &bytes) || !token.ParseFromString(bytes) ||
      !IsSound(token))
    return Broken("is not what an earlier watch has given");
  if (token.query() != place.query_) return Broken("was given for another request");
  place.cluster_id_ = token.told().cluster_id();
  for (const auto& at : token.told().positions()) {
    place.told_.resize(std::max<std::size_t>(place.told_.size(), at.partition() + 1));
    place.told_[at.partition()] = at.index();
  }
  place.partition_ = token.telling().partition();
  place.until_ = token.telling().index();
  place.last_key_ = token.last_key();
  return place;
}

tl::expected<void, QueryError> WatchPlace::Enter(const Snapshot& rows) {
  if (cluster_id_.empty()) cluster_id_ = rows.cluster_id();
  const bool is_elsewhere = told_.size() > rows.positions().size() ||
                            (!rows.positions().empty() && partition_ >= rows.positions().size());
  if (cluster_id_ != rows.cluster_id() || is_elsewhere)
    return Broken("was given for another ledger");
  shown_ = rows.positions();
  told_.resize(shown_.size());
  return {};
}

// A partition's stretch ends where the partition did when it was begun: one that grows keeps no
// other waiting. Rows that are behind what was told are of a view that is being caught up.
std::optional<WatchPlace::Stretch> WatchPlace::Ahead() {
  for (std::size_t i = 0; i < shown_.size() && !IsWithinStretch(); ++i) {
    partition_ = static_cast<std::uint32_t>((partition_ + 1) % shown_.size());
    until_ = shown_[partition_];
    last_key_.clear();
  }
  if (shown_.empty() || !IsWithinStretch() || shown_[partition_] < until_) return std::nullopt;
  return Stretch{{Key(partition_), Key(partition_, told_[partition_] + 1), last_key_},
                 Key(partition_, until_ + 1)};
}

void WatchPlace::EndStretch() {
  told_[partition_] = until_;
  last_key_.clear();
}

std::string WatchPlace::ToText() const {
  if (cluster_id_.empty()) return "";
  ledger::v1::ResumeToken token;
  token.set_query(query_);
  token.mutable_told()->set_cluster_id(cluster_id_);
  for (std::uint32_t partition = 0; partition < told_.size(); ++partition) {
    if (told_[partition] == 0) continue;
    auto& at = *token.mutable_told()->add_positions();
    at.set_partition(partition);
    at.set_index(told_[partition]);
  }
  if (!last_key_.empty()) {
    token.mutable_telling()->set_partition(partition_);
    token.mutable_telling()->set_index(until_);
    token.set_last_key(last_key_);
  }
  const std::string bytes = token.SerializeAsString();
  return absl::WebSafeBase64Escape(bytes);
}

}  // namespace dialtone::projections
