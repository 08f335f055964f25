#include "tests/integration/bad_inputs.h"

#include <absl/functional/function_ref.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <limits>

#include "dialtone/type/v1/money.pb.h"
#include "tests/integration/request_example.h"

namespace dialtone::testing {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using type::v1::FieldRule;

namespace {

constexpr std::size_t kTextBytesMax = 1'024;  // of a field without a rule
constexpr int kItemsMax = 1'000;
constexpr std::size_t kHugeBytes = 100'000;
constexpr int kUnknownEnum = 987'654;
constexpr int kDepthMax = 8;

using Change = absl::FunctionRef<void(Message&)>;

class Collector {
 public:
  explicit Collector(const Descriptor& request) : request_(request) { Visit(request); }
  std::vector<BadInput> Take() { return std::move(found_); }

 private:
  // Every field of the message at the end of `steps_`.
  void Visit(const Descriptor& type);
  void VisitBelow(const FieldDescriptor& field);
  void BreakWhole(const FieldDescriptor& field);
  void BreakOne(const FieldDescriptor& field);
  void BreakText(const FieldDescriptor& field);
  void BreakBytes(const FieldDescriptor& field);
  void BreakNumber(const FieldDescriptor& field);
  void BreakValue(const FieldDescriptor& field);

  void Add(const FieldDescriptor& field, std::string what, Change change);
  void AddText(const FieldDescriptor& field, std::string what, const std::string& text);
  void AddNumber(const FieldDescriptor& field, std::string what, std::int64_t number);
  std::string PathOf(const FieldDescriptor& field, bool is_whole) const;
  Message& At(Message& root) const;

  const Descriptor& request_;
  std::vector<const FieldDescriptor*> steps_;
  std::vector<BadInput> found_;
};

// Seconds, or micro-units of money.
void SetMagnitude(Message& value, std::int64_t magnitude) {
  const Descriptor& type = *value.GetDescriptor();
  const auto* const field =
      type.FindFieldByName(&type == type::v1::Money::descriptor() ? "micros" : "seconds");
  value.GetReflection()->SetInt64(&value, field, magnitude);
}

std::string Step(const FieldDescriptor& field) {
  return field.name() + (field.is_repeated() ? "[0]" : "");
}

std::string Collector::PathOf(const FieldDescriptor& field, bool is_whole) const {
  std::string path;
  for (const auto* const step : steps_) path += Step(*step) + ".";
  return path + (is_whole ? field.name() : Step(field));
}

// The message that is broken, made if it is not part of the example.
Message& Collector::At(Message& root) const {
  Message* message = &root;
  for (const FieldDescriptor* const step : steps_) {
    const Reflection& of = *message->GetReflection();
    const bool is_there =
        step->is_repeated() ? of.FieldSize(*message, step) > 0 : of.HasField(*message, step);
    if (!is_there) FillField(*message, *step);
    message = step->is_repeated() ? of.MutableRepeatedMessage(message, step, 0)
                                  : of.MutableMessage(message, step);
  }
  return *message;
}

void Collector::Add(const FieldDescriptor& field, std::string what, Change change) {
  auto root = ExampleOf(request_);
  change(At(*root));
  found_.push_back({PathOf(field, false), std::move(what), root->SerializeAsString()});
}

void Collector::AddText(const FieldDescriptor& field, std::string what, const std::string& text) {
  Add(field, std::move(what), [&](Message& message) {
    const Reflection& of = *message.GetReflection();
    of.ClearField(&message, &field);
    field.is_repeated() ? of.AddString(&message, &field, text)
                        : of.SetString(&message, &field, text);
  });
}

void Collector::Visit(const Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsServersOwn(field)) continue;
    BreakWhole(field);
    if (RuleOf(field).checked_by_decision()) continue;
    BreakOne(field);
    VisitBelow(field);
  }
}

void Collector::VisitBelow(const FieldDescriptor& field) {
  const Descriptor* const type = field.message_type();
  if (type == nullptr || IsValue(*type) || steps_.size() >= kDepthMax) return;
  const auto is_around = [&](const auto* step) { return step->message_type() == type; };
  if (std::any_of(steps_.begin(), steps_.end(), is_around)) return;
  steps_.push_back(&field);
  Visit(*type);
  steps_.pop_back();
}

// Missing, or too many.
void Collector::BreakWhole(const FieldDescriptor& field) {
  const FieldRule& rule = RuleOf(field);
  if (rule.required()) {
    auto root = ExampleOf(request_);
    Message& message = At(*root);
    const auto* const oneof = field.real_containing_oneof();
    oneof != nullptr ? message.GetReflection()->ClearOneof(&message, oneof)
                     : message.GetReflection()->ClearField(&message, &field);
    found_.push_back({PathOf(field, true), "missing", root->SerializeAsString()});
  }
  if (!field.is_repeated()) return;
  auto root = ExampleOf(request_);
  Message& message = At(*root);
  const int items = rule.items_max() > 0 ? static_cast<int>(rule.items_max()) : kItemsMax;
  while (message.GetReflection()->FieldSize(message, &field) <= items) FillField(message, field);
  found_.push_back({PathOf(field, true), "too many items", root->SerializeAsString()});
}

