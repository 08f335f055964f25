// dialtone-carrier: see README.md.
#include <string>
#include <vector>

#include "clients/simulators/carrier.h"

int main(int argc, char** argv) {
  dialtone::clients::simulators::Carrier carrier;
  return Play(carrier, std::vector<std::string>(argv + 1, argv + argc));
}
