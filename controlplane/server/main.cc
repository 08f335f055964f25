// dialtoned. Prints one JSON line on stdout when it takes calls; drains on SIGTERM and SIGINT.
#include <absl/synchronization/mutex.h>
#include <pthread.h>
#include <signal.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include "controlplane/edge/rpc/refusals.h"
#include "controlplane/edge/telemetry/log.h"
#include "controlplane/server/config.h"
#include "controlplane/server/server.h"

namespace dialtone::server {
namespace {

sigset_t DrainSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

void Announce(const Server& server) {
  std::printf("{\"listening\":\"%s\",\"http\":\"%s\"}\n", server.listening().c_str(),
              server.http().c_str());
  std::fflush(stdout);
}

int Serve(const Config& config) {
  // Each mutex of gRPC's would look for deadlocks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Blocked before the first thread, so that none but the waiting one takes them.
  const sigset_t signals = DrainSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  telemetry::SetUpLog(config.log_level);

  auto server = Server::Start(config);
  if (!server) {
    std::fprintf(stderr, "dialtoned cannot start: %s\n", server.error().what.c_str());
    return static_cast<int>(server.error().exit_code);
  }
  std::thread waiting([&] {
    int taken = 0;
    sigwait(&signals, &taken);
    (*server)->RequestDrain();
  });
  Announce(**server);
  (*server)->WaitForDrainRequest();
  (*server)->Drain();
  pthread_kill(waiting.native_handle(), SIGTERM);  // it may still wait: the drain was asked by RPC
  waiting.join();
  return static_cast<int>(ExitCode::kOk);
}

int Main(int argc, const char* const* argv) {
  const auto config = ParseConfig(argc, argv);
  if (!config) {
    std::fputs(config.error().text.c_str(), config.error().exit_code == 0 ? stdout : stderr);
    return config.error().exit_code;
  }
  if (config->task == Task::kPrintRefusals) {
    std::fputs(edge::RefusalCatalogue::OfThisBinary().Markdown().c_str(), stdout);
    return static_cast<int>(ExitCode::kOk);
  }
  return Serve(*config);
}

}  // namespace
}  // namespace dialtone::server

int main(int argc, char** argv) { return dialtone::server::Main(argc, argv); }
