#include "tests/unit/edge/purse.h"

#include <rocksdb/db.h>
#include <stdlib.h>

#include <atomic>
#include <future>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/rules.h"

namespace dialtone::purse {

namespace {

constexpr std::int64_t kCoinsMax = 1'000;

std::uint64_t NextRandom() {
  static std::atomic<std::uint64_t> next{1};
  return next++ * 0x9E3779B97F4A7C15U;
}

Event CoinsAdded(std::int64_t coins) {
  Event event;
  event.mutable_exercise()->mutable_transfer_received()->set_amount(coins);
  return event;
}

class PurseMachine final : public engine::Machine {
 protected:
  std::unique_ptr<Aggregate> NewAggregate(const std::string&) const override {
    return std::make_unique<Purse>();
  }
  void EvolveEvent(Aggregate& aggregate, const Event& event, Moment) override {
    auto& coins = static_cast<Purse&>(aggregate).coins.Put();
    coins.set_index(coins.index() +
                    static_cast<std::uint64_t>(event.exercise().transfer_received().amount()));
  }
  engine::DecideFunction DueFunction(const AggregateKey&, const Aggregate&) const override {
    return {};
  }
};

class NoReactions final : public engine::Reactor {
 public:
  void React(const ledger::v1::Outcome&, Moment,
             absl::FunctionRef<void(engine::Command)>) const override {}
};

KeyOf<Purse> PurseOf(const std::string& name) { return {AggregateKey(name)}; }

Verdict<v1::Purse> Decide(const v1::AddCoinsRequest& request, const Purse& purse,
                          Context& context) {
  const auto held = static_cast<std::int64_t>(purse.coins.get().index());
  Rules rules = context.rules();
  rules.Require(request.coins() != 13, v1::COINS_UNLUCKY, Named{"coins", request.coins()})
      .Require(held + request.coins() <= kCoinsMax, v1::PURSE_FULL, Named{"held", held},
               Named{"max", kCoinsMax});
  if (!rules) return rules.refusal();

  v1::Purse reply;
  reply.set_name(request.parent());
  reply.set_coins(held + request.coins());
  reply.set_hint(request.hint());
  if (request.has_owner()) *reply.mutable_owner() = request.owner();
  return Replied(std::move(reply), CoinsAdded(request.coins()));
}

Verdict<v1::StreamCoinsResponse> Decide(const v1::StreamCoinsRequest& request, const Purse& purse,
                                        Context& context) {
  Rules rules = context.rules();
  rules.Require(request.coins() != 13, v1::COINS_UNLUCKY, Named{"coins", request.coins()});
  if (!rules) return rules.refusal();

  v1::StreamCoinsResponse reply;
  reply.set_name(request.parent());
  reply.set_coins(static_cast<std::int64_t>(purse.coins.get().index()) + request.coins());
  return Replied(std::move(reply), CoinsAdded(request.coins()));
}

Verdict<v1::Purse> Decide(const v1::OrderCoinsRequest&, const Purse&, Context&) {
  return Pending(CoinsAdded(1));
}

constexpr auto kDecide = [](const auto& request, const auto& purse, Context& context) {
  return Decide(request, purse, context);
};

// Counts up to what the service has.
struct Counting {
  std::atomic<std::int64_t>& last;
  std::int64_t at;
  std::size_t ballast;
  v1::Person owner;
  tl::expected<bool, QueryError> Next(v1::PurseChange& item) {
    if (at >= last.load()) return false;
    item.set_number(++at);
    *item.mutable_owner() = owner;
    item.set_ballast(std::string(ballast, 'b'));
    return true;
  }
  void Heartbeat(v1::PurseChange& item) const { item.set_heartbeat(true); }
  std::string Resume() const { return std::to_string(at); }
};

// The first gives the others its master key.
std::unique_ptr<vault::KeyVault> OpenKeys(const std::filesystem::path& shared,
                                          const std::filesystem::path& own) {
  const auto shared_key = shared / "master.key";
  const bool is_first = !std::filesystem::exists(shared_key);
  if (!is_first) std::filesystem::copy(shared_key, own);
  auto keys = std::move(*vault::KeyVault::Open(own));
  if (is_first) std::filesystem::copy(own / "master.key", shared);
  return keys;
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "dialtone-XXXXXX").string();
  DIALTONE_CHECK(mkdtemp(name.data()) != nullptr, "no folder " + name);
  path_ = name;
}
Folder::~Folder() { std::filesystem::remove_all(path_); }

grpc::ServerUnaryReactor* PurseService::AddCoins(edge::Rpc* rpc, const v1::AddCoinsRequest* request,
                                                 v1::Purse* reply) {
  return door_.Command(
      rpc, *request, reply, PurseOf(request->parent()),
      [this](const auto& asked, const auto& purse, Context& context) {
        before_decision();
        last_owner_ = asked.owner();
        return Decide(asked, purse, context);
      },
      edge::FromView(questions_, [this](v1::AddCoinsRequest& asked) {
        filled_at_ = questions_.shown();
        asked.set_hint("by the server");
      }));
}
grpc::ServerUnaryReactor* PurseService::OrderCoins(edge::Rpc* rpc,
                                                   const v1::OrderCoinsRequest* request,
                                                   v1::Purse* reply) {
  return door_.Command(rpc, *request, reply, PurseOf(request->parent()), kDecide);
}
grpc::ServerBidiReactor<v1::StreamCoinsRequest, v1::StreamCoinsResponse>* PurseService::StreamCoins(
    edge::Rpc* rpc) {
  return door_.CommandStream<v1::StreamCoinsRequest, v1::StreamCoinsResponse>(
      rpc, [](const auto& message) { return PurseOf(message.parent()); }, kDecide);
}
grpc::ServerUnaryReactor* PurseService::GetPurse(edge::Rpc* rpc, const v1::GetPurseRequest* request,
                                                 v1::Purse* reply) {
  return door_.Query(rpc, *request, reply, questions_, &Questions::GetPurse);
}
grpc::ServerWriteReactor<v1::PurseChange>* PurseService::WatchPurse(
    edge::Rpc* rpc, const v1::WatchPurseRequest* request) {
  const auto open =
      [this](const v1::WatchPurseRequest& asked) -> tl::expected<Counting, QueryError> {
    if (asked.after() < 0)
      return tl::unexpected(QueryError::BadField("after", "must not be negative"));
    return Counting{changes, asked.after(), ballast, last_owner_};
  };
  return door_.Watch<v1::PurseChange>(rpc, *request, open, watch_limits);
}

void PurseService::Questions::WhenReached(
    const ConsistencyToken& token, edge::Deadline,
    absl::AnyInvocable<void(tl::expected<Shown, Unreached>)> done) const {
  for (const auto& [partition, index] : token.indexes()) {
    if (index > 7) return done(tl::unexpected(Unreached()));
  }
  if (token.empty()) return done(Shown{std::string(16, 'c')});
  std::thread([shown = shown_, done = std::move(done)]() mutable {
    *shown = 7;
    done(Shown{std::string(16, 'c')});
  }).detach();
}

tl::expected<void, QueryError> PurseService::Questions::GetPurse(const Shown&,
                                                                 const v1::GetPurseRequest& request,
                                                                 v1::Purse& reply) const {
  if (request.name() == "purses/lost") return tl::unexpected(QueryError::NotFound(request.name()));
  reply.set_name(request.name());
  return {};
}

PurseCluster::PurseCluster() : id(engine::ClusterId::New(NextRandom)), ledger(id, 2) {}

void PurseCluster::Claim(const std::string& address, std::uint64_t term) {
  const auto opened = ledger.Open(99);
  for (std::uint32_t i = 0; i < 2; ++i) {
    ledger::v1::Claim claim;
    claim.set_term(term);
    claim.set_writer(std::string(engine::NewWriter(NextRandom).bytes()));
    claim.set_address(address);
    opened->partition(i).Append(engine::ClaimRecord(std::move(claim)), 1);
  }
  ledger.Settle();
}

PurseServer::PurseServer()
    : PurseServer(std::make_shared<PurseCluster>(), 1, Part::kOwner,
                  std::chrono::milliseconds(100)) {}

PurseServer::PurseServer(std::shared_ptr<PurseCluster> cluster, engine::NodeId node, Part part,
                         std::chrono::milliseconds deadline_max)
    : cluster_(std::move(cluster)),
      opened_(cluster_->ledger.Open(node)),
      reactor_(std::make_unique<NoReactions>()) {
  StartNode(node, part);
  methods_ = std::make_unique<edge::MethodBook>(metrics_);
  keys_ = OpenKeys(cluster_->folder.path(), folder_.path());
  parts_.emplace(edge::DoorParts{*loop_, clock_, *methods_, *keys_, metrics_, cluster_id(),
                                 std::chrono::seconds(10), deadline_max});
  door_ = std::make_unique<edge::Door>(*parts_);
  service_ = std::make_unique<PurseService>(*door_);
  Listen();
}

void PurseServer::StartNode(engine::NodeId node, Part part) {
  engine::NodeOptions options;
  options.partition_count = 2;
  options.address = address();
  options.cluster = cluster_->id;
  options.claim_wait = Duration();
  options.random = NextRandom;
  node_ = std::make_unique<engine::Node>(
      options, *opened_, rows_, *reactor_, *policy::BuiltIn(),
      [](std::uint32_t) { return std::make_unique<PurseMachine>(); });
  DIALTONE_CHECK(node_->Load().has_value(), "the node does not load");
  for (std::uint32_t i = 0; i < 2 && part == Part::kOwner; ++i)
    node_->partition(i).Assign(clock_.Now());
  const auto is_ready = [&](std::uint32_t i) {
    return part == Part::kFollower || node_->partition(i).role() == engine::Role::kOwner;
  };
  while (node_->Turn(clock_.Now()) || !is_ready(0) || !is_ready(1)) {
  }
  loop_ = std::make_unique<engine::Loop>(*node_, clock_);
  loop_->Start();
}

void PurseServer::Listen() {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  stub_ = v1::PurseService::NewStub(
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
}

// A turn lies between two tasks.
void PurseServer::CatchUp() {
  for (int i = 0; i < 2; ++i) {
    std::promise<void> done;
    loop_->Run([&](engine::Node&) { done.set_value(); });
    done.get_future().wait();
  }
}

PurseServer::~PurseServer() {
  door_->Drain(std::chrono::steady_clock::now());
  server_->Shutdown(std::chrono::system_clock::now());
  loop_->Stop();
}

std::uint64_t PurseServer::entries() {
  std::promise<std::uint64_t> counted;
  loop_->Run([&](engine::Node& node) {
    counted.set_value(node.partition(0).filter().index() + node.partition(1).filter().index());
  });
  return counted.get_future().get();
}

bool PurseServer::HasKey(const std::string& subject) const {
  rocksdb::DB* opened = nullptr;
  const auto keys = (folder_.path() / "keys").string();
  const auto status = rocksdb::DB::OpenForReadOnly({}, keys, &opened);
  DIALTONE_CHECK(status.ok(), status.ToString());
  const std::unique_ptr<rocksdb::DB> db(opened);
  std::string key;
  return db->Get({}, subject, &key).ok();
}

std::string PurseServer::LedgerBytes() {
  std::string bytes;
  for (std::uint32_t i = 0; i < 2; ++i) {
    for (const auto& record : opened_->partition(i).Read(0, 1U << 30U, Duration()).records)
      bytes += record.bytes;
  }
  return bytes;
}

}  // namespace dialtone::purse
