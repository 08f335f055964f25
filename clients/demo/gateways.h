// Who is asked beyond the control plane: a carrier and an address authority, each a simulator of
// its own beside the servers.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "clients/demo/child_process.h"

namespace dialtone::clients::demo {

class Gateways {
 public:
  // Of these nodes of one ledger: one that dies is not missed. The error is a sentence.
  static tl::expected<Gateways, std::string> Start(const std::vector<std::string>& nodes,
                                                   const std::filesystem::path& data);
  // False: one of them did not end with 0.
  bool Stop();

 private:
  std::vector<std::unique_ptr<ChildProcess>> processes_;
};

}  // namespace dialtone::clients::demo
