#include "tests/integration/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include "controlplane/kernel/check.h"

namespace dialtone::testing {

namespace {

std::string ReadLine(int descriptor) {
  std::string line;
  char next = 0;
  while (read(descriptor, &next, 1) == 1 && next != '\n') line.push_back(next);
  return line;
}

std::string TextOf(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// Of {"listening":"127.0.0.1:41234","http":…}.
std::string AddressIn(const std::string& line) {
  const std::string before = "\"listening\":\"";
  const auto begin = line.find(before);
  if (begin == std::string::npos) return "";
  const auto value = begin + before.size();
  return line.substr(value, line.find('"', value) - value);
}

void ChooseLedger(const std::filesystem::path& data, std::vector<std::string>& words) {
  const char* const kafka = std::getenv("DIALTONE_KAFKA");
  if (kafka == nullptr) return;
  words.push_back("--ledger=kafka://" + std::string(kafka) + "/" + TopicOf(data));
  // A server that was killed is a member of its group for a while, and its successor waits for
  // that.
  words.insert(words.end(), {"--kafka=development", "--kafka-session-timeout=1", "--partitions=8"});
}

// In the child: from here on only what is safe between fork and exec.
[[noreturn]] void Become(std::vector<char*>& arguments, int output, int log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // no server outlives its test
  dup2(output, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

std::string TopicOf(const std::filesystem::path& data) {
  std::string topic = "ledger" + data.string();
  std::replace(topic.begin(), topic.end(), '/', '-');
  return topic;
}

ServerProcess::ServerProcess(const std::filesystem::path& data, std::vector<std::string> flags,
                             LedgerOf ledger, const std::string& listen) {
  std::vector<std::string> words = {DIALTONED_BINARY, "--listen",    listen,
                                    "--http",         "127.0.0.1:0", "--data",
                                    data.string(),    "--log-level", "warn"};
  if (ledger == LedgerOf::kTheRun) ChooseLedger(data, words);
  words.insert(words.end(), flags.begin(), flags.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const std::string log_path = data.string() + ".log";
  const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int ends[2];
  DIALTONE_CHECK(log >= 0 && pipe2(ends, O_CLOEXEC) == 0, log_path);
  child_ = fork();
  DIALTONE_CHECK(child_ >= 0, "fork");
  if (child_ == 0) Become(arguments, ends[1], log);
  close(ends[1]);
  close(log);
  address_ = AddressIn(ReadLine(ends[0]));
  close(ends[0]);
  DIALTONE_CHECK(!address_.empty(), "dialtoned does not start: " + TextOf(log_path));
}

ServerProcess::~ServerProcess() {
  if (child_ > 0) End(SIGKILL);
}

void ServerProcess::Kill() { End(SIGKILL); }

void ServerProcess::Signal(int signal) const {
  DIALTONE_CHECK(kill(child_, signal) == 0, "a signal to a server");
}

int ServerProcess::Stop() { return End(SIGTERM); }

int ServerProcess::End(int signal) {
  kill(child_, signal);
  int status = 0;
  DIALTONE_CHECK(waitpid(child_, &status, 0) == child_, "waitpid");
  child_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace dialtone::testing
