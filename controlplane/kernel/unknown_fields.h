// Fields that this binary does not know: protobuf keeps them, and hands them on in silence.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>

namespace dialtone {

struct UnknownField {
  std::string around;  // `users[3].address`; empty: the message itself
  int number = 0;
};

// The first one, at any depth.
std::optional<UnknownField> FirstUnknownField(const google::protobuf::Message& message);

}  // namespace dialtone
