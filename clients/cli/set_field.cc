// Texts into fields: fields.h.
#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>

#include "clients/cli/csv.h"
#include "clients/cli/fields.h"
#include "clients/cli/names.h"
#include "clients/cli/values.h"
#include "clients/cpp/methods.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Done = tl::expected<void, Problem>;

Done Wrong(std::string what) { return tl::unexpected<Problem>(std::move(what)); }

// Writes one number of a field: added if the field is a list.
template <class T, class Setter, class Adder>
Done SetNumber(const std::string& text, const FieldDescriptor& field, Setter set, Adder add) {
  T value{};
  const bool is_read = absl::SimpleAtoi(text, &value);
  if (!is_read) return Wrong("is not a number that fits: " + text);
  field.is_repeated() ? add(value) : set(value);
  return {};
}

Done SetEnum(Message& message, const FieldDescriptor& field, const std::string& text) {
  const auto* const value = FindEnumValue(*field.enum_type(), text);
  const auto& of = *message.GetReflection();
  if (value == nullptr) {
    std::string choices;
    for (int i = 1; i < field.enum_type()->value_count(); ++i)
      choices += (i == 1 ? "" : ", ") + EnumText(*field.enum_type()->value(i));
    return Wrong("is not one of " + choices + ": " + text);
  }
  field.is_repeated() ? of.AddEnum(&message, &field, value) : of.SetEnum(&message, &field, value);
  return {};
}

Done SetBool(Message& message, const FieldDescriptor& field, const std::string& text) {
  const bool is_true = text == "true" || text == "yes" || text == "1";
  if (!is_true && text != "false" && text != "no" && text != "0")
    return Wrong("is not true or false: " + text);
  message.GetReflection()->SetBool(&message, &field, is_true);
  return {};
}

// In hexadecimal digits.
Done SetBytes(Message& message, const FieldDescriptor& field, const std::string& text) {
  const bool is_hex =
      text.size() % 2 == 0 &&
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!is_hex || field.is_repeated()) return Wrong("is not in hexadecimal digits: " + text);
  message.GetReflection()->SetString(&message, &field, absl::HexStringToBytes(text));
  return {};
}

Done ParseJson(const std::string& text, Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(text, &message);
  return status.ok() ? Done() : Wrong("is not what it should be: " + status.ToString());
}

Message& Item(Message& message, const FieldDescriptor& field) {
  const auto& of = *message.GetReflection();
  return *(field.is_repeated() ? of.AddMessage(&message, &field)
                               : of.MutableMessage(&message, &field));
}

// Each line of the file is an item; the first line names its fields.
Done AddFromCsv(Message& message, const FieldDescriptor& field, const std::string& content) {
  const std::vector<CsvRow> rows = ParseCsv(content);
  if (rows.empty()) return Wrong("has no line with the names of the fields");
  for (std::size_t line = 1; line < rows.size(); ++line) {
    Message& item = Item(message, field);
    for (std::size_t i = 0; i < rows[line].size() && i < rows[0].size(); ++i) {
      const auto leaf = FindLeaf(*item.GetDescriptor(), FieldNameOf(rows[0][i]));
      if (!leaf) return Wrong("has a column that no field is called: " + rows[0][i]);
      if (rows[line][i].empty()) continue;
      if (auto set = SetField(item, *leaf, rows[line][i]); !set)
        return Wrong("line " + std::to_string(line + 1) + ", " + rows[0][i] + " " + set.error());
    }
  }
  return {};
}

Done SetMessage(Message& message, const FieldDescriptor& field, const std::string& text) {
  if (IsValue(*field.message_type())) {
    if (ParseValue(text, Item(message, field))) return {};
    return Wrong("is not a " + field.message_type()->name() + ": " + text);
  }
  if (field.message_type()->field_count() == 0) {  // its presence is all that it says
    Item(message, field);
    return {};
  }
  if (!text.empty() && text.front() == '@') {
    const auto content = ReadFile(text.substr(1));
    if (!content) return Wrong("cannot be read: " + text.substr(1));
    if (text.size() > 4 && text.substr(text.size() - 4) == ".csv")
      return AddFromCsv(message, field, *content);
    return ParseJson(*content, Item(message, field));
  }
  return ParseJson(text, Item(message, field));
}

Done SetScalar(Message& message, const FieldDescriptor& field, const std::string& text) {
  const auto& of = *message.GetReflection();
  const auto* const f = &field;
  Message* const m = &message;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return SetBytes(message, field, text);
      field.is_repeated() ? of.AddString(m, f, text) : of.SetString(m, f, text);
      return {};
    case FieldDescriptor::CPPTYPE_INT32:
      return SetNumber<std::int32_t>(
          text, field, [&](auto v) { of.SetInt32(m, f, v); },
          [&](auto v) { of.AddInt32(m, f, v); });
    case FieldDescriptor::CPPTYPE_INT64:
      return SetNumber<std::int64_t>(
          text, field, [&](auto v) { of.SetInt64(m, f, v); },
          [&](auto v) { of.AddInt64(m, f, v); });
    case FieldDescriptor::CPPTYPE_UINT32:
      return SetNumber<std::uint32_t>(
          text, field, [&](auto v) { of.SetUInt32(m, f, v); },
          [&](auto v) { of.AddUInt32(m, f, v); });
    case FieldDescriptor::CPPTYPE_UINT64:
      return SetNumber<std::uint64_t>(
          text, field, [&](auto v) { of.SetUInt64(m, f, v); },
          [&](auto v) { of.AddUInt64(m, f, v); });
    case FieldDescriptor::CPPTYPE_BOOL:
      return SetBool(message, field, text);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(message, field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage(message, field, text);
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Wrong("is of a kind that no command has");
  }
  return Wrong("is of a kind that no command has");
}

}  // namespace

Done SetField(Message& message, const LeafField& leaf, const std::string& text) {
  Message* inner = &message;
  for (std::size_t i = 0; i + 1 < leaf.path.size(); ++i)
    inner = inner->GetReflection()->MutableMessage(inner, leaf.path[i]);
  const FieldDescriptor& field = *leaf.path.back();
  const bool is_list = field.is_repeated() && field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
  if (!is_list) return SetScalar(*inner, field, text);
  for (const auto item : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    if (auto set = SetScalar(*inner, field, std::string(absl::StripAsciiWhitespace(item))); !set)
      return set;
  }
  return {};
}

}  // namespace dialtone::clients::cli
