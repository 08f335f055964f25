#include "controlplane/policy/limits_list.h"

#include <google/protobuf/duration.pb.h>

#include <optional>
#include <string>

#include "controlplane/kernel/money.h"
#include "controlplane/policy/day.h"

namespace dialtone::policy {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kOnly = -1;

std::string TextOf(const Message& message) {
  if (const auto* span = dynamic_cast<const google::protobuf::Duration*>(&message)) {
    return std::to_string(span->seconds()) + "s";
  }
  if (const auto* amount = dynamic_cast<const type::v1::Money*>(&message)) {
    return FromProto(*amount).text();
  }
  return message.ShortDebugString();
}

// Of the item at `index`, or of the only value. Limits are texts, counts, words and messages.
std::string TextOf(const Message& area, const FieldDescriptor& field, int index) {
  const auto* reflection = area.GetReflection();
  const bool one = index == kOnly;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    return one ? reflection->GetString(area, &field)
               : reflection->GetRepeatedString(area, &field, index);
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return reflection->GetEnum(area, &field)->name();
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return TextOf(reflection->GetMessage(area, &field));
  }
  return std::to_string(one ? reflection->GetUInt32(area, &field)
                            : reflection->GetRepeatedUInt32(area, &field, index));
}

// A dated limit's first field is its day, its second the value.
std::optional<v1::Limit> InForce(const Message& area, const FieldDescriptor& field, Timestamp at) {
  std::optional<v1::Limit> latest;
  for (int i = 0; i < area.GetReflection()->FieldSize(area, &field); ++i) {
    const auto& row = area.GetReflection()->GetRepeatedMessage(area, &field, i);
    const auto* columns = row.GetDescriptor();
    const std::string from = TextOf(row, *columns->field(0), kOnly);
    if (StartOf(*ParseDay(from)) > at || (latest && from < latest->valid_from())) continue;
    latest.emplace();
    latest->set_valid_from(from);
    latest->set_value(TextOf(row, *columns->field(1), kOnly));
  }
  return latest;
}

std::optional<v1::Limit> LimitOf(const Message& area, const FieldDescriptor& field, Timestamp at) {
  if (field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return InForce(area, field, at);
  }
  v1::Limit limit;
  if (!field.is_repeated()) {
    limit.set_value(TextOf(area, field, kOnly));
    return limit;
  }
  for (int i = 0; i < area.GetReflection()->FieldSize(area, &field); ++i) {
    *limit.mutable_value() += (i == 0 ? "" : ", ") + TextOf(area, field, i);
  }
  return limit;
}

}  // namespace

std::vector<v1::Limit> LimitsAt(const v1::Policy& policy, Timestamp at) {
  std::vector<v1::Limit> limits;
  for (int i = 0; i < policy.GetDescriptor()->field_count(); ++i) {
    const auto& area_field = *policy.GetDescriptor()->field(i);
    if (area_field.is_repeated()) continue;
    const auto& area = policy.GetReflection()->GetMessage(policy, &area_field);
    for (int j = 0; j < area.GetDescriptor()->field_count(); ++j) {
      const auto& field = *area.GetDescriptor()->field(j);
      auto limit = LimitOf(area, field, at);
      if (!limit) continue;
      limit->set_name(area_field.name() + "." + field.name());
      limits.push_back(*std::move(limit));
    }
  }
  return limits;
}

}  // namespace dialtone::policy
