// Values as people write them: 50.00 USD, 2h, 2018-10-02T10:00:00Z, toll-free.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dialtone::clients::cli {

// By its name, in small letters, with - for _, and with or without the prefix that all values
// share.
const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::EnumDescriptor& type, std::string_view text);
// TOLL_FREE; without the prefix that all values share.
std::string EnumText(const google::protobuf::EnumValueDescriptor& value);

// Of Timestamp, Duration and Money. False: it is no such value.
bool ParseValue(const std::string& text, google::protobuf::Message& value);
std::string ValueText(const google::protobuf::Message& value);

// 12.5 → 12500000; no more than six decimals.
std::optional<std::int64_t> ParseMicros(std::string_view text);

}  // namespace dialtone::clients::cli
