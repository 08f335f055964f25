#include "controlplane/kernel/unknown_fields.h"

namespace dialtone {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kSingle = -1;

// The place is put into words only where something was found: batches have thousands of items.
std::optional<UnknownField> Below(const Message& child, const FieldDescriptor& field, int index) {
  auto found = FirstUnknownField(child);
  if (!found) return std::nullopt;
  const std::string here =
      index == kSingle ? field.name() : field.name() + "[" + std::to_string(index) + "]";
  found->around = found->around.empty() ? here : here + "." + found->around;
  return found;
}

}  // namespace

std::optional<UnknownField> FirstUnknownField(const Message& message) {
  const auto& of = *message.GetReflection();
  if (const auto& unknown = of.GetUnknownFields(message); !unknown.empty())
    return UnknownField{"", unknown.field(0).number()};
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field.is_repeated()) {
      if (!of.HasField(message, &field)) continue;
      if (auto found = Below(of.GetMessage(message, &field), field, kSingle)) return found;
      continue;
    }
    for (int at = 0; at < of.FieldSize(message, &field); ++at) {
      const Message& item = of.GetRepeatedMessage(message, &field, at);
      if (auto found = Below(item, field, at)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace dialtone
