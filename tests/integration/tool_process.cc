#include "tests/integration/tool_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "controlplane/kernel/check.h"

namespace dialtone::testing {

ToolProcess::ToolProcess(const std::filesystem::path& folder, std::vector<std::string> words) {
  words.insert(words.begin(), DIALTONE_BINARY);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  DIALTONE_CHECK(setenv("XDG_STATE_HOME", folder.c_str(), 1) == 0, "setenv");
  const std::string path = folder / "dialtone.err";
  const int err = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  DIALTONE_CHECK(err >= 0, path);
  child_ = fork();
  DIALTONE_CHECK(child_ >= 0, "fork");
  if (child_ == 0) {  // only what is safe between fork and exec
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(err, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(err);
}

ToolProcess::~ToolProcess() {
  if (!ended_) Kill();
}

std::optional<int> ToolProcess::Ended() { return Reap(WNOHANG); }

int ToolProcess::Wait() { return *Reap(0); }

void ToolProcess::Kill() {
  if (ended_) return;
  kill(child_, SIGKILL);
  Reap(0);
}

std::optional<int> ToolProcess::Reap(int options) {
  if (ended_) return ended_;
  int status = 0;
  const pid_t reaped = waitpid(child_, &status, options);
  DIALTONE_CHECK(reaped == child_ || reaped == 0, "waitpid");
  if (reaped == child_) ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return ended_;
}

}  // namespace dialtone::testing
