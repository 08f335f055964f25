// A well-formed request of any type, made from the rules at its fields alone.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "dialtone/type/v1/options.pb.h"

namespace dialtone::testing {

// What a caller may not send, or what the door does not look into.
bool IsServersOwn(const google::protobuf::FieldDescriptor& field);
const type::v1::FieldRule& RuleOf(const google::protobuf::FieldDescriptor& field);
// Of a point in time, a span or an amount of money: one value, not fields.
bool IsValue(const google::protobuf::Descriptor& type);

std::unique_ptr<google::protobuf::Message> ExampleOf(const google::protobuf::Descriptor& type);
// Sets what is required, below too.
void FillRequired(google::protobuf::Message& message);
// A text that the field takes.
std::string TextFor(const google::protobuf::FieldDescriptor& field);
// Sets the field to something that it takes; of a repeated one, adds an item.
void FillField(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field);

}  // namespace dialtone::testing
