// The files of controlplane/policy/data as they were when the binary was built; written by
// cmake/embed.cmake.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace dialtone::policy {

// Name and content, in order of names.
const std::vector<std::pair<std::string_view, std::string_view>>& EmbeddedFiles();

}  // namespace dialtone::policy
