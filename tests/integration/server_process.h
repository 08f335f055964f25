// The real dialtoned as a child process, on a folder that outlives it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dialtone::testing {

// DIALTONE_KAFKA=HOST:PORT puts every server's ledger there, on this topic of its folder's name:
// the same tests, on the other ledger.
std::string TopicOf(const std::filesystem::path& data);

// Where a server's ledger is: where this run has them, or with the server whatever the run says.
enum class LedgerOf { kTheRun, kTheServer };

class ServerProcess {
 public:
  // Returns when it takes calls; `listen` where another listened makes it that one's successor.
  // Aborts if it does not start.
  explicit ServerProcess(const std::filesystem::path& data, std::vector<std::string> flags = {},
                         LedgerOf ledger = LedgerOf::kTheRun,
                         const std::string& listen = "127.0.0.1:0");
  ~ServerProcess();  // kills
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // HOST:PORT for gRPC.
  const std::string& address() const { return address_; }
  // SIGKILL: no line of the server runs any more.
  void Kill();
  // SIGTERM; gives the exit code.
  int Stop();
  // SIGSTOP, SIGCONT; or SIGTERM without waiting for the end, which is Stop's.
  void Signal(int signal) const;

 private:
  int End(int signal);

  pid_t child_ = -1;
  std::string address_;
};

}  // namespace dialtone::testing
