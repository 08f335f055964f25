// A whole server in this process, in a folder of its own.
#include "controlplane/server/server.h"

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/grpcpp.h>
#include <httplib.h>

#include "controlplane/edge/vault/key_vault.h"
#include "controlplane/kernel/token.h"
#include "dialtone/admin/v1/admin_service.grpc.pb.h"
#include "dialtone/organizations/v1/organizations_service.grpc.pb.h"
#include "dialtone/policy/v1/catalog_service.grpc.pb.h"
#include "tests/unit/edge/purse.h"

namespace dialtone::server {
namespace {

using testing::HasSubstr;

class ServerTest : public testing::Test {
 protected:
  Config ConfigOf(ClockKind clock = ClockKind::kWall) const {
    Config config;
    config.listen = "127.0.0.1:0";
    config.http = "127.0.0.1:0";
    config.data = folder_.path() / "data";
    config.partitions = 2;
    config.clock = clock;
    return config;
  }
  void Start(ClockKind clock = ClockKind::kWall) {
    auto started = Server::Start(ConfigOf(clock));
    ASSERT_TRUE(started.has_value()) << started.error().what;
    server_ = std::move(*started);
    channel_ = grpc::CreateChannel(server_->listening(), grpc::InsecureChannelCredentials());
    admin_ = admin::v1::AdminService::NewStub(channel_);
  }
  admin::v1::ServerStatus Status() {
    grpc::ClientContext context;
    admin::v1::ServerStatus status;
    const grpc::Status answered = admin_->GetStatus(&context, {}, &status);
    EXPECT_TRUE(answered.ok()) << answered.error_message();
    return status;
  }
  grpc::Status Advance(std::int64_t seconds) {
    grpc::ClientContext context;
    admin::v1::AdvanceClockRequest request;
    request.mutable_by()->set_seconds(seconds);
    admin::v1::AdvanceClockResponse response;
    return admin_->AdvanceClock(&context, request, &response);
  }

  purse::Folder folder_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<admin::v1::AdminService::Stub> admin_;
};

TEST_F(ServerTest, IsReadyWhenItHasStarted) {
  Start();
  const auto status = Status();
  EXPECT_TRUE(status.ready()) << status.DebugString();
  EXPECT_EQ(status.partition_count(), 2U);
  EXPECT_EQ(status.cluster_id().size(), 32U);
}

TEST_F(ServerTest, AnswersForTheCatalogue) {
  Start();
  const auto catalog = policy::v1::CatalogService::NewStub(channel_);
  grpc::ClientContext context;
  policy::v1::ListCountriesResponse response;
  ASSERT_TRUE(catalog->ListCountries(&context, {}, &response).ok());
  EXPECT_GT(response.countries_size(), 0);
}

TEST_F(ServerTest, OwnsEveryPartition) {
  Start();
  grpc::ClientContext context;
  admin::v1::ListPartitionsResponse response;
  ASSERT_TRUE(admin_->ListPartitions(&context, {}, &response).ok());
  ASSERT_EQ(response.partitions_size(), 2);
  for (const auto& partition : response.partitions()) {
    EXPECT_EQ(partition.role(), admin::v1::Partition::ROLE_OWNER);
    EXPECT_THAT(partition.owner(), testing::StartsWith("127.0.0.1:"));
    EXPECT_EQ(partition.lag(), 0U);
  }
}

TEST_F(ServerTest, KeepsItsClusterAndItsFolderOverARestart) {
  Start();
  const std::string cluster = Status().cluster_id();
  server_.reset();
  Start();
  EXPECT_EQ(Status().cluster_id(), cluster);
}

TEST_F(ServerTest, KeepsASecondServerOutOfItsFolder) {
  Start();
  const auto second = Server::Start(ConfigOf());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().exit_code, ExitCode::kInUse);
  EXPECT_THAT(second.error().what, HasSubstr("belongs to a dialtoned that runs"));
}

TEST_F(ServerTest, NamesThePortThatIsTaken) {
  Start();
  Config config = ConfigOf();
  config.data = folder_.path() / "other";
  config.listen = server_->listening();
  const auto second = Server::Start(config);
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error().what, HasSubstr(config.listen));
}

TEST_F(ServerTest, DoesNotTellOthersOnKafkaToAskItWhereNobodyReachesIt) {
  Config config = ConfigOf();
  config.ledger = "kafka://127.0.0.1:1";
  config.listen = "0.0.0.0:0";
  const auto refused = Server::Start(config);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().exit_code, ExitCode::kUsage);
  EXPECT_THAT(refused.error().what, HasSubstr("with --advertise"));
}

