// A program that is newer than the nodes has taken over a partition: they go no further there, say
// so, and go on elsewhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <utility>

#include "controlplane/engine/ledger/filter.h"
#include "controlplane/engine/ledger/kafka_ledger.h"
#include "controlplane/kernel/aggregate.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"
#include "tests/kafka/cluster/cluster.h"

namespace dialtone::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint32_t kTaken = 3;  // the partition
constexpr std::uint32_t kNewerLevel = 1;
constexpr std::chrono::seconds kSoon{30};

std::uint64_t Random() {
  static std::random_device device;
  return std::uniform_int_distribution<std::uint64_t>()(device);
}

class ClusterOfTwoLevels : public Cluster {
 protected:
  // As a program of that level would.
  void ClaimByANewerProgram() {
    const auto store = engine::KafkaLedgerStore::Open(nodes_.topic(), &Random);
    ASSERT_TRUE(store) << ToText(store.error());
    engine::Ledger& ledger = (*store)->partition(kTaken);
    engine::Filter filter({kTaken, TwoNodes::kPartitions, std::nullopt, kNewerLevel});
    for (engine::Offset at = 0; at < ledger.End();) {
      const auto read = ledger.Read(at, 1 << 20, Duration::Seconds(60));
      ASSERT_FALSE(read.records.empty());
      for (const engine::StoredRecord& stored : read.records) filter.Take(stored.bytes);
      at = read.next;
    }
    ledger::v1::Claim claim = NextClaim(filter, engine::NewWriter(&Random));
    claim.set_level(kNewerLevel);
    ledger.Append(engine::ClaimRecord(std::move(claim)), 1);
    auto fate = engine::AppendFate::kFailed;
    ledger.Poll(Duration::Seconds(60),
                [&](engine::Cookie, const engine::AppendResult& result) { fate = result.fate; });
    ASSERT_EQ(fate, engine::AppendFate::kStored);
  }

  admin::v1::Partition Told(int node) {
    const auto listed =
        caller(node).Must<admin::v1::ListPartitionsResponse>(admin::v1::ListPartitionsRequest());
    return listed.partitions(kTaken);
  }
  void ExpectStopped(int node) {
    const auto deadline = std::chrono::steady_clock::now() + kSoon;
    admin::v1::Partition told = Told(node);
    while (told.role() != admin::v1::Partition::ROLE_STOPPED &&
           std::chrono::steady_clock::now() < deadline)
      told = Told(node);
    EXPECT_EQ(told.role(), admin::v1::Partition::ROLE_STOPPED);
    EXPECT_THAT(told.stop_reason(),
                HasSubstr("level of this program 0, of the record 1: start a newer program"));
  }
  // How a command is answered whose organization is in that partition.
  grpc::Status Ask(int node, std::uint32_t partition) {
    std::string id;
    do {
      id = "of-" + std::to_string(ids_++);
    } while (AggregateKey("organizations/" + id).PartitionOf(TwoNodes::kPartitions) != partition);
    organizations::v1::CreateOrganizationRequest request;
    request.set_organization_id(id);
    request.mutable_organization()->set_display_name(id);
    request.mutable_organization()->set_country("US");
    request.set_request_id(MintRequestId());
    return caller(node).Send(request).status;
  }
  void ExpectOnlyThatPartitionStands(int node) {
    for (std::uint32_t partition = 0; partition < TwoNodes::kPartitions; ++partition) {
      const auto code = Ask(node, partition).error_code();
      EXPECT_EQ(code, partition == kTaken ? grpc::StatusCode::UNAVAILABLE : grpc::StatusCode::OK)
          << "partition " << partition;
    }
  }

  int ids_ = 0;
};

TEST_F(ClusterOfTwoLevels, StopsAtTheFirstRecordOfANewerProgramAndSaysSo) {
  for (int node : {0, 1}) EXPECT_TRUE(Ask(node, kTaken).ok());
  ClaimByANewerProgram();
  for (int node : {0, 1}) ExpectStopped(node);
  for (int node : {0, 1}) ExpectOnlyThatPartitionStands(node);
}

}  // namespace
}  // namespace dialtone::testing
