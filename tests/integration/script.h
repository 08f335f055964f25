// A script of commands that goes through every slice: the demonstration's steps, and what they
// leave out. Most answers are yes; in each slice some are no.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace dialtone::testing {

struct Performance {
  std::string server;             // HOST:PORT, with a simulated clock
  std::filesystem::path data;     // for the script's files
  std::chrono::seconds begin{0};  // since 1970: where its clock is put first, still to come
};

// Plays it. Empty: all went as written; else what was told up to where it did not.
std::string PlayScript(const Performance& performance);

}  // namespace dialtone::testing
