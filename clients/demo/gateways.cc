#include "clients/demo/gateways.h"

#include <absl/strings/str_join.h>

#include <utility>

namespace dialtone::clients::demo {

namespace {

struct Gateway {
  const char* program;
  std::vector<std::string> flags;
};

// Contoso's building is one of those that the authority writes otherwise.
const std::vector<Gateway>& All() {
  static const auto& all = *new std::vector<Gateway>{
      {"dialtone-carrier", {}}, {"dialtone-authority", {"--rule", "400=correct"}}};
  return all;
}

}  // namespace

tl::expected<Gateways, std::string> Gateways::Start(const std::vector<std::string>& nodes,
                                                    const std::filesystem::path& data) {
  Gateways gateways;
  for (const Gateway& gateway : All()) {
    std::vector<std::string> flags = gateway.flags;
    flags.insert(flags.end(), {"--server", absl::StrJoin(nodes, ",")});
    auto started = ChildProcess::Start(gateway.program, flags, data, "watching");
    if (!started) return tl::unexpected(std::move(started.error()));
    gateways.processes_.push_back(std::move(*started));
  }
  return gateways;
}

bool Gateways::Stop() {
  bool ended_well = true;
  for (const auto& process : processes_) ended_well &= process->Stop() == 0;
  processes_.clear();
  return ended_well;
}

}  // namespace dialtone::clients::demo
