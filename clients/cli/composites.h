// Commands that are more than one method: by noun and verb like all others, and listed with them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/run.h"

namespace dialtone::clients::cli {

struct Composite {
  std::string noun;
  std::string verb;
  std::string usage;               // behind noun and verb
  std::string help;                // one line
  std::string more;                // lines; each ends
  std::vector<std::string> flags;  // for completions
  Ran (*run)(const Arguments& arguments, Client& client, const Console& console) = nullptr;
};

const std::vector<Composite>& AllComposites();
// Null: there is none.
const Composite* FindComposite(std::string_view noun, std::string_view verb);

}  // namespace dialtone::clients::cli
