// From the words of a command line to the request of a method.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "clients/cli/arguments.h"
#include "clients/cli/commands.h"

namespace dialtone::clients::cli {

using RequestPtr = std::unique_ptr<google::protobuf::Message>;

// The fields that need no flag, in their order: those that the method cannot do without.
std::vector<const google::protobuf::FieldDescriptor*> PositionalsOf(const Command& command);

// The words behind noun and verb, laid over --file, with short names made whole. The error is a
// sentence.
tl::expected<RequestPtr, std::string> BuildRequest(const Command& command,
                                                   const Arguments& arguments);

}  // namespace dialtone::clients::cli
