#include "clients/demo/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace dialtone::clients::demo {

namespace {

constexpr char kAnyPort[] = "127.0.0.1:0";

std::filesystem::path BesideThisBinary(const char* name) {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / name;
}

// In the child: never returns.
[[noreturn]] void Become(const std::string& server, const std::string& data,
                         const std::vector<std::string>& flags, int announcement) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // nobody needs it without the demo
  const std::string log = data + "/dialtoned.log";
  const int errors = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
  dup2(announcement, STDOUT_FILENO);
  if (errors >= 0) dup2(errors, STDERR_FILENO);
  std::vector<std::string> words = {"dialtoned", "--listen", kAnyPort,  "--http",   kAnyPort,
                                    "--data",    data,       "--clock", "simulated"};
  words.insert(words.end(), flags.begin(), flags.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(server.c_str(), arguments.data());
  _exit(127);
}

// The first line that comes; empty: the other end was closed before.
std::string ReadLine(int from) {
  std::string line;
  for (char c = 0; read(from, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace

tl::expected<std::unique_ptr<ServerProcess>, std::string> ServerProcess::Start(
    const std::filesystem::path& data, const std::vector<std::string>& flags) {
  const auto server = BesideThisBinary("dialtoned");
  if (!std::filesystem::exists(server))
    return tl::unexpected("there is no dialtoned beside this binary: " + server.string());
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0)
    return tl::unexpected<std::string>("the system gives no pipe");
  const pid_t process = fork();
  if (process == 0) Become(server.string(), data.string(), flags, pipe_ends[1]);
  close(pipe_ends[1]);
  const std::string line = process < 0 ? "" : ReadLine(pipe_ends[0]);
  close(pipe_ends[0]);
  const auto told = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (told.is_object() && told.contains("listening")) {
    return std::unique_ptr<ServerProcess>(
        new ServerProcess(process, told["listening"].get<std::string>()));
  }
  if (process > 0) ServerProcess(process, "").Stop();
  return tl::unexpected("dialtoned did not start: see " + (data / "dialtoned.log").string());
}

ServerProcess::~ServerProcess() { Stop(); }

int ServerProcess::Stop() { return End(SIGTERM); }

void ServerProcess::Kill() { End(SIGKILL); }

int ServerProcess::End(int signal) {
  if (process_ == 0) return 0;
  kill(process_, signal);
  int status = 0;
  waitpid(std::exchange(process_, 0), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace dialtone::clients::demo
