// What a token of a list or a watch is bound to.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <initializer_list>

namespace dialtone::projections {

// A field that the request is known to have.
const google::protobuf::FieldDescriptor& FieldOf(const google::protobuf::Message& request,
                                                 const char* name);

// Of all that the request says but for these fields, which it must have. The same in every binary
// that knows what is set; a token that outlives that is refused, and its caller begins anew.
std::uint64_t QueryHash(const google::protobuf::Message& request,
                        std::initializer_list<const char*> without);

}  // namespace dialtone::projections
