// What the tool can do, told from the linked protos.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "clients/cli/commands.h"
#include "clients/cli/composites.h"

namespace dialtone::clients::cli {

// All nouns with their verbs; of one noun, if it is named. False: there is no such noun.
bool ShowHelp(std::string_view noun, std::ostream& out);
// One command: its words, its flags with what may stand there, an example of how it is called.
void ShowHelp(const Command& command, std::ostream& out);
void ShowHelp(const Composite& composite, std::ostream& out);
// `number reserve TYPE [flags]`.
std::string UsageOf(const Command& command);

// A script for bash, zsh or fish that completes nouns, verbs, flags and the values of enums; empty:
// another shell.
std::string CompletionScript(std::string_view shell);
// What may stand behind the words so far, a line each: what the script asks for.
void ShowCandidates(const std::vector<std::string>& words, std::ostream& out);

}  // namespace dialtone::clients::cli
