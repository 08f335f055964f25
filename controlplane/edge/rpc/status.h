// What went otherwise, as a gRPC status: a google.rpc.Status with exactly one ErrorInfo (domain
// `dialtone`), the remedy, and the details that fit the code.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/edge/rpc/form.h"
#include "controlplane/edge/rpc/refusals.h"
#include "controlplane/kernel/decision.h"
#include "controlplane/kernel/query_error.h"
#include "dialtone/ledger/v1/outcome.pb.h"
#include "dialtone/type/v1/edge_refusal.pb.h"
#include "google/rpc/status.pb.h"

namespace dialtone::edge {

using Facts = std::vector<std::pair<std::string, std::string>>;

// A decision's or the runtime's refusal. A reason that the catalogue does not know is INTERNAL.
// `resource` is what was asked about.
grpc::Status ToStatus(const ledger::v1::Refusal& refusal, std::string_view resource);
// Of what was refused without the ledger.
grpc::Status ToStatus(const Rejection& rejection);
// INVALID_ARGUMENT with all violations.
grpc::Status ToStatus(const std::vector<Violation>& violations);
grpc::Status ToStatus(const QueryError& error);
// The reason that a status gives; empty: it gives none.
std::string ReasonIn(const google::rpc::Status& status);
std::string ReasonOf(const grpc::Status& status);
// A refusal of the edge itself.
grpc::Status EdgeStatus(type::v1::EdgeRefusal reason, const Facts& facts);
// KEYS_UNAVAILABLE: what is sealed for this subject may be read elsewhere, or later.
grpc::Status KeyAwayStatus(const std::string& subject);

}  // namespace dialtone::edge