TEST_F(ServerTest, MovesASimulatedClockOnly) {
  Start();
  EXPECT_THAT(Advance(3'600).error_message(), HasSubstr("CLOCK_IS_NOT_SIMULATED"));
  server_.reset();
  Start(ClockKind::kSimulated);
  const std::int64_t before = Status().time().seconds();
  EXPECT_TRUE(Advance(3'600).ok());
  EXPECT_GE(Status().time().seconds(), before + 3'600);
  EXPECT_EQ(Advance(-1).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ServerTest, NamesTheClockThatIsBehindTheLedgerAndDoesNotStartByIt) {
  Start(ClockKind::kSimulated);
  ASSERT_TRUE(Advance(365 * 86'400).ok());
  grpc::ClientContext context;
  organizations::v1::CreateOrganizationRequest request;
  request.set_organization_id("contoso");
  request.mutable_organization()->set_display_name("Contoso");
  request.mutable_organization()->set_country("US");
  organizations::v1::Organization created;
  const auto stub = organizations::v1::OrganizationService::NewStub(channel_);
  const grpc::Status status = stub->CreateOrganization(&context, request, &created);
  ASSERT_TRUE(status.ok()) << status.error_message();
  server_.reset();
  const auto refused = Server::Start(ConfigOf());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().what, HasSubstr("the clock is behind the ledger by 3153"));
  std::filesystem::remove_all(folder_.path() / "data" / "rows");  // as if a crash had lost them
  Start(ClockKind::kSimulated);
  EXPECT_TRUE(Status().ready());
}

TEST_F(ServerTest, RebuildsTheReadModelsThatItHas) {
  Start();
  for (const auto& [name, code] :
       std::map<std::string, grpc::StatusCode>{{"projections/stock", grpc::StatusCode::OK},
                                               {"projections/weather", grpc::StatusCode::NOT_FOUND},
                                               {"stock", grpc::StatusCode::INVALID_ARGUMENT}}) {
    grpc::ClientContext context;
    admin::v1::RebuildProjectionRequest request;
    request.set_name(name);
    admin::v1::RebuildProjectionResponse response;
    const grpc::Status status = admin_->RebuildProjection(&context, request, &response);
    EXPECT_EQ(status.error_code(), code) << name;
    if (code == grpc::StatusCode::NOT_FOUND)
      EXPECT_THAT(status.error_message(), HasSubstr("PROJECTION_UNKNOWN"));
  }
}

TEST_F(ServerTest, ForgetsOneUserWhoseKeyIsDestroyed) {
  Start();
  const auto people = [this] { return organizations::v1::OrganizationService::NewStub(channel_); };
  organizations::v1::CreateOrganizationRequest organization;
  organization.set_organization_id("contoso");
  organization.mutable_organization()->set_display_name("Contoso");
  organization.mutable_organization()->set_country("US");
  grpc::ClientContext context;
  organizations::v1::Organization created;
  const auto status = people()->CreateOrganization(&context, organization, &created);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::string token;
  for (const char* const id : {"ann", "bob"}) {
    organizations::v1::CreateUserRequest request;
    request.set_parent("organizations/contoso");
    request.set_user_id(id);
    request.mutable_user()->set_display_name(std::string("Dr ") + id);
    request.mutable_user()->set_usage_location("US");
    grpc::ClientContext call;
    organizations::v1::User user;
    const auto made = people()->CreateUser(&call, request, &user);
    ASSERT_TRUE(made.ok()) << made.error_message();
    const auto& trailing = call.GetServerTrailingMetadata();
    const auto found = trailing.find(kConsistencyTokenKey);
    token.assign(found->second.data(), found->second.size());
  }
  server_.reset();
  {
    auto keys = vault::KeyVault::Open(ConfigOf().data);
    ASSERT_TRUE(keys.has_value());
    ASSERT_TRUE((*keys)->Destroy("organizations/contoso/users/ann").has_value());
  }
  Start();
  organizations::v1::ListUsersRequest list;
  list.set_parent("organizations/contoso");
  organizations::v1::ListUsersResponse users;
  grpc::ClientContext question;
  question.AddMetadata(kConsistencyTokenKey, token);
  const auto listed = people()->ListUsers(&question, list, &users);
  ASSERT_TRUE(listed.ok()) << listed.error_message();
  ASSERT_EQ(users.users_size(), 2);
  EXPECT_EQ(users.users(0).display_name(), "");
  EXPECT_EQ(users.users(0).sealed().masked(), "D… a…");
  EXPECT_EQ(users.users(1).display_name(), "Dr bob");
}

TEST_F(ServerTest, ShowsOnMetricsWhatDashboardsNeed) {
  Start();
  const auto page = httplib::Client("http://" + server_->http()).Get("/metrics");
  ASSERT_TRUE(page);
  for (const char* const line :
       {"dialtone_inbox_lag_entries{partition=\"1\"}",
        "dialtone_credit_refusals_total{reason=\"CREDITS_INSUFFICIENT\"} 0",
        "dialtone_partitions{role=\"owner\"} 2", "dialtone_partitions{role=\"stopped\"} 0",
        "dialtone_ledger_void_records_total{reason=\"malformed\"} 0",
        "dialtone_projection_position{partition=\"1\""})
    EXPECT_THAT(page->body, HasSubstr(line));
}

TEST_F(ServerTest, DrainsWhenItIsAskedTo) {
  Start();
  grpc::ClientContext context;
  admin::v1::DrainResponse response;
  EXPECT_TRUE(admin_->Drain(&context, {}, &response).ok());
  server_->WaitForDrainRequest();
  server_->Drain();
  grpc::ClientContext later;
  admin::v1::ServerStatus status;
  EXPECT_EQ(admin_->GetStatus(&later, {}, &status).error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace dialtone::server
