// The file of the key that wraps all others.
#pragma once

#include <filesystem>
#include <string>
#include <tl/expected.hpp>

namespace dialtone::vault {

inline constexpr char kMasterFile[] = "master.key";

// The errors are sentences that say what is wrong and what to do.
tl::expected<std::string, std::string> ReadMaster(const std::filesystem::path& file);
// Written whole and synchronously before anything is sealed with it; 0600.
tl::expected<std::string, std::string> MakeMaster(const std::filesystem::path& file);

}  // namespace dialtone::vault
