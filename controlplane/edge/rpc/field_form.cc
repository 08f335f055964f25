#include "controlplane/edge/rpc/field_form.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <limits>

#include "controlplane/edge/rpc/value_form.h"
#include "dialtone/type/v1/sealed.pb.h"

namespace dialtone::edge {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

constexpr std::size_t kTextBytesMax = 1'024;
constexpr int kItemsMax = 1'000;

template <class T>
bool IsOutside(const type::v1::FieldRule& rule, T number) {
  return (rule.has_min() && number < static_cast<T>(rule.min())) ||
         (rule.has_max() && number > static_cast<T>(rule.max()));
}

std::int64_t Clamped(std::uint64_t number) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(number, kMax));
}

}  // namespace

std::string Place::Path() const {
  std::string path = around == nullptr ? "" : around->Path();
  if (!field.empty()) {
    if (!path.empty()) path += ".";
    path += field;
  }
  if (index) path += "[" + std::to_string(*index) + "]";
  return path;
}

FieldForm::FieldForm(const FieldDescriptor* field, const Form* child)
    : field_(field),
      child_(child),
      rule_(field->options().GetExtension(type::v1::rule)),
      bytes_max_(rule_.bytes_max() > 0 ? rule_.bytes_max() : kTextBytesMax),
      items_max_(rule_.items_max() > 0 ? static_cast<int>(rule_.items_max()) : kItemsMax) {
  if (!rule_.pattern().empty()) pattern_.emplace(rule_.pattern());
  server_only_ = field->options().GetExtension(type::v1::server_only) ||
                 field->message_type() == type::v1::Sealed::descriptor();
}

void FieldForm::Check(const Message& message, const Place* around, Violations& violations) const {
  if (server_only_) return;
  if (field_->is_repeated()) return CheckRepeated(message, around, violations);
  const Place place{around, field_->name()};
  if (rule_.required() && !IsSet(message)) return CheckRequired(message, place, violations);
  if (field_->has_presence() && !message.GetReflection()->HasField(message, field_)) return;
  CheckSingle(message, place, violations);
}

void FieldForm::CheckRequired(const Message& message, const Place& place,
                              Violations& violations) const {
  const auto* const oneof = field_->real_containing_oneof();
  if (oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) return;
  violations.Add(place, "must be set");
}

bool FieldForm::IsSet(const Message& message) const {
  const Reflection& of = *message.GetReflection();
  if (!of.HasField(message, field_)) return false;
  if (!field_->has_presence()) return true;
  std::string scratch;
  if (field_->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
    return !of.GetStringReference(message, field_, &scratch).empty();
  return field_->cpp_type() != FieldDescriptor::CPPTYPE_ENUM ||
         of.GetEnumValue(message, field_) != 0;
}

void FieldForm::CheckSingle(const Message& message, const Place& place,
                            Violations& violations) const {
  const Reflection& of = *message.GetReflection();
  std::string scratch;
  switch (field_->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string& text = of.GetStringReference(message, field_, &scratch);
      return field_->type() == FieldDescriptor::TYPE_BYTES ? CheckBytes(text, place, violations)
                                                           : CheckText(text, place, violations);
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return CheckNumber(of.GetInt32(message, field_), place, violations);
    case FieldDescriptor::CPPTYPE_INT64:
      return CheckNumber(of.GetInt64(message, field_), place, violations);
    case FieldDescriptor::CPPTYPE_UINT32:
      return CheckNumber(of.GetUInt32(message, field_), place, violations);
    case FieldDescriptor::CPPTYPE_UINT64:
      return CheckNumber(Clamped(of.GetUInt64(message, field_)), place, violations);
    case FieldDescriptor::CPPTYPE_ENUM:
      return CheckEnum(of.GetEnumValue(message, field_), place, violations);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return CheckMessage(of.GetMessage(message, field_), place, violations);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      if (IsOutside(rule_, of.GetDouble(message, field_))) violations.Add(place, Between());
      return;
    case FieldDescriptor::CPPTYPE_FLOAT:
      if (IsOutside(rule_, of.GetFloat(message, field_))) violations.Add(place, Between());
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      return;
  }
}

void FieldForm::CheckRepeated(const Message& message, const Place* around,
                              Violations& violations) const {
  const Reflection& of = *message.GetReflection();
  const int size = of.FieldSize(message, field_);
  const Place whole{around, field_->name()};
  if (size == 0 && rule_.required()) violations.Add(whole, "must have at least one item");
  if (size > items_max_) {
    return violations.Add(whole,
                          absl::StrCat("must have at most ", items_max_, " items, has ", size));
  }
  std::string scratch;
  for (int i = 0; i < size; ++i) {
    const Place place{around, field_->name(), i};
    switch (field_->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string& text = of.GetRepeatedStringReference(message, field_, i, &scratch);
        if (text.empty() && field_->type() == FieldDescriptor::TYPE_STRING)
          violations.Add(place, "must not be empty");
        field_->type() == FieldDescriptor::TYPE_BYTES ? CheckBytes(text, place, violations)
                                                      : CheckText(text, place, violations);
        break;
      }
      case FieldDescriptor::CPPTYPE_INT32:
        CheckNumber(of.GetRepeatedInt32(message, field_, i), place, violations);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        CheckNumber(of.GetRepeatedInt64(message, field_, i), place, violations);
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        CheckNumber(of.GetRepeatedUInt32(message, field_, i), place, violations);
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        CheckNumber(Clamped(of.GetRepeatedUInt64(message, field_, i)), place, violations);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        CheckEnum(of.GetRepeatedEnumValue(message, field_, i), place, violations);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        CheckMessage(of.GetRepeatedMessage(message, field_, i), place, violations);
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_BOOL:
        break;
    }
  }
}

