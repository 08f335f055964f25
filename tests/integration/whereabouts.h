// Where clients find a server that may die, move and come back; they ask again under the same
// request id until they are answered.
#pragma once

#include <absl/functional/function_ref.h>

#include <condition_variable>
#include <memory>
#include <mutex>

#include "tests/support/caller.h"

namespace dialtone::testing {

// Where the server is now; nowhere while it is dead.
class Whereabouts {
 public:
  void MoveTo(std::shared_ptr<Caller> caller);
  void Lost() { MoveTo(nullptr); }
  // Blocks while it is nowhere.
  std::shared_ptr<Caller> Wait();
  // What a client waits before it asks again; less, if the server moves meanwhile.
  void PauseUntilMoved();

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::shared_ptr<Caller> caller_;
};

// The answer that was decided, accepted or refused. `hear` is told of each failure of the moment
// before it.
WireAnswer AskUntilAnswered(Whereabouts& server, const google::protobuf::Message& request,
                            absl::FunctionRef<void(const grpc::Status&)> hear);

}  // namespace dialtone::testing
