#include "tests/integration/contest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/stock/v1/stock_service.pb.h"
#include "tests/integration/failure.h"
#include "tests/support/office.h"

namespace dialtone::testing {

namespace {

constexpr std::uint64_t kFirst = 12065550000;
constexpr std::uint32_t kAtOnceMax = 3;
constexpr std::chrono::milliseconds kPauseMax{20};

// Lets all other failures be asked again.
void Ignore(const grpc::Status&) {}

}  // namespace

class Contest::Client {
 public:
  Client(Contest& contest, int index, Whereabouts& server)
      : contest_(contest),
        server_(server),
        organization_(contest.organizations_[static_cast<std::size_t>(index) %
                                             contest.organizations_.size()]),
        chance_(static_cast<std::uint64_t>(index)) {}

  void Run() {
    while (!contest_.IsOver()) {
      const auto reservation = Reserve(1 + static_cast<std::uint32_t>(chance_() % kAtOnceMax));
      if (!reservation) {
        contest_.PauseUntilChanged();
      } else if (chance_() % 3 == 0) {
        GiveBack(*reservation);
      } else {
        Acquire(*reservation);
      }
    }
  }

 private:
  // Under one request id until it is answered; a refusal is noted.
  template <class Reply, class Request>
  std::optional<Reply> Ask(Request request) {
    request.set_request_id(MintRequestId());
    const WireAnswer answer = AskUntilAnswered(server_, request, Ignore);
    if (!answer.status.ok()) {
      contest_.Heard(ReasonOf(answer.status));
      return std::nullopt;
    }
    Reply reply;
    reply.ParseFromString(answer.reply);
    return reply;
  }

  std::optional<inventory::v1::Reservation> Reserve(std::uint32_t quantity) {
    inventory::v1::ReserveNumbersRequest request;
    request.set_parent(organization_);
    request.set_type(inventory::v1::SUBSCRIBER);
    request.mutable_area()->set_country("US");
    request.mutable_area()->set_area_code("206");
    request.set_quantity(quantity);
    return Ask<inventory::v1::Reservation>(request);
  }

  void GiveBack(const inventory::v1::Reservation& reservation) {
    inventory::v1::ReleaseReservationRequest request;
    request.set_name(reservation.name());
    Ask<inventory::v1::ReleaseReservationResponse>(request);
    contest_.Told(organization_, {});
  }

  // Of several, one stays reserved until it is given back.
  void Acquire(const inventory::v1::Reservation& reservation) {
    inventory::v1::AcquireNumbersRequest request;
    request.set_reservation(reservation.name());
    const bool takes_all = reservation.numbers().size() == 1 || chance_() % 2 == 0;
    if (!takes_all) request.add_numbers(reservation.numbers(0));
    std::vector<std::string> numbers;
    const auto acquired = Ask<inventory::v1::AcquireNumbersResponse>(request);
    ASSERT_TRUE(acquired);
    for (const auto& number : acquired->numbers()) numbers.push_back(number.e164());
    contest_.Told(organization_, numbers);
    if (!takes_all) GiveBack(reservation);
  }

  Contest& contest_;
  Whereabouts& server_;
  const std::string organization_;
  std::mt19937_64 chance_;
};

Contest::Contest(Caller& caller) {
  for (int i = 0; i < kOrganizations; ++i)
    organizations_.push_back(CreateOrganization(caller, "contestant-" + std::to_string(i)));
  LoadNumbers(caller, kFirst, kNumbers);
}

void Contest::Begin(const std::vector<Whereabouts*>& servers) {
  for (int i = 0; i < kClients; ++i) {
    Whereabouts& server = *servers[static_cast<std::size_t>(i) % servers.size()];
    threads_.emplace_back([this, i, &server] { Client(*this, i, server).Run(); });
  }
}

void Contest::AwaitAcquired(std::uint32_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return acquired_ >= count; });
}

void Contest::Finish() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool Contest::IsOver() {
  const std::lock_guard lock(mutex_);
  return acquired_ >= kNumbers;
}

void Contest::Told(const std::string& organization, const std::vector<std::string>& numbers) {
  {
    const std::lock_guard lock(mutex_);
    ++changes_;
    acquired_ += static_cast<std::uint32_t>(numbers.size());
    for (const std::string& number : numbers)
      EXPECT_TRUE(told_[organization].insert(number).second) << number << " was given twice";
  }
  changed_.notify_all();
}

void Contest::Heard(const std::string& refusal) {
  const std::lock_guard lock(mutex_);
  ++refused_[refusal];
}

int Contest::Refused(const std::string& reason) const {
  const std::lock_guard lock(mutex_);
  const auto found = refused_.find(reason);
  return found == refused_.end() ? 0 : found->second;
}

void Contest::PauseUntilChanged() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPauseMax, [&, before = changes_] { return changes_ != before; });
}

void Contest::ExpectHolds(Caller& caller, const std::string& organization,
                          std::set<std::string>& everybodys) {
  inventory::v1::ListNumbersRequest list;
  list.set_parent(organization);
  std::set<std::string> holds;
  const auto listed = caller.Must<inventory::v1::ListNumbersResponse>(list);
  for (const auto& number : listed.numbers()) {
    holds.insert(number.e164());
    EXPECT_TRUE(everybodys.insert(number.e164()).second) << number.e164() << " has two holders";
  }
  EXPECT_EQ(holds, told_[organization]) << organization;
  EXPECT_LE(holds.size(), kQuota) << organization;
  inventory::v1::ListReservationsRequest reservations;
  reservations.set_parent(organization);
  EXPECT_EQ(caller.Must<inventory::v1::ListReservationsResponse>(reservations).reservations_size(),
            0)
      << organization;
}

void Contest::ExpectFair(Caller& caller) {
  std::set<std::string> everybodys;
  for (const std::string& organization : organizations_)
    ExpectHolds(caller, organization, everybodys);
  EXPECT_EQ(everybodys.size(), kNumbers);
  stock::v1::GetNumberBlockRequest get;
  get.set_name(kBlock);
  const auto block = caller.Must<stock::v1::NumberBlock>(get);
  EXPECT_EQ(block.held(), kNumbers);
  EXPECT_EQ(block.available(), 0U);
  for (const auto& [reason, times] : refused_) {
    EXPECT_THAT(reason, ::testing::AnyOf("QUOTA_EXCEEDED", "STOCK_EXHAUSTED")) << times;
  }
}

}  // namespace dialtone::testing
