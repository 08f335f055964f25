// What is asked by HTTP: /metrics for Prometheus, /healthz and /readyz for whoever starts and stops
// servers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/edge/telemetry/metrics.h"

namespace httplib {
class Server;
}

namespace dialtone::telemetry {

class HttpServer {
 public:
  // Sentences about why not; none: ready. Any thread.
  using NotReady = std::function<std::vector<std::string>()>;

  // `address` is HOST:PORT; port 0 is any free one. `refresh` brings gauges up to date before they
  // are read. The error says what stands in the way. All that is given outlives the server.
  static tl::expected<std::unique_ptr<HttpServer>, std::string> Start(const std::string& address,
                                                                      const Metrics& metrics,
                                                                      std::function<void()> refresh,
                                                                      NotReady not_ready);
  ~HttpServer();  // stops

  // HOST:PORT as it is.
  const std::string& address() const { return address_; }

 private:
  HttpServer(std::unique_ptr<httplib::Server> server, std::string address);

  std::unique_ptr<httplib::Server> server_;
  std::string address_;
  std::thread thread_;
};

}  // namespace dialtone::telemetry
