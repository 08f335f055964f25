#include "controlplane/server/start_error.h"

namespace dialtone::server {

ExitCode ExitCodeOf(engine::LedgerFault fault) {
  using engine::LedgerFault;
  switch (fault) {
    case LedgerFault::kUnreachable:
    case LedgerFault::kSystem:
      return ExitCode::kOther;
    case LedgerFault::kInUse:
    case LedgerFault::kMisconfigured:
      return ExitCode::kInUse;
    case LedgerFault::kForeign:
    case LedgerFault::kDamaged:
      return ExitCode::kIntegrity;
  }
  return ExitCode::kOther;
}

}  // namespace dialtone::server
