// dialtone-authority: see README.md.
#include <string>
#include <vector>

#include "clients/simulators/authority.h"

int main(int argc, char** argv) {
  dialtone::clients::simulators::Authority authority;
  return Play(authority, std::vector<std::string>(argv + 1, argv + argc));
}
