// One item of a batch that was refused: a google.rpc.Status with an ErrorInfo, of the same reason,
// code, facts and remedy as when a request is refused as a whole. One that went well is the empty
// Status.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include "controlplane/kernel/decision.h"
#include "google/rpc/status.pb.h"

namespace dialtone {

namespace internal {

// REQUIRES: `refusals` has the rejection's reason.
google::rpc::Status ItemStatus(const Rejection& rejection,
                               const google::protobuf::EnumDescriptor& refusals);

}  // namespace internal

// Refusals is the enum that the reason stands in.
template <class Refusals>
google::rpc::Status ItemStatus(const Rejection& rejection) {
  return internal::ItemStatus(rejection, *google::protobuf::GetEnumDescriptor<Refusals>());
}

}  // namespace dialtone
