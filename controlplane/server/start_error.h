// Why a server does not start: what a person reads, and with which code the process ends.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "controlplane/engine/ledger/ledger_error.h"

namespace dialtone::server {

// The exit codes of dialtoned, as of the CLI.
enum class ExitCode : int { kOk = 0, kOther = 1, kUsage = 2, kInUse = 4, kIntegrity = 7 };

struct StartError {
  ExitCode exit_code = ExitCode::kOther;
  std::string what;  // what is wrong, and what to do
};

template <class T>
using Started = tl::expected<T, StartError>;

inline tl::unexpected<StartError> CannotStart(ExitCode code, std::string what) {
  return tl::unexpected(StartError{code, std::move(what)});
}

ExitCode ExitCodeOf(engine::LedgerFault fault);

}  // namespace dialtone::server
