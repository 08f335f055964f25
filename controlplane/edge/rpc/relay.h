// Finishes calls in one of gRPC's own threads, many in a row, where they are cleaned up too.
// Finished in the loop's thread, each reply of a turn would wake such a thread for its cleaning,
// and let it sleep again (controlplane/adr/0006 has the figures).
#pragma once

#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/status.h>

#include <memory>

namespace dialtone::edge {

class Relay {
 public:
  Relay();
  // Finishes what waits. REQUIRES: nobody brings anything more.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Finishes the call: at once if it comes alone, and else soon, in the order in which calls come.
  // Any thread; does not block.
  void Finish(grpc::ServerUnaryReactor* call, grpc::Status status);

 private:
  class Line;
  const std::unique_ptr<Line> line_;
};

}  // namespace dialtone::edge
