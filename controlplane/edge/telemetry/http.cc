#include "controlplane/edge/telemetry/http.h"

#include <httplib.h>

#include <charconv>
#include <utility>

namespace dialtone::telemetry {

namespace {

constexpr std::size_t kThreads = 2;
constexpr std::size_t kBodyBytesMax = 64 << 10;

struct Endpoint {
  std::string host;
  int port = -1;
};

Endpoint Split(const std::string& address) {
  Endpoint endpoint;
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return endpoint;
  const char* const end = address.data() + address.size();
  int port = -1;
  const auto [parsed, error] = std::from_chars(address.data() + colon + 1, end, port);
  if (error == std::errc() && parsed == end && port <= 65'535) endpoint.port = port;
  endpoint.host = address.substr(0, colon);
  return endpoint;
}

void AnswerReady(const HttpServer::NotReady& not_ready, httplib::Response& response) {
  std::string text;
  for (const std::string& reason : not_ready()) text += reason + "\n";
  response.status = text.empty() ? 200 : 503;
  response.set_content(text.empty() ? "ready\n" : text, "text/plain");
}

}  // namespace

tl::expected<std::unique_ptr<HttpServer>, std::string> HttpServer::Start(
    const std::string& address, const Metrics& metrics, std::function<void()> refresh,
    NotReady not_ready) {
  const Endpoint endpoint = Split(address);
  if (endpoint.port < 0)
    return tl::unexpected<std::string>("--http " + address + " is not HOST:PORT");
  auto server = std::make_unique<httplib::Server>();
  server->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server->set_tcp_nodelay(true);
  server->set_socket_options([](int socket) {  // the library's own choice shares ports
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  });
  server->set_payload_max_length(kBodyBytesMax);
  server->Get("/metrics", [&metrics, refresh = std::move(refresh)](const httplib::Request&,
                                                                   httplib::Response& response) {
    refresh();
    response.set_content(metrics.Text(), "text/plain; version=0.0.4");
  });
  server->Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", "text/plain");
  });
  server->Get("/readyz", [not_ready = std::move(not_ready)](const httplib::Request&,
                                                            httplib::Response& response) {
    AnswerReady(not_ready, response);
  });
  const int port = endpoint.port == 0 ? server->bind_to_any_port(endpoint.host)
                   : server->bind_to_port(endpoint.host, endpoint.port) ? endpoint.port
                                                                        : -1;
  if (port < 0) {
    return tl::unexpected<std::string>(
        "cannot listen on " + address +
        " for HTTP: another process has the port, or the host is not of this machine");
  }
  return std::unique_ptr<HttpServer>(
      new HttpServer(std::move(server), endpoint.host + ":" + std::to_string(port)));
}

// A server that does not run yet cannot be stopped: it is one when it has begun.
HttpServer::HttpServer(std::unique_ptr<httplib::Server> server, std::string address)
    : server_(std::move(server)),
      address_(std::move(address)),
      thread_([this] { server_->listen_after_bind(); }) {
  while (!server_->is_running()) std::this_thread::yield();
}

HttpServer::~HttpServer() {
  server_->stop();
  thread_.join();
}

}  // namespace dialtone::telemetry