void Collector::BreakOne(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? BreakBytes(field) : BreakText(field);
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return BreakNumber(field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return Add(field, "unknown enum value", [&](Message& message) {
        const Reflection& of = *message.GetReflection();
        of.ClearField(&message, &field);
        field.is_repeated() ? of.AddEnumValue(&message, &field, kUnknownEnum)
                            : of.SetEnumValue(&message, &field, kUnknownEnum);
      });
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return IsValue(*field.message_type()) ? BreakValue(field) : void();
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return;
  }
}

void Collector::BreakText(const FieldDescriptor& field) {
  const FieldRule& rule = RuleOf(field);
  const std::size_t bytes_max = rule.bytes_max() > 0 ? rule.bytes_max() : kTextBytesMax;
  const std::string good = TextFor(field);
  if (field.is_repeated()) AddText(field, "an empty item", "");
  AddText(field, "a byte too long", std::string(bytes_max + 1, '1'));
  AddText(field, "huge", std::string(kHugeBytes, 'a'));
  AddText(field, "a control character", good.substr(0, good.size() - 1) + '\x01');
  AddText(field, "a line break", good.substr(0, good.size() - 1) + '\n');
  if (rule.format() != type::v1::FORMAT_UNSPECIFIED || !rule.pattern().empty())
    AddText(field, "another alphabet", "?! \xC3\xA9");
  if (!rule.pattern().empty()) {
    AddText(field, "another resource", "nonsense/x");
    AddText(field, "a segment too much", good + "/more");
    AddText(field, "a name without an id", good.substr(0, good.rfind('/') + 1));
  }
  if (field.name() == "request_id")
    AddText(field, "another version of UUID", "9b2e4d52-3c1f-4f6e-8a57-0d6c2b9e1a34");
}

void Collector::BreakBytes(const FieldDescriptor& field) {
  const FieldRule& rule = RuleOf(field);
  const std::size_t bytes_max = rule.bytes_max() > 0 ? rule.bytes_max() : kTextBytesMax;
  AddText(field, "a byte too long", std::string(bytes_max + 1, '\xFF'));
  AddText(field, "huge", std::string(kHugeBytes, '\xFF'));
}

void Collector::AddNumber(const FieldDescriptor& field, std::string what, std::int64_t number) {
  Add(field, std::move(what), [&](Message& message) {
    const Reflection& of = *message.GetReflection();
    const auto type = field.cpp_type();
    if (type == FieldDescriptor::CPPTYPE_INT32)
      return of.SetInt32(&message, &field, static_cast<std::int32_t>(number));
    if (type == FieldDescriptor::CPPTYPE_INT64) return of.SetInt64(&message, &field, number);
    if (type == FieldDescriptor::CPPTYPE_UINT32)
      return of.SetUInt32(&message, &field, static_cast<std::uint32_t>(number));
    of.SetUInt64(&message, &field, static_cast<std::uint64_t>(number));
  });
}

void Collector::BreakNumber(const FieldDescriptor& field) {
  if (field.is_repeated()) return;
  const FieldRule& rule = RuleOf(field);
  const bool is_signed = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
                         field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
  const bool can_be_below = rule.has_min() && (is_signed || rule.min() > 0);
  if (can_be_below) AddNumber(field, "below the minimum", rule.min() - 1);
  if (rule.has_max()) AddNumber(field, "above the maximum", rule.max() + 1);
}

void Collector::BreakValue(const FieldDescriptor& field) {
  const auto add = [&](std::string what, auto change) {
    Add(field, std::move(what), [&](Message& message) {
      const Reflection& of = *message.GetReflection();
      of.ClearField(&message, &field);
      FillField(message, field);
      change(field.is_repeated() ? *of.MutableRepeatedMessage(&message, &field, 0)
                                 : *of.MutableMessage(&message, &field));
    });
  };
  const FieldRule& rule = RuleOf(field);
  if (rule.has_min())
    add("below the minimum", [&](Message& value) { SetMagnitude(value, rule.min() - 1); });
  if (rule.has_max())
    add("above the maximum", [&](Message& value) { SetMagnitude(value, rule.max() + 1); });
  const Descriptor* const type = field.message_type();
  if (type == google::protobuf::Timestamp::descriptor()) {
    add("negative nanoseconds",
        [](Message& at) { dynamic_cast<google::protobuf::Timestamp&>(at).set_nanos(-1); });
    add("beyond the year 9999", [](Message& at) {
      dynamic_cast<google::protobuf::Timestamp&>(at).set_seconds(253'402'300'800);
    });
  } else if (type == google::protobuf::Duration::descriptor()) {
    add("longer than any span", [](Message& span) {
      dynamic_cast<google::protobuf::Duration&>(span).set_seconds(
          std::numeric_limits<std::int64_t>::max());
    });
  } else {
    add("no currency",
        [](Message& money) { dynamic_cast<type::v1::Money&>(money).clear_currency_code(); });
    add("currency in small letters",
        [](Message& money) { dynamic_cast<type::v1::Money&>(money).set_currency_code("usd"); });
  }
}

}  // namespace

std::vector<BadInput> BadInputsOf(const Descriptor& request) { return Collector(request).Take(); }

}  // namespace dialtone::testing
