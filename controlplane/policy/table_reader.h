// Reads the policy's files: CSV tables, whose header line names the fields of their row's message,
// and limits as text.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "controlplane/policy/places.h"
#include "dialtone/policy/v1/policy.pb.h"

namespace dialtone::policy {

// A file as it will be named in errors.
struct SourceFile {
  std::string label;
  std::string text;
};

using Read = tl::expected<void, std::string>;

// Appends the file's lines to `table`, a repeated field of Policy, and remembers where each row
// was. Cells may stand in double quotes; a list's items are parted by `|`, its groups by `&`; empty
// numbers are 0; truth is `yes` or `no`.
Read ReadTable(const SourceFile& file, const google::protobuf::FieldDescriptor& table,
               v1::Policy& policy, Places& places);

// Fills in what the file, a Policy in protobuf's text format, sets.
Read ReadLimits(const SourceFile& file, v1::Policy& policy, Places& places);

}  // namespace dialtone::policy
