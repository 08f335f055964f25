// A purse that coins go into: the smallest machine, service and server that a door needs, over a
// real loop, a ledger in memory, and gRPC on the loopback.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "controlplane/edge/rpc/door.h"
#include "controlplane/engine/ledger/memory_ledger.h"
#include "controlplane/engine/runtime/node.h"
#include "controlplane/engine/runtime/row_store.h"
#include "controlplane/policy/loader.h"
#include "dialtone/ledger/v1/fold.pb.h"
#include "dialtone/purse/v1/purse_service.grpc.pb.h"

namespace dialtone::purse {

class Purse final : public Aggregate {
 public:
  void ForEachTable(VisitTable visit) override { visit({1, 1}, coins); }
  void Derive() override {}
  std::optional<Timestamp> NextDeadline() const override { return std::nullopt; }

  Single<ledger::v1::InboxRow> coins;  // its index counts them
};

// A folder that is gone when the test is over.
class Folder {
 public:
  Folder();
  ~Folder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class PurseService final : public v1::PurseService::CallbackService {
 public:
  explicit PurseService(edge::Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* AddCoins(edge::Rpc* rpc, const v1::AddCoinsRequest* request,
                                     v1::Purse* reply) override;
  grpc::ServerUnaryReactor* OrderCoins(edge::Rpc* rpc, const v1::OrderCoinsRequest* request,
                                       v1::Purse* reply) override;
  grpc::ServerBidiReactor<v1::StreamCoinsRequest, v1::StreamCoinsResponse>* StreamCoins(
      edge::Rpc* rpc) override;
  grpc::ServerUnaryReactor* GetPurse(edge::Rpc* rpc, const v1::GetPurseRequest* request,
                                     v1::Purse* reply) override;
  grpc::ServerWriteReactor<v1::PurseChange>* WatchPurse(
      edge::Rpc* rpc, const v1::WatchPurseRequest* request) override;

  // As it was decided: sealed.
  const v1::Person& last_owner() const { return last_owner_; }
  // What the read model showed when a command was filled in from it; 0: none was.
  std::uint64_t filled_at() const { return filled_at_; }

  edge::WatchLimits watch_limits;
  std::atomic<std::int64_t> changes{3};  // that a watch has to tell
  std::size_t ballast = 0;               // bytes of each
  std::function<void()> before_decision = [] {};

 private:
  // A read model that is as far as the test says.
  class Questions {
   public:
    struct Shown {
      std::string cluster;
      ConsistencyToken token() const { return ConsistencyToken(cluster, {{0, 7}}); }
    };
    struct Unreached {
      enum class Reason { kBehind, kOtherCluster, kBeyondEnd };
      Reason reason = Reason::kBehind;
      std::string detail = "The view is at 7.";
      std::vector<std::uint64_t> reached = {7};
    };
    // It shows 5 until it is waited for, and 7 at last.
    void WhenReached(const ConsistencyToken& token, edge::Deadline deadline,
                     absl::AnyInvocable<void(tl::expected<Shown, Unreached>)> done) const;
    std::uint64_t shown() const { return *shown_; }
    tl::expected<void, QueryError> GetPurse(const Shown& shown, const v1::GetPurseRequest& request,
                                            v1::Purse& reply) const;

   private:
    std::shared_ptr<std::atomic<std::uint64_t>> shown_ =
        std::make_shared<std::atomic<std::uint64_t>>(5);
  };

  edge::Door& door_;
  Questions questions_;
  v1::Person last_owner_;
  std::atomic<std::uint64_t> filled_at_{0};
};

// The ledger that the servers of one cluster share, and the master key of their vaults.
struct PurseCluster {
  PurseCluster();
  // Somebody claims every partition with this address, in this term.
  void Claim(const std::string& address, std::uint64_t term);

  engine::ClusterId id;
  engine::MemoryLedgerStore ledger;
  Folder folder;
};

// All of it, from the channel to the ledger.
class PurseServer {
 public:
  enum class Part : std::uint8_t { kOwner, kFollower };

  // Alone.
  PurseServer();
  // A node of a cluster: it owns all partitions, or none.
  PurseServer(std::shared_ptr<PurseCluster> cluster, engine::NodeId node, Part part,
              std::chrono::milliseconds deadline_max = std::chrono::seconds(60));
  ~PurseServer();

  v1::PurseService::Stub& stub() { return *stub_; }
  PurseService& service() { return *service_; }
  telemetry::Metrics& metrics() { return metrics_; }
  edge::Door& door() { return *door_; }
  vault::KeyVault& keys() { return *keys_; }
  const edge::DoorParts& parts() const { return *parts_; }
  std::string cluster_id() const { return std::string(cluster_->id.bytes()); }
  // Where other nodes ask it.
  std::string address() const { return "unix:" + (folder_.path() / "purse.sock").string(); }
  // Entries in the ledger, all partitions together.
  std::uint64_t entries();
  // Every byte that the ledger holds.
  std::string LedgerBytes();
  // Whether the vault keeps a key of this subject.
  bool HasKey(const std::string& subject) const;
  void DrainLoop() { loop_->Drain(); }
  // Returns when all that the ledger holds by now was read.
  void CatchUp();

 private:
  void StartNode(engine::NodeId node, Part part);
  void Listen();

  Folder folder_;
  const std::shared_ptr<PurseCluster> cluster_;
  std::unique_ptr<engine::LedgerStore> opened_;
  engine::MemoryRowStore rows_;
  engine::WallClock clock_;
  std::unique_ptr<engine::Reactor> reactor_;
  std::unique_ptr<engine::Node> node_;
  std::unique_ptr<engine::Loop> loop_;
  telemetry::Metrics metrics_;
  std::unique_ptr<edge::MethodBook> methods_;
  std::unique_ptr<vault::KeyVault> keys_;
  std::optional<edge::DoorParts> parts_;
  std::unique_ptr<edge::Door> door_;
  std::unique_ptr<PurseService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::PurseService::Stub> stub_;
};

}  // namespace dialtone::purse
