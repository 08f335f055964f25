#include "tests/integration/request_example.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <string_view>

#include "dialtone/type/v1/money.pb.h"
#include "dialtone/type/v1/sealed.pb.h"
#include "tests/support/caller.h"

namespace dialtone::testing {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using type::v1::FieldRule;

namespace {

std::string SegmentFor(std::string_view segment) {
  if (segment == "*") return "any";
  if (segment.empty() || segment.front() != '{') return std::string(segment);
  if (segment == "{sku}") return "MCOEV";
  if (segment == "{country}" || segment == "{iso}") return "US";
  if (segment == "{month}") return "2026-01";
  if (segment == "{number}" || segment == "{e164}" || segment == "{prefix}" ||
      segment == "{number_block}")
    return "12065550100";
  return "example";
}

// The first of the pattern's alternatives.
std::string NameFor(std::string_view pattern) {
  pattern = pattern.substr(0, pattern.find('|'));
  std::string name;
  while (true) {
    const auto slash = pattern.find('/');
    name += SegmentFor(pattern.substr(0, slash));
    if (slash == std::string_view::npos) return name;
    name += '/';
    pattern.remove_prefix(slash + 1);
  }
}

std::int64_t NumberFor(const FieldRule& rule) {
  return std::clamp<std::int64_t>(1, rule.has_min() ? rule.min() : 1,
                                  rule.has_max() ? rule.max() : 1);
}

void FillValue(Message& value, const FieldRule& rule) {
  if (auto* const span = dynamic_cast<google::protobuf::Duration*>(&value))
    return span->set_seconds(NumberFor(rule));
  if (auto* const at = dynamic_cast<google::protobuf::Timestamp*>(&value))
    return at->set_seconds(std::max<std::int64_t>(1'800'000'000, NumberFor(rule)));
  auto& money = dynamic_cast<type::v1::Money&>(value);
  money.set_currency_code("USD");
  money.set_micros(NumberFor(rule));
}

void FillMessage(Message& message, const FieldRule& rule) {
  IsValue(*message.GetDescriptor()) ? FillValue(message, rule) : FillRequired(message);
}

// A required member of a oneof is required only while no other is set.
bool MustBeFilled(const Message& message, const FieldDescriptor& field) {
  if (IsServersOwn(field)) return false;
  // An area is told by its country at least.
  if (field.full_name() == "dialtone.inventory.v1.Area.country" || field.name() == "area")
    return true;
  if (!RuleOf(field).required()) return false;
  const auto* const oneof = field.real_containing_oneof();
  return oneof == nullptr || !message.GetReflection()->HasOneof(message, oneof);
}

}  // namespace

bool IsServersOwn(const FieldDescriptor& field) {
  return field.options().GetExtension(type::v1::server_only) ||
         field.message_type() == type::v1::Sealed::descriptor();
}

const FieldRule& RuleOf(const FieldDescriptor& field) {
  return field.options().GetExtension(type::v1::rule);
}

bool IsValue(const Descriptor& type) {
  return &type == google::protobuf::Timestamp::descriptor() ||
         &type == google::protobuf::Duration::descriptor() ||
         &type == type::v1::Money::descriptor();
}

std::string TextFor(const FieldDescriptor& field) {
  const FieldRule& rule = RuleOf(field);
  switch (static_cast<int>(rule.format())) {
    case type::v1::FORMAT_RESOURCE_NAME:
      return NameFor(rule.pattern());
    case type::v1::FORMAT_RESOURCE_ID:
      return "example";
    case type::v1::FORMAT_E164:
      return "+12065550100";
    case type::v1::FORMAT_DIGITS:
      return "206";
    case type::v1::FORMAT_COUNTRY:
      return "US";
    case type::v1::FORMAT_UUID:
      return MintRequestId();
    case type::v1::FORMAT_SKU:
      return "MCOEV";
    case type::v1::FORMAT_EMAIL:
      return "ann@example.com";
    case type::v1::FORMAT_CURRENCY:
      return "USD";
    case type::v1::FORMAT_DATE:
      return "2026-01-31";
    case type::v1::FORMAT_SIP_URI:
      return "sip:trunk.example.com";
    case type::v1::FORMAT_TIME_ZONE:
      return "Europe/Berlin";
    default:
      return rule.pattern().empty() ? "x" : NameFor(rule.pattern());
  }
}

void FillField(Message& message, const FieldDescriptor& field) {
  const auto& of = *message.GetReflection();
  const FieldRule& rule = RuleOf(field);
  const bool is_repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return is_repeated ? of.AddString(&message, &field, TextFor(field))
                         : of.SetString(&message, &field, TextFor(field));
    case FieldDescriptor::CPPTYPE_INT32:
      return is_repeated ? of.AddInt32(&message, &field, static_cast<int>(NumberFor(rule)))
                         : of.SetInt32(&message, &field, static_cast<int>(NumberFor(rule)));
    case FieldDescriptor::CPPTYPE_INT64:
      return is_repeated ? of.AddInt64(&message, &field, NumberFor(rule))
                         : of.SetInt64(&message, &field, NumberFor(rule));
    case FieldDescriptor::CPPTYPE_UINT32:
      return is_repeated
                 ? of.AddUInt32(&message, &field, static_cast<std::uint32_t>(NumberFor(rule)))
                 : of.SetUInt32(&message, &field, static_cast<std::uint32_t>(NumberFor(rule)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return is_repeated
                 ? of.AddUInt64(&message, &field, static_cast<std::uint64_t>(NumberFor(rule)))
                 : of.SetUInt64(&message, &field, static_cast<std::uint64_t>(NumberFor(rule)));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number =
          field.enum_type()->value(field.enum_type()->value_count() > 1 ? 1 : 0)->number();
      return is_repeated ? of.AddEnumValue(&message, &field, number)
                         : of.SetEnumValue(&message, &field, number);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FillMessage(
          is_repeated ? *of.AddMessage(&message, &field) : *of.MutableMessage(&message, &field),
          rule);
    case FieldDescriptor::CPPTYPE_BOOL:
      return is_repeated ? of.AddBool(&message, &field, true) : of.SetBool(&message, &field, true);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return is_repeated ? of.AddDouble(&message, &field, static_cast<double>(NumberFor(rule)))
                         : of.SetDouble(&message, &field, static_cast<double>(NumberFor(rule)));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return is_repeated ? of.AddFloat(&message, &field, static_cast<float>(NumberFor(rule)))
                         : of.SetFloat(&message, &field, static_cast<float>(NumberFor(rule)));
  }
}

void FillRequired(Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (MustBeFilled(message, *type.field(i))) FillField(message, *type.field(i));
  }
}

std::unique_ptr<Message> ExampleOf(const Descriptor& type) {
  auto* const factory = google::protobuf::MessageFactory::generated_factory();
  std::unique_ptr<Message> message(factory->GetPrototype(&type)->New());
  FillRequired(*message);
  return message;
}

}  // namespace dialtone::testing
