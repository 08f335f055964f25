#include "clients/cli/fields.h"

#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <set>

#include "dialtone/type/v1/options.pb.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::size_t kDepthMax = 5;

bool IsLeaf(const FieldDescriptor& field) {
  return field.is_repeated() || field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
         IsValue(*field.message_type()) || field.message_type()->field_count() == 0;
}

void AddLeaves(const Descriptor& type, std::vector<const FieldDescriptor*>& path,
               std::vector<LeafField>& leaves) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.options().GetExtension(type::v1::server_only)) continue;
    path.push_back(&field);
    if (IsLeaf(field)) {
      leaves.push_back({path});
    } else if (path.size() < kDepthMax) {
      AddLeaves(*field.message_type(), path, leaves);
    }
    path.pop_back();
  }
}

}  // namespace

bool IsValue(const Descriptor& type) {
  static const std::set<std::string> kValues = {
      "google.protobuf.Timestamp", "google.protobuf.Duration", "dialtone.type.v1.Money",
      "google.rpc.Status",         "google.protobuf.Any",      "dialtone.type.v1.SequenceWindow"};
  return kValues.contains(type.full_name());
}

std::string LeafField::text() const {
  return absl::StrJoin(path, ".", [](std::string* out, const FieldDescriptor* field) {
    out->append(field->name());
  });
}

std::vector<LeafField> LeavesOf(const Descriptor& type) {
  std::vector<LeafField> leaves;
  std::vector<const FieldDescriptor*> path;
  AddLeaves(type, path, leaves);
  return leaves;
}

std::optional<LeafField> FindLeaf(const Descriptor& type, const std::string& text) {
  std::vector<LeafField> found;
  std::size_t least = kDepthMax + 1;
  for (LeafField& leaf : LeavesOf(type)) {
    if (leaf.text() == text) return std::move(leaf);
    if (leaf.path.back()->name() != text || leaf.path.size() > least) continue;
    if (leaf.path.size() < least) found.clear();
    least = leaf.path.size();
    found.push_back(std::move(leaf));
  }
  if (found.size() != 1) return std::nullopt;
  return std::move(found.front());
}

std::string FieldNameOf(std::string_view flag) {
  std::string name(flag);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string FlagNameOf(std::string_view field) {
  std::string name(field);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

}  // namespace dialtone::clients::cli
