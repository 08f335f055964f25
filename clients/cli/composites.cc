#include "clients/cli/composites.h"

#include <algorithm>

#include "clients/cli/set_up_users.h"

namespace dialtone::clients::cli {

namespace {

constexpr char kSetUpUsersMore[] =
    "  FILE is a CSV whose first line names its columns, in any order:\n"
    "    user_id, usage_location                 due\n"
    "    display_name, email\n"
    "    skus        licences, with | or ; between them\n"
    "    number      one that the organization holds: +12065550100\n"
    "    location    where help is sent when it calls: addresses/A/locations/L\n\n"
    "  --report FILE   what became of each row; PEOPLE.report.csv unless said\n"
    "  --dry-run       what can be told without setting anybody up\n"
    "  --timeout SPAN  for how long the server may be away, each time\n\n"
    "  Killed or interrupted, it goes on where it was when the same line is run again: "
    "FILE.journal "
    "beside\n"
    "  the report keeps what was being asked. A row that is refused stops no other.\n";

}  // namespace

const std::vector<Composite>& AllComposites() {
  static const auto& all = *new std::vector<Composite>{
      {"user",
       "set-up",
       kSetUpUsersUsage,
       "Create, license and number the people of a CSV; goes on where it was",
       kSetUpUsersMore,
       {"--file", "--report", "--dry-run"},
       SetUpUsers},
  };
  return all;
}

const Composite* FindComposite(std::string_view noun, std::string_view verb) {
  const auto& all = AllComposites();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Composite& one) {
    return (noun == one.noun || noun == one.noun + "s") && verb == one.verb;
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace dialtone::clients::cli
