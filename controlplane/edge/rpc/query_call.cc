#include "controlplane/edge/rpc/query_call.h"

#include "controlplane/edge/rpc/counting.h"

namespace dialtone::edge {

void QueryCall::Answer(const ConsistencyToken& seen) const {
  if (method_.reply_seal != nullptr) {
    const vault::Unsealed unsealed = method_.reply_seal->Unseal(*reply_, parts_.keys);
    if (!unsealed) return Finish(KeyAwayStatus(unsealed.error().subject));
  }
  if (!seen.empty()) rpc_->AddTrailingMetadata(kConsistencyTokenKey, seen.ToText());
  Finish(grpc::Status::OK);
}

void QueryCall::Finish(const grpc::Status& status) const {
  CountEnd(parts_, method_, status, began_);
  reactor_->Finish(status);
}

}  // namespace dialtone::edge
