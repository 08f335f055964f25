#include "controlplane/server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <set>
#include <utility>

#include "controlplane/edge/rpc/refusals.h"
#include "controlplane/edge/telemetry/log.h"
#include "controlplane/server/address.h"
#include "dialtone/billing/v1/billing_event.pb.h"

namespace dialtone::server {

namespace {

constexpr int kMessageBytesMax = 4 << 20;
constexpr int kMetadataBytesMax = 16 << 10;
constexpr int kStreamsMax = 4'096;  // concurrent, of one connection
constexpr int kKeepaliveMillis = 60'000;
constexpr int kKeepaliveTimeoutMillis = 20'000;
constexpr int kPingMillisMin = 10'000;
constexpr std::chrono::seconds kDrainMax{10};

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  builder.SetMaxSendMessageSize(kMessageBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsMax);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingMillisMin);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a taken port is an error
}

// What says that credits are missing; other refusals of billing are of its form.
std::set<std::string> CreditReasons() {
  std::set<std::string> reasons;
  for (const auto reason :
       {billing::v1::ORGANIZATION_WITHOUT_CREDITS, billing::v1::CREDIT_BALANCE_NOT_FOUND,
        billing::v1::USER_WITHOUT_CREDITS_LICENSE, billing::v1::CREDITS_INSUFFICIENT})
    reasons.insert(billing::v1::BillingRefusal_Name(reason));
  return reasons;
}

// Where other nodes are told to ask this one, if there can be any. By its address a node knows its
// own claims: one that several nodes have is none.
Started<void> CheckAddress(const Config& config) {
  if (!ParseKafka(config.ledger)) return {};
  const std::string& address = config.advertise.empty() ? config.listen : config.advertise;
  switch (ReachOf(address)) {
    case Reach::kElsewhere:
      return {};
    case Reach::kThisMachine:
      telemetry::LogWarning(
          "other machines do not reach this node where it says: name an address of its own with "
          "--advertise, if nodes run on several",
          {{"address", address}});
      return {};
    case Reach::kNowhere:
      break;
  }
  return CannotStart(ExitCode::kUsage,
                     "other nodes cannot reach this one at \"" + address +
                         "\": name an address of its own, HOST:PORT, with --advertise");
}

std::string WithPort(const std::string& address, int port) {
  return address.substr(0, address.rfind(':') + 1) + std::to_string(port);
}

}  // namespace

Started<std::unique_ptr<Server>> Server::Start(const Config& config) {
  edge::RefusalCatalogue::OfThisBinary();  // a reason that stands twice ends the start
  if (auto told = CheckAddress(config); !told) return tl::unexpected(told.error());
  auto metrics = std::make_unique<telemetry::Metrics>();
  metrics->SetCreditReasons(CreditReasons());
  auto host = Host::Start(config, *metrics);
  if (!host) return tl::unexpected(host.error());
  std::unique_ptr<Server> server(new Server(std::move(metrics), std::move(*host)));
  if (auto listening = server->Listen(config); !listening) return tl::unexpected(listening.error());
  const std::string& address = config.advertise.empty() ? server->listening_ : config.advertise;
  if (auto owning = server->host_->BeginToOwn(address); !owning)
    return tl::unexpected(owning.error());
  if (auto ready = server->host_->WaitUntilReady(); !ready) return tl::unexpected(ready.error());
  server->SetHealth(Health::kServing);
  return server;
}

Server::Server(std::unique_ptr<telemetry::Metrics> metrics, std::unique_ptr<Host> host)
    : metrics_(std::move(metrics)),
      methods_(*metrics_),
      host_(std::move(host)),
      door_(
          {host_->loop(), host_->clock(), methods_, host_->keys(), *metrics_, host_->cluster_id()}),
      catalog_(door_, host_->policy(), host_->clock()),
      admin_(door_, *host_),
      services_(
          MakeServices(door_, host_->views(), host_->policy(), host_->clock(), host_->keys())) {
  host_->OnDrain([this] { RequestDrain(); });
}

Server::~Server() { Drain(); }

Started<void> Server::Listen(const Config& config) {
  grpc::EnableDefaultHealthCheckService(true);
  if (config.reflection == Reflection::kOn)
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetLimits(builder);
  int port = 0;
  builder.AddListeningPort(config.listen, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&catalog_);
  builder.RegisterService(&admin_);
  for (const Served& served : services_) builder.RegisterService(served.service.get());
  grpc_ = builder.BuildAndStart();
  if (grpc_ == nullptr || port == 0) {
    return CannotStart(ExitCode::kInUse, "cannot listen on " + config.listen +
                                             " for gRPC: another process has the port, or the "
                                             "host is not of this machine; choose with --listen");
  }
  SetHealth(Health::kNotServing);
  listening_ = WithPort(config.listen, port);
  auto http = telemetry::HttpServer::Start(
      config.http, *metrics_, [this] { host_->Refresh(); }, [this] { return host_->NotReady(); });
  if (!http) return CannotStart(ExitCode::kInUse, http.error() + "; choose with --http");
  http_ = std::move(*http);
  return {};
}

void Server::SetHealth(Health health) {
  auto* const service = grpc_->GetHealthCheckService();
  const bool serving = health == Health::kServing;
  service->SetServingStatus(serving);
  for (const char* const name : {policy::v1::CatalogService::service_full_name(),
                                 admin::v1::AdminService::service_full_name()})
    service->SetServingStatus(name, serving);
  for (const Served& served : services_) service->SetServingStatus(served.name, serving);
}

void Server::RequestDrain() {
  const std::lock_guard lock(mutex_);
  drain_requested_ = true;
  drain_signal_.notify_all();
}

void Server::WaitForDrainRequest() {
  std::unique_lock lock(mutex_);
  drain_signal_.wait(lock, [this] { return drain_requested_; });
}

void Server::Drain() {
  if (grpc_ == nullptr) return;
  telemetry::LogInfo("draining");
  SetHealth(Health::kNotServing);
  host_->HandOver();
  door_.Drain(std::chrono::steady_clock::now() + kDrainMax);
  grpc_->Shutdown(std::chrono::system_clock::now() + kDrainMax);
  grpc_->Wait();
  http_.reset();
  host_->Stop();
  grpc_.reset();
  telemetry::LogInfo("drained");
}

}  // namespace dialtone::server
