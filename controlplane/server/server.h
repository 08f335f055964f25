// One dialtoned: the host, the door in front of it, gRPC and HTTP; drained as a whole.
#pragma once

#include <grpcpp/server.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "controlplane/edge/rpc/door.h"
#include "controlplane/edge/telemetry/http.h"
#include "controlplane/edge/telemetry/metrics.h"
#include "controlplane/server/admin_service.h"
#include "controlplane/server/catalog_service.h"
#include "controlplane/server/config.h"
#include "controlplane/server/host.h"
#include "controlplane/server/wiring.h"

namespace dialtone::server {

class Server {
 public:
  // Takes calls when it returns: every partition is owned, here or by another node; health says
  // SERVING.
  static Started<std::unique_ptr<Server>> Start(const Config& config);
  ~Server();  // drains
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // HOST:PORT as they are.
  const std::string& listening() const { return listening_; }
  const std::string& http() const { return http_->address(); }

  // Any thread; a signal handler's thread too.
  void RequestDrain();
  void WaitForDrainRequest();
  // Hands over to other nodes, stops taking in, answers what was taken in, leaves the partitions,
  // writes the rows.
  void Drain();

 private:
  explicit Server(std::unique_ptr<telemetry::Metrics> metrics, std::unique_ptr<Host> host);
  Started<void> Listen(const Config& config);
  enum class Health : std::uint8_t { kServing, kNotServing };
  void SetHealth(Health health);

  const std::unique_ptr<telemetry::Metrics> metrics_;
  const edge::MethodBook methods_;
  const std::unique_ptr<Host> host_;
  edge::Door door_;
  CatalogService catalog_;
  AdminService admin_;
  std::vector<Served> services_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<telemetry::HttpServer> http_;
  std::string listening_;
  std::mutex mutex_;
  std::condition_variable drain_signal_;
  bool drain_requested_ = false;
};

}  // namespace dialtone::server