void FieldForm::CheckText(const std::string& text, const Place& place,
                          Violations& violations) const {
  if (text.empty()) return;
  if (text.size() > bytes_max_) {
    return violations.Add(
        place, absl::StrCat("must have at most ", bytes_max_, " bytes, has ", text.size()));
  }
  if (!IsPlainText(text))
    return violations.Add(place, "must be UTF-8 text without control characters");
  if (pattern_) {
    if (!pattern_->Matches(text)) violations.Add(place, "must be named " + rule_.pattern());
  } else if (rule_.format() != type::v1::FORMAT_UNSPECIFIED && !HasFormat(text, rule_.format())) {
    violations.Add(place, absl::StrCat("must be ", std::string(FormatMeans(rule_.format()))));
  }
}

void FieldForm::CheckBytes(const std::string& bytes, const Place& place,
                           Violations& violations) const {
  if (bytes.size() <= bytes_max_) return;
  violations.Add(place,
                 absl::StrCat("must have at most ", bytes_max_, " bytes, has ", bytes.size()));
}

void FieldForm::CheckNumber(std::int64_t number, const Place& place, Violations& violations) const {
  if (IsOutside(rule_, number)) violations.Add(place, absl::StrCat(Between(), ", is ", number));
}

std::string FieldForm::Between() const {
  if (!rule_.has_max()) return absl::StrCat("must be at least ", rule_.min());
  if (!rule_.has_min()) return absl::StrCat("must be at most ", rule_.max());
  return absl::StrCat("must be between ", rule_.min(), " and ", rule_.max());
}

void FieldForm::CheckEnum(int number, const Place& place, Violations& violations) const {
  if (field_->enum_type()->FindValueByNumber(number) == nullptr)
    violations.Add(place,
                   absl::StrCat("is no value of ", field_->enum_type()->name(), ": ", number));
}

void FieldForm::CheckMessage(const Message& message, const Place& place,
                             Violations& violations) const {
  if (rule_.checked_by_decision()) return;
  if (!IsValueType(field_->message_type())) return child_->CheckInto(message, &place, violations);
  if (std::string wrong = WhatIsWrong(message); !wrong.empty())
    return violations.Add(place, std::move(wrong));
  CheckNumber(Magnitude(message), place, violations);
}

void FieldForm::ClearServerOnly(Message& message) const {
  const Reflection& of = *message.GetReflection();
  if (server_only_) return of.ClearField(&message, field_);
  if (field_->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || child_ == nullptr) return;
  if (field_->is_repeated()) {
    for (int i = 0; i < of.FieldSize(message, field_); ++i)
      child_->ClearServerOnly(*of.MutableRepeatedMessage(&message, field_, i));
  } else if (of.HasField(message, field_)) {
    child_->ClearServerOnly(*of.MutableMessage(&message, field_));
  }
}

}  // namespace dialtone::edge
