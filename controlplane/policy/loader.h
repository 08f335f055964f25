// Where policies come from: the data compiled into the binary, files that replace parts of it, or a
// message.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "controlplane/policy/policy.h"

namespace dialtone::policy {

// The error is a sentence that begins with file:line, so that whoever wrote the data finds it.
using Loaded = tl::expected<std::shared_ptr<const Policy>, std::string>;

// controlplane/policy/data, as it was compiled in.
const std::shared_ptr<const Policy>& BuiltIn();

// `--policy PATH`: a file, or a folder of files. Each replaces the built-in file of its name, and
// must have such a name.
Loaded Load(const std::filesystem::path& path);

// A policy that was changed in memory: BuiltIn()->proto() with other limits, say.
Loaded Compile(v1::Policy proto);

}  // namespace dialtone::policy
