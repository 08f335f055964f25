#include "controlplane/edge/rpc/refusals.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <array>
#include <utility>

#include "controlplane/kernel/check.h"
#include "dialtone/type/v1/options.pb.h"

namespace dialtone::edge {

namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;

constexpr std::array<std::pair<std::string_view, grpc::StatusCode>, 14> kCodes = {{
    {"CANCELLED", grpc::StatusCode::CANCELLED},
    {"INVALID_ARGUMENT", grpc::StatusCode::INVALID_ARGUMENT},
    {"DEADLINE_EXCEEDED", grpc::StatusCode::DEADLINE_EXCEEDED},
    {"NOT_FOUND", grpc::StatusCode::NOT_FOUND},
    {"ALREADY_EXISTS", grpc::StatusCode::ALREADY_EXISTS},
    {"PERMISSION_DENIED", grpc::StatusCode::PERMISSION_DENIED},
    {"RESOURCE_EXHAUSTED", grpc::StatusCode::RESOURCE_EXHAUSTED},
    {"FAILED_PRECONDITION", grpc::StatusCode::FAILED_PRECONDITION},
    {"ABORTED", grpc::StatusCode::ABORTED},
    {"OUT_OF_RANGE", grpc::StatusCode::OUT_OF_RANGE},
    {"UNIMPLEMENTED", grpc::StatusCode::UNIMPLEMENTED},
    {"INTERNAL", grpc::StatusCode::INTERNAL},
    {"UNAVAILABLE", grpc::StatusCode::UNAVAILABLE},
    {"UNAUTHENTICATED", grpc::StatusCode::UNAUTHENTICATED},
}};

grpc::StatusCode CodeOf(const std::string& name, const std::string& reason) {
  const auto* const found = std::find_if(kCodes.begin(), kCodes.end(),
                                         [&](const auto& one) { return one.first == name; });
  DIALTONE_CHECK(found != kCodes.end(), reason + " has no gRPC code: " + name);
  return found->second;
}

std::string_view NameOf(grpc::StatusCode code) {
  const auto* const found = std::find_if(kCodes.begin(), kCodes.end(),
                                         [&](const auto& one) { return one.second == code; });
  return found == kCodes.end() ? "UNKNOWN" : found->first;
}

void AddEnum(const EnumDescriptor& words, std::vector<KnownRefusal>& all) {
  for (int i = 0; i < words.value_count(); ++i) {
    const auto& value = *words.value(i);
    if (!value.options().HasExtension(type::v1::refusal)) continue;
    const auto& refusal = value.options().GetExtension(type::v1::refusal);
    all.push_back({value.name(), CodeOf(refusal.code(), value.full_name()), refusal.remedy(),
                   words.full_name()});
  }
}

}  // namespace

std::vector<const FileDescriptor*> FilesOfDialtone() {
  std::vector<std::string> names;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&names);
  std::sort(names.begin(), names.end());
  std::vector<const FileDescriptor*> files;
  for (const std::string& name : names) {
    if (name.rfind("dialtone/", 0) == 0)
      files.push_back(DescriptorPool::generated_pool()->FindFileByName(name));
  }
  return files;
}

RefusalCatalogue::RefusalCatalogue() {
  for (const FileDescriptor* const file : FilesOfDialtone()) {
    for (int i = 0; i < file->enum_type_count(); ++i) AddEnum(*file->enum_type(i), all_);
  }
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const auto [found, is_new] = by_reason_.emplace(all_[i].reason, i);
    DIALTONE_CHECK(is_new, all_[i].reason + " stands in " + all_[found->second].origin + " and " +
                               all_[i].origin);
  }
}

const RefusalCatalogue& RefusalCatalogue::OfThisBinary() {
  static const auto& catalogue = *new RefusalCatalogue();
  return catalogue;
}

const KnownRefusal* RefusalCatalogue::Find(std::string_view reason) const {
  const auto found = by_reason_.find(absl::string_view(reason.data(), reason.size()));
  return found == by_reason_.end() ? nullptr : &all_[found->second];
}

std::string RefusalCatalogue::Markdown() const {
  std::string page =
      "# Refusals\n\n"
      "Every refusal is a `google.rpc.Status` with one `ErrorInfo`: this reason, the domain "
      "`dialtone`,\n"
      "and the facts of the rule. This page is made by `dialtoned --print-refusals`.\n";
  std::string origin;
  for (const KnownRefusal& one : all_) {
    if (one.origin != origin) {
      origin = one.origin;
      page += "\n## " + origin + "\n\n| reason | code | what to do |\n|---|---|---|\n";
    }
    page +=
        "| `" + one.reason + "` | " + std::string(NameOf(one.code)) + " | " + one.remedy + " |\n";
  }
  return page;
}

}  // namespace dialtone::edge
