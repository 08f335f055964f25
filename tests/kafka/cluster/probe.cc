#include "tests/kafka/cluster/probe.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "controlplane/kernel/aggregate.h"
#include "controlplane/kernel/check.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "tests/integration/failure.h"
#include "tests/support/office.h"

namespace dialtone::testing {

namespace {

constexpr char kSku[] = "EXCHANGEENTERPRISE";
constexpr std::chrono::milliseconds kPatience{2'000};  // with a node that does not answer at all

std::string OrganizationIn(std::uint32_t partition, std::uint32_t count, Caller& caller) {
  for (int i = 0;; ++i) {
    const std::string id = "probe-" + std::to_string(partition) + "-" + std::to_string(i);
    if (AggregateKey("organizations/" + id).PartitionOf(count) == partition)
      return CreateOrganization(caller, id);
  }
}

}  // namespace

Probe::Probe(std::uint32_t partition, std::uint32_t partition_count, Caller& caller,
             Whereabouts& server)
    : server_(server), organization_(OrganizationIn(partition, partition_count, caller)) {
  thread_ = std::thread([this] { Run(); });
}

Probe::~Probe() { Stop(); }

void Probe::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Probe::Run() {
  while (!stopping_) Ask();
}

void Probe::Ask() {
  licensing::v1::BuyLicensesRequest request;
  request.set_parent(organization_);
  request.set_sku(kSku);
  request.set_quantity(1);
  request.set_request_id(MintRequestId());
  const auto asked = Clock::now();
  while (true) {
    const WireAnswer answer = server_.Wait()->Send(request, kPatience);
    if (answer.status.ok()) break;
    asked_again_.insert(answer.status.error_code());
    DIALTONE_CHECK(answer.status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                       answer.status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED,
                   ReasonOf(answer.status) + " " + answer.status.error_message());
    server_.PauseUntilMoved();
  }
  const std::lock_guard lock(mutex_);
  answers_.push_back({asked, Clock::now()});
  heard_.notify_all();
}

Probe::Millis Probe::PauseAt(Clock::time_point moment) {
  std::unique_lock lock(mutex_);
  heard_.wait(lock, [&] { return !answers_.empty() && answers_.back().asked > moment; });
  Clock::duration longest{};
  for (std::size_t i = 1; i < answers_.size(); ++i) {
    if (answers_[i].heard < moment) continue;
    longest = std::max(longest, answers_[i].heard - answers_[i - 1].heard);
  }
  return longest;
}

void Probe::ExpectSums(Caller& caller) {
  Stop();
  licensing::v1::BuyLicensesRequest request;
  request.set_parent(organization_);
  request.set_sku(kSku);
  request.set_quantity(1);
  request.set_request_id(MintRequestId());
  const auto pool = caller.Must<licensing::v1::LicensePool>(request);
  EXPECT_EQ(pool.bought(), answers_.size() + 1) << organization_;
}

}  // namespace dialtone::testing
