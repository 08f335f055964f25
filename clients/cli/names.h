// Short names made whole: `206…` of --org contoso is organizations/contoso/numbers/206….
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace dialtone::clients::cli {

// Fills the pattern's variables with the parts of `text`, the last ones first, and {organization}
// with `org` if the text does not reach it. A text that begins as the pattern does is whole. The
// error says what is missing.
tl::expected<std::string, std::string> WholeName(const std::string& pattern,
                                                 const std::string& text, const std::string& org);

// The pattern of a field that holds a resource's name; empty: it holds none.
std::string PatternOf(const google::protobuf::FieldDescriptor& field);

// Without the organization: users/ann.
std::string ShortName(const std::string& name);

}  // namespace dialtone::clients::cli
