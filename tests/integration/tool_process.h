// The real command line tool as a child process.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dialtone::testing {

class ToolProcess {
 public:
  // `dialtone WORDS`, with its state and what it says on its standard error below `folder`.
  ToolProcess(const std::filesystem::path& folder, std::vector<std::string> words);
  ~ToolProcess();  // kills
  ToolProcess(const ToolProcess&) = delete;
  ToolProcess& operator=(const ToolProcess&) = delete;

  // Its exit code; none: it runs.
  std::optional<int> Ended();
  int Wait();
  // SIGKILL: no line of the tool runs any more.
  void Kill();

 private:
  std::optional<int> Reap(int options);

  pid_t child_ = -1;
  std::optional<int> ended_;
};

}  // namespace dialtone::testing
