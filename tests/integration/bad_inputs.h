// All that can be wrong with a request: each field, at any depth, in each way that its rule
// forbids.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace dialtone::testing {

struct BadInput {
  std::string path;   // `users[0].email`, as the refusal must name it
  std::string what;   // for people
  std::string bytes;  // the request, wrong in this one place
};

std::vector<BadInput> BadInputsOf(const google::protobuf::Descriptor& request);

}  // namespace dialtone::testing
