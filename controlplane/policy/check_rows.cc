#include <google/protobuf/duration.pb.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "controlplane/policy/check.h"
#include "controlplane/policy/day.h"
#include "dialtone/policy/v1/table.pb.h"
#include "dialtone/type/v1/options.pb.h"

namespace dialtone::policy {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using type::v1::FieldRule;
using Wrong = std::vector<std::string>;

bool AllOf(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kSkuLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

// The formats that the tables use; no other stands in policy.proto.
bool HasFormat(std::string_view text, type::v1::Format format) {
  if (format == type::v1::FORMAT_COUNTRY) return text.size() == 2 && AllOf(text, kCapitals);
  if (format == type::v1::FORMAT_CURRENCY) return text.size() == 3 && AllOf(text, kCapitals);
  if (format == type::v1::FORMAT_DATE) return ParseDay(text).has_value();
  if (format == type::v1::FORMAT_DIGITS) return AllOf(text, kDigits);
  if (format == type::v1::FORMAT_SKU) return AllOf(text, kSkuLetters);
  return format == type::v1::FORMAT_UNSPECIFIED;
}

// One value of a field, by type: the item at `index`, or, at -1, the only one.
struct Value {
  const Message& message;
  const FieldDescriptor& field;
  int index;

  std::string text() const {
    std::string scratch;
    const auto* reflection = message.GetReflection();
    return index < 0 ? reflection->GetStringReference(message, &field, &scratch)
                     : reflection->GetRepeatedStringReference(message, &field, index, &scratch);
  }
  const Message& nested() const {
    const auto* reflection = message.GetReflection();
    return index < 0 ? reflection->GetMessage(message, &field)
                     : reflection->GetRepeatedMessage(message, &field, index);
  }
  std::int64_t number() const {
    const auto* reflection = message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      return index < 0 ? reflection->GetInt64(message, &field)
                       : reflection->GetRepeatedInt64(message, &field, index);
    }
    return index < 0 ? reflection->GetUInt32(message, &field)
                     : reflection->GetRepeatedUInt32(message, &field, index);
  }
};

bool IsNumber(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
}

bool IsPositive(const google::protobuf::Duration& span) { return FromProto(span) > Duration(); }

std::optional<std::string> WhatIsWrong(const Value& value, const FieldRule& rule) {
  if (value.field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    const std::string text = value.text();
    if (!text.empty() && !HasFormat(text, rule.format())) return "cannot be '" + text + "'";
  }
  if (IsNumber(value.field)) {
    const std::int64_t number = value.number();
    if (rule.has_min() && number < rule.min()) return "is less than " + std::to_string(rule.min());
    if (rule.has_max() && number > rule.max()) return "is more than " + std::to_string(rule.max());
  }
  if (value.field.message_type() == google::protobuf::Duration::descriptor() &&
      !IsPositive(static_cast<const google::protobuf::Duration&>(value.nested()))) {
    return "is no time";
  }
  return std::nullopt;
}

bool IsSet(const Message& message, const FieldDescriptor& field) {
  const auto* reflection = message.GetReflection();
  return field.is_repeated() ? reflection->FieldSize(message, &field) > 0
                             : reflection->HasField(message, &field);
}

void CheckFields(const Message& message, const Places& places, Wrong& wrong);

void CheckField(const Message& message, const FieldDescriptor& field, const Places& places,
                Wrong& wrong) {
  const FieldRule& rule = field.options().GetExtension(type::v1::rule);
  const std::string place = places.Of(message, field) + ": " + field.name() + " ";
  if (!IsSet(message, field) && rule.required()) {
    wrong.push_back(place + "is missing");
    return;
  }
  const bool one = !field.is_repeated();
  if (one && field.has_presence() && !IsSet(message, field)) return;
  const int count = one ? 1 : message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < count; ++i) {
    const Value value{message, field, one ? -1 : i};
    if (const auto what = WhatIsWrong(value, rule)) wrong.push_back(place + *what);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      CheckFields(value.nested(), places, wrong);
    }
  }
}

void CheckFields(const Message& message, const Places& places, Wrong& wrong) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    CheckField(message, *message.GetDescriptor()->field(i), places, wrong);
  }
}

// Its text, as a part of a key.
std::string KeyPart(const Message& row, const FieldDescriptor& field) {
  const Value value{row, field, -1};
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) return value.text();
  if (IsNumber(field)) return std::to_string(value.number());
  return row.GetReflection()->GetEnum(row, &field)->name();
}

std::vector<std::string> KeyOf(const Message& row) {
  std::vector<std::string> key;
  for (int i = 0; i < row.GetDescriptor()->field_count(); ++i) {
    const auto& field = *row.GetDescriptor()->field(i);
    if (field.options().GetExtension(v1::column).key()) key.push_back(KeyPart(row, field));
  }
  return key;
}

// The first key fields of each table: what references may name.
using Names = std::map<std::string, std::set<std::string>>;

void CheckKeys(const v1::Policy& policy, const FieldDescriptor& table, const Places& places,
               Names& names, Wrong& wrong) {
  std::map<std::vector<std::string>, const Message*> rows;
  for (int i = 0; i < policy.GetReflection()->FieldSize(policy, &table); ++i) {
    const auto& row = policy.GetReflection()->GetRepeatedMessage(policy, &table, i);
    const auto key = KeyOf(row);
    const auto [first, is_new] = rows.emplace(key, &row);
    if (!is_new) wrong.push_back(places.Of(row) + ": the same key as " + places.Of(*first->second));
    names[table.name()].insert(key.front());
  }
}

void CheckReference(const Message& row, const FieldDescriptor& field, const Places& places,
                    const Names& names, Wrong& wrong) {
  const std::string& target = field.options().GetExtension(v1::column).refers_to();
  if (target.empty()) return;
  const auto check = [&](const std::string& name) {
    const auto known = names.find(target);
    if (known != names.end() && known->second.contains(name)) return;
    wrong.push_back(places.Of(row, field) + ": " + field.name() + " '" + name + "' is not in " +
                    target);
  };
  const bool one = !field.is_repeated();
  const int count = one ? 1 : row.GetReflection()->FieldSize(row, &field);
  for (int i = 0; i < count; ++i) {
    const Value value{row, field, one ? -1 : i};
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      check(value.text());
    } else {
      for (const auto& name : static_cast<const v1::AnyOf&>(value.nested()).skus()) check(name);
    }
  }
}

void CheckReferences(const Message& row, const Places& places, const Names& names, Wrong& wrong) {
  for (int i = 0; i < row.GetDescriptor()->field_count(); ++i) {
    CheckReference(row, *row.GetDescriptor()->field(i), places, names, wrong);
  }
}

}  // namespace

void CheckRows(const v1::Policy& policy, const Places& places, Wrong& wrong) {
  CheckFields(policy, places, wrong);
  Names names;
  const auto* descriptor = policy.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto& field = *descriptor->field(i);
    if (field.is_repeated()) CheckKeys(policy, field, places, names, wrong);
  }
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto& field = *descriptor->field(i);
    const int count = field.is_repeated() ? policy.GetReflection()->FieldSize(policy, &field) : 1;
    for (int row = 0; row < count; ++row) {
      const Value value{policy, field, field.is_repeated() ? row : -1};
      CheckReferences(value.nested(), places, names, wrong);
    }
  }
}

}  // namespace dialtone::policy
