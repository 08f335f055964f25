#include "clients/cpp/freshness.h"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <utility>

#include "dialtone/ledger/v1/token.pb.h"

namespace dialtone::clients {

namespace {

using ledger::v1::ConsistencyToken;

std::optional<ConsistencyToken> Parse(const std::string& text) {
  std::string bytes;
  ConsistencyToken token;
  if (text.empty() || !absl::WebSafeBase64Unescape(text, &bytes) || !token.ParseFromString(bytes))
    return std::nullopt;
  return token;
}

}  // namespace

std::string MergeTokens(const std::string& older, const std::string& newer) {
  const auto before = Parse(older);
  const auto now = Parse(newer);
  if (!now) return older;
  if (!before || before->cluster_id() != now->cluster_id()) return newer;
  std::map<std::uint32_t, std::uint64_t> indexes;
  for (const auto* const token : {&*before, &*now}) {
    for (const auto& position : token->positions())
      indexes[position.partition()] = std::max(indexes[position.partition()], position.index());
  }
  ConsistencyToken merged;
  merged.set_cluster_id(now->cluster_id());
  for (const auto& [partition, index] : indexes) {
    auto& position = *merged.add_positions();
    position.set_partition(partition);
    position.set_index(index);
  }
  return absl::WebSafeBase64Escape(merged.SerializeAsString());
}

Freshness::Freshness(std::filesystem::path file) : file_(std::move(file)) {
  std::ifstream stream(file_);
  std::getline(stream, token_);
}

std::string Freshness::token() const {
  const std::lock_guard lock(mutex_);
  return token_;
}

void Freshness::Saw(const std::string& token) {
  const std::lock_guard lock(mutex_);
  std::string merged = MergeTokens(token_, token);
  if (merged == token_) return;
  token_ = std::move(merged);
  Keep();
}

void Freshness::Forget() {
  const std::lock_guard lock(mutex_);
  token_.clear();
  Keep();
}

// Written aside and renamed: another process reads the old token or the new one.
void Freshness::Keep() const {
  if (file_.empty()) return;
  std::error_code ignored;
  std::filesystem::create_directories(file_.parent_path(), ignored);
  const std::filesystem::path aside = file_.string() + ".new";
  std::ofstream(aside) << token_ << '\n';
  std::filesystem::rename(aside, file_, ignored);
}

}  // namespace dialtone::clients
