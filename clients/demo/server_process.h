// A dialtoned of one's own: started beside this binary, stopped when it goes.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace dialtone::clients::demo {

class ServerProcess {
 public:
  // On ports that are free, with a simulated clock and these flags; returns when it takes calls.
  // Its log goes to `data`/dialtoned.log. The error is a sentence.
  static tl::expected<std::unique_ptr<ServerProcess>, std::string> Start(
      const std::filesystem::path& data, const std::vector<std::string>& flags);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // HOST:PORT.
  const std::string& address() const { return address_; }
  // Asks it to end, by SIGTERM, and waits. Answers its exit code; -1: a signal ended it.
  int Stop();
  // SIGKILL.
  void Kill();

 private:
  int End(int signal);

  ServerProcess(pid_t process, std::string address)
      : process_(process), address_(std::move(address)) {}

  pid_t process_;  // 0: stopped
  const std::string address_;
};

}  // namespace dialtone::clients::demo
