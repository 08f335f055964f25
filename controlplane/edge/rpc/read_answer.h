// What an answer of the loop says to its caller: the reply, unsealed, or the refusal as a status.
#pragma once

#include <absl/functional/any_invocable.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/status.h>

#include <string>
#include <tl/expected.hpp>

#include "controlplane/edge/rpc/parts.h"
#include "controlplane/edge/rpc/wait_pool.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone::edge {

// All of it stays for as long as the answer is being read.
struct AnswerReading {
  const DoorParts& parts;
  vault::Keys& keys;  // at hand
  const Method& method;
  const std::string& resource;
  google::protobuf::Message& reply;
};

// Waits for nobody. The error: a key that is not at hand, and may be another node's.
tl::expected<grpc::Status, vault::MissingKey> ReadAtHand(const ledger::v1::Answer& answer,
                                                         const AnswerReading& reading);
// Waits for such keys in a thread of the pool's, and calls `done` once, there or here.
// KEYS_UNAVAILABLE: in vain.
void ReadLater(const ledger::v1::Answer& answer, const AnswerReading& reading, WaitPool& pool,
               absl::AnyInvocable<void(grpc::Status)> done);

}  // namespace dialtone::edge
