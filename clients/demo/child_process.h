// A program of the project as a child of one's own: found beside this binary, ended when it goes.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace dialtone::clients::demo {

class ChildProcess {
 public:
  // Returns when it has said where it is, as `told` of a line of JSON on its stdout. Its log goes
  // to `folder`/PROGRAM.log. The error is a sentence.
  static tl::expected<std::unique_ptr<ChildProcess>, std::string> Start(
      const std::string& program, const std::vector<std::string>& flags,
      const std::filesystem::path& folder, const std::string& told);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // HOST:PORT, as it has said.
  const std::string& address() const { return address_; }
  // Asks it to end, by SIGTERM, and waits. Answers its exit code; -1: a signal ended it.
  int Stop();
  // SIGKILL.
  void Kill();

 private:
  int End(int signal);

  ChildProcess(pid_t process, std::string address)
      : process_(process), address_(std::move(address)) {}

  pid_t process_;  // 0: stopped
  const std::string address_;
};

}  // namespace dialtone::clients::demo
