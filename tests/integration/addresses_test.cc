// Addresses of a real server: watched over a restart, and erased one by one.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <optional>

#include "controlplane/edge/vault/kafka_key_store.h"
#include "controlplane/edge/vault/key_vault.h"
#include "dialtone/emergency/v1/address_authority_service.grpc.pb.h"
#include "dialtone/emergency/v1/emergency_service.pb.h"
#include "tests/integration/server_process.h"
#include "tests/support/caller.h"
#include "tests/support/office.h"
#include "tests/support/temporary_folder.h"

namespace dialtone {
namespace {

using emergency::v1::Address;
using emergency::v1::WatchValidationsResponse;

// Where the server of this folder keeps them.
tl::expected<std::unique_ptr<vault::KeyVault>, std::string> OpenKeys(
    const std::filesystem::path& data) {
  const char* const brokers = std::getenv("DIALTONE_KAFKA");
  if (brokers == nullptr) return vault::KeyVault::Open(data);
  engine::KafkaOptions ledger;
  ledger.brokers = brokers;
  ledger.topic = testing::TopicOf(data);
  ledger.kind = engine::KafkaBrokers::kDevelopment;
  auto store = vault::KafkaKeyStore::Open(vault::KeyOptionsOf(ledger), vault::LedgerUse::kUsed);
  if (!store) return tl::unexpected(ToText(store.error()));
  return vault::KeyVault::OpenShared(data, std::move(*store));
}

class Addresses : public ::testing::Test {
 protected:
  Addresses() {
    Start();
    testing::CreateOrganization(*caller_, "contoso");
  }
  std::filesystem::path data() const { return folder_.path() / "data"; }
  void Start() {
    server_.emplace(data());
    caller_.emplace(server_->address());
  }
  void Stop() {
    caller_.reset();
    EXPECT_EQ(server_->Stop(), 0);
    server_.reset();
  }
  Address Create(const std::string& street, const std::string& request_id = "") {
    emergency::v1::CreateAddressRequest request;
    request.set_parent("organizations/contoso");
    request.set_request_id(request_id);
    auto& civic = *request.mutable_civic();
    civic.set_country("US");
    civic.set_region("WA");
    civic.set_city("Seattle");
    civic.set_company("Contoso Ltd");
    civic.set_house_number("400");
    civic.set_street(street);
    civic.set_postal_code("98109");
    return caller_->Must<Address>(request);
  }
  void Validate(const Address& address) {
    emergency::v1::ValidateAddressRequest request;
    request.set_name(address.name());
    caller_->Must<Address>(request);
  }
  // The first that a watch tells of from there on.
  WatchValidationsResponse Next(const std::string& resume_token) {
    const auto stub = emergency::v1::AddressAuthorityService::NewStub(caller_->channel());
    grpc::ClientContext context;
    emergency::v1::WatchValidationsRequest request;
    request.set_resume_token(resume_token);
    const auto stream = stub->WatchValidations(&context, request);
    WatchValidationsResponse item;
    while (stream->Read(&item) && !item.has_address()) {
    }
    context.TryCancel();
    return item;
  }

  TemporaryFolder folder_;
  std::optional<testing::ServerProcess> server_;
  std::optional<testing::Caller> caller_;
};

TEST_F(Addresses, AreToldToTheirAuthorityInClearAndOnceOverARestart) {
  Validate(Create("Broad St"));
  Validate(Create("Mercer St"));
  const auto first = Next("");
  EXPECT_EQ(first.address().civic().street(), "Broad St");
  EXPECT_FALSE(first.address().civic().has_sealed());
  Stop();
  Start();
  const auto second = Next(first.resume_token());
  EXPECT_EQ(second.address().civic().street(), "Mercer St");
  Validate(Create("Roy St"));
  EXPECT_EQ(Next(second.resume_token()).address().civic().street(), "Roy St");
}

TEST_F(Addresses, AreErasedOneByOneByTheRequestsThatCreatedThem) {
  const std::string erased_by = testing::MintRequestId();
  const std::string erased = Create("Broad St", erased_by).name();
  const std::string other = Create("Mercer St").name();
  Stop();
  {
    auto keys = OpenKeys(data());
    ASSERT_TRUE(keys.has_value()) << keys.error();
    ASSERT_TRUE((*keys)->Destroy("organizations/contoso/subjects/" + erased_by).has_value());
  }
  Start();
  const auto get = [&](const std::string& name) {
    emergency::v1::GetAddressRequest request;
    request.set_name(name);
    return caller_->Must<Address>(request).civic();
  };
  EXPECT_EQ(get(erased).street(), "");
  EXPECT_EQ(get(erased).city(), "Seattle") << "which is of nobody";
  EXPECT_EQ(get(other).street(), "Mercer St");
}

}  // namespace
}  // namespace dialtone
