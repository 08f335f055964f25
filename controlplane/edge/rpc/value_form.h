// Messages that are values: a point in time, a span, an amount. Checked as a whole.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>

namespace dialtone::edge {

bool IsValueType(const google::protobuf::Descriptor* type);
// Empty: it is well formed. Else a sentence. REQUIRES: IsValueType.
std::string WhatIsWrong(const google::protobuf::Message& value);
// What bounds are held against: seconds, or micro-units. REQUIRES: IsValueType.
std::int64_t Magnitude(const google::protobuf::Message& value);

}  // namespace dialtone::edge
