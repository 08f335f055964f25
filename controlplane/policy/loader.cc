#include "controlplane/policy/loader.h"

#include <absl/strings/str_join.h>

#include <fstream>
#include <iterator>
#include <map>

#include "controlplane/kernel/check.h"
#include "controlplane/policy/check.h"
#include "controlplane/policy/embedded_files.h"
#include "controlplane/policy/table_reader.h"

namespace dialtone::policy {

namespace {

constexpr std::string_view kLimits = "limits.textproto";

// By name: `rates.csv`.
using Files = std::map<std::string, SourceFile, std::less<>>;

Files BuiltInFiles() {
  Files files;
  for (const auto& [name, text] : EmbeddedFiles()) {
    files[std::string(name)] = {std::string(name), std::string(text)};
  }
  return files;
}

Read Replace(const std::filesystem::path& path, Files& files) {
  const auto file = files.find(path.filename().string());
  if (file == files.end()) {
    const auto names = absl::StrJoin(
        files, ", ", [](std::string* out, const auto& known) { out->append(known.first); });
    return tl::unexpected(path.string() + ":1: no file of a policy; they are " + names);
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream) return tl::unexpected(path.string() + ":1: cannot be read");
  file->second = {path.string(), std::move(text)};
  return {};
}

Read ReplaceAll(const std::filesystem::path& path, Files& files) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return Replace(path, files);
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (auto replaced = Replace(entry.path(), files); !replaced) return replaced;
  }
  if (error) return tl::unexpected(path.string() + ":1: " + error.message());
  return {};
}

Loaded Checked(std::unique_ptr<const v1::Policy> proto, const Places& places) {
  const auto wrong = Check(*proto, places);
  if (!wrong.empty()) return tl::unexpected<std::string>(absl::StrJoin(wrong, "\n"));
  return std::make_shared<const Policy>(std::move(proto));
}

Loaded CompileFiles(const Files& files) {
  auto proto = std::make_unique<v1::Policy>();
  Places places;
  auto read = ReadLimits(files.find(kLimits)->second, *proto, places);
  for (const auto& [name, file] : files) {
    if (!read) return tl::unexpected(read.error());
    if (name == kLimits) continue;
    const auto stem = std::filesystem::path(name).stem().string();
    const auto* table = v1::Policy::descriptor()->FindFieldByName(stem);
    DIALTONE_CHECK(table != nullptr && table->is_repeated(), name + " is no table of a policy");
    read = ReadTable(file, *table, *proto, places);
  }
  if (!read) return tl::unexpected(read.error());
  return Checked(std::move(proto), places);
}

}  // namespace

const std::shared_ptr<const Policy>& BuiltIn() {
  static const auto& policy = *new Loaded(CompileFiles(BuiltInFiles()));
  DIALTONE_CHECK(policy.has_value(), policy.error());
  return *policy;
}

Loaded Load(const std::filesystem::path& path) {
  Files files = BuiltInFiles();
  if (const auto replaced = ReplaceAll(path, files); !replaced) {
    return tl::unexpected(replaced.error());
  }
  return CompileFiles(files);
}

Loaded Compile(v1::Policy proto) {
  return Checked(std::make_unique<const v1::Policy>(std::move(proto)), Places());
}

}  // namespace dialtone::policy
