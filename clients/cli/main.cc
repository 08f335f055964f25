// dialtone: the command line tool.
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "clients/cli/tool.h"
#include "clients/demo/demo.h"

namespace {

// An interrupted command has the exit code that shells expect; what it asked for may yet be done.
void Interrupted(int) { _exit(static_cast<int>(dialtone::clients::cli::ExitCode::kInterrupted)); }

bool Confirm(const std::string& question) {
  std::cerr << question << " [y/N] ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

void ShowProgress(const std::string& line) { std::cerr << "\r\033[K" << line << std::flush; }

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words[0] == "demo") return dialtone::clients::demo::Main(words);
  std::signal(SIGINT, Interrupted);
  dialtone::clients::cli::Console console{std::cout, std::cerr};
  if (isatty(STDIN_FILENO) == 1) console.confirm = Confirm;
  if (isatty(STDERR_FILENO) == 1) console.progress = ShowProgress;
  return dialtone::clients::cli::Tool(words, console);
}
