// Fields as the cells of a table: fields.h.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include "clients/cli/fields.h"
#include "clients/cli/names.h"
#include "clients/cli/values.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kItemsShown = 3;
constexpr int kNumbersShown = 16;

std::string MessageCell(const Message& value, Width width) {
  if (IsValue(*value.GetDescriptor())) return ValueText(value);
  std::vector<std::string> parts;
  for (const LeafField& leaf : LeavesOf(*value.GetDescriptor())) {
    std::string cell = CellOf(value, leaf.text(), width);
    if (!cell.empty()) parts.push_back(std::move(cell));
  }
  return absl::StrJoin(parts, " ");
}

std::string TextCell(std::string text, Width width) {
  return width == Width::kTable ? ShortName(text) : text;
}

std::string EnumCell(const google::protobuf::EnumValueDescriptor& value) {
  return value.number() == 0 ? "" : EnumText(value);
}

// `index` of a list; -1: the field is none.
std::string ScalarCell(const Message& message, const FieldDescriptor& field, int index,
                       Width width) {
  const auto& of = *message.GetReflection();
  const bool one = index < 0;
  const auto* const f = &field;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return "(bytes)";
      return TextCell(one ? of.GetString(message, f) : of.GetRepeatedString(message, f, index),
                      width);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(one ? of.GetInt32(message, f) : of.GetRepeatedInt32(message, f, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(one ? of.GetInt64(message, f) : of.GetRepeatedInt64(message, f, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(one ? of.GetUInt32(message, f) : of.GetRepeatedUInt32(message, f, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(one ? of.GetUInt64(message, f) : of.GetRepeatedUInt64(message, f, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(one ? of.GetDouble(message, f) : of.GetRepeatedDouble(message, f, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(one ? of.GetFloat(message, f) : of.GetRepeatedFloat(message, f, index));
    case FieldDescriptor::CPPTYPE_BOOL: {
      const bool value = one ? of.GetBool(message, f) : of.GetRepeatedBool(message, f, index);
      return value ? "yes" : "no";
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumCell(one ? *of.GetEnum(message, f) : *of.GetRepeatedEnum(message, f, index));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageCell(one ? of.GetMessage(message, f) : of.GetRepeatedMessage(message, f, index),
                         width);
  }
  return "";
}

std::string ListCell(const Message& message, const FieldDescriptor& field, Width width) {
  const int size = message.GetReflection()->FieldSize(message, &field);
  const bool is_text =
      field.message_type() != nullptr || field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  const int fits = is_text ? kItemsShown : kNumbersShown;
  const int shown = width == Width::kWide || size <= fits + 1 ? size : fits;
  std::vector<std::string> items;
  for (int i = 0; i < shown; ++i) items.push_back(ScalarCell(message, field, i, width));
  if (shown < size) items.push_back(absl::StrCat("… ", size - shown, " more"));
  return absl::StrJoin(items, ", ");
}

// Numbers without presence show their zero: none left is worth saying.
bool IsShown(const Message& message, const FieldDescriptor& field) {
  const auto& of = *message.GetReflection();
  if (field.is_repeated()) return of.FieldSize(message, &field) > 0;
  return !field.has_presence() || of.HasField(message, &field);
}

}  // namespace

std::string CellOf(const Message& message, const std::string& path, Width width) {
  const Message* inner = &message;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto* const field = inner->GetDescriptor()->FindFieldByName(names[i]);
    if (field == nullptr || !IsShown(*inner, *field)) return "";
    if (i + 1 < names.size()) {
      inner = &inner->GetReflection()->GetMessage(*inner, field);
    } else {
      return field->is_repeated() ? ListCell(*inner, *field, width)
                                  : ScalarCell(*inner, *field, -1, width);
    }
  }
  return "";
}

}  // namespace dialtone::clients::cli
