#include "clients/demo/child_process.h"

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

std::filesystem::path BesideThisBinary(const std::string& name) {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / name;
}

// In the child: never returns.
[[noreturn]] void Become(std::vector<std::string> words, const std::string& log, int announcement) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // nobody needs it without the demo
  const int errors = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
  dup2(announcement, STDOUT_FILENO);
  if (errors >= 0) dup2(errors, STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

// The first line that comes; empty: the other end was closed before.
std::string ReadLine(int from) {
  std::string line;
  for (char c = 0; read(from, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace

tl::expected<std::unique_ptr<ChildProcess>, std::string> ChildProcess::Start(
    const std::string& program, const std::vector<std::string>& flags,
    const std::filesystem::path& folder, const std::string& told) {
  const auto binary = BesideThisBinary(program);
  if (!std::filesystem::exists(binary))
    return tl::unexpected("there is no " + program + " beside this binary: " + binary.string());
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0)
    return tl::unexpected<std::string>("the system gives no pipe");
  std::vector<std::string> words = {binary.string()};
  words.insert(words.end(), flags.begin(), flags.end());
  const std::filesystem::path log = folder / (program + ".log");
  const pid_t process = fork();
  if (process == 0) Become(std::move(words), log.string(), pipe_ends[1]);
  close(pipe_ends[1]);
  const std::string line = process < 0 ? "" : ReadLine(pipe_ends[0]);
  close(pipe_ends[0]);
  const auto said = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (said.is_object() && said.contains(told)) {
    return std::unique_ptr<ChildProcess>(new ChildProcess(process, said[told].get<std::string>()));
  }
  if (process > 0) ChildProcess(process, "").Stop();
  return tl::unexpected(program + " did not start: see " + log.string());
}

ChildProcess::~ChildProcess() { Stop(); }

int ChildProcess::Stop() { return End(SIGTERM); }

void ChildProcess::Kill() { End(SIGKILL); }

int ChildProcess::End(int signal) {
  if (process_ == 0) return 0;
  kill(process_, signal);
  int status = 0;
  waitpid(std::exchange(process_, 0), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace dialtone::clients::demo
