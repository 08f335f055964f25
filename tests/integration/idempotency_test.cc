// The same command more than once, against the real server: alone, by many at once, refused, open,
// and after its time.
#include <gtest/gtest.h>

#include <barrier>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "dialtone/admin/v1/admin_service.pb.h"
#include "dialtone/billing/v1/billing_service.pb.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "tests/integration/failure.h"
#include "tests/integration/server_process.h"
#include "tests/support/caller.h"
#include "tests/support/office.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::testing {
namespace {

using billing::v1::ConsumeCreditsRequest;
using inventory::v1::Reservation;
using inventory::v1::ReserveNumbersRequest;
using licensing::v1::BuyLicensesRequest;
using licensing::v1::LicensePool;
using std::chrono::system_clock;

constexpr int kCallers = 32;

class IdempotencyTest : public ::testing::Test {
 protected:
  explicit IdempotencyTest(std::vector<std::string> flags = {})
      : server_(folder_.path() / "data", std::move(flags)),
        caller_(server_.address()),
        contoso_(CreateOrganization(caller_, "contoso")) {}

  BuyLicensesRequest Buy(std::uint32_t quantity, const std::string& id) const {
    BuyLicensesRequest request;
    request.set_parent(contoso_);
    request.set_sku("ENTERPRISEPACK");
    request.set_quantity(quantity);
    request.set_request_id(id);
    return request;
  }
  // How many licences there are, told by buying one more.
  std::uint32_t BoughtBeforeThis() {
    return caller_.Must<LicensePool>(Buy(1, MintRequestId())).bought() - 1;
  }
  // `ask(i)` of every caller, begun in the same moment.
  static std::vector<WireAnswer> AtOnce(const std::function<WireAnswer(int)>& ask);

  const TemporaryFolder folder_{TemporaryFolder::InMemory()};
  ServerProcess server_;
  Caller caller_;
  const std::string contoso_;
};

std::vector<WireAnswer> IdempotencyTest::AtOnce(const std::function<WireAnswer(int)>& ask) {
  std::vector<WireAnswer> answers(kCallers);
  std::barrier together(kCallers);
  std::vector<std::thread> threads;
  for (int i = 0; i < kCallers; ++i) {
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      answers[static_cast<std::size_t>(i)] = ask(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return answers;
}

void ExpectAllAre(const WireAnswer& first, const std::vector<WireAnswer>& answers) {
  for (const WireAnswer& answer : answers) EXPECT_EQ(answer.Bytes(), first.Bytes());
}

TEST_F(IdempotencyTest, OneIdCountsOnceHoweverManySendIt) {
  const auto request = Buy(3, MintRequestId());
  const auto answers = AtOnce([&](int) { return caller_.Send(request); });
  ASSERT_TRUE(answers.front().status.ok()) << answers.front().status.error_message();
  ExpectAllAre(answers.front(), answers);
  ExpectAllAre(answers.front(), {caller_.Send(request)});
  EXPECT_EQ(BoughtBeforeThis(), 3U);
}

TEST_F(IdempotencyTest, WithoutAnIdEachIsACommandOfItsOwn) {
  const auto answers = AtOnce([&](int) { return caller_.Send(Buy(3, "")); });
  for (const WireAnswer& answer : answers) EXPECT_TRUE(answer.status.ok());
  EXPECT_EQ(BoughtBeforeThis(), 3U * kCallers);
}

TEST_F(IdempotencyTest, AnotherBodyUnderAKnownIdIsRefused) {
  const std::string id = MintRequestId();
  const WireAnswer first = caller_.Send(Buy(3, id));
  const auto others = AtOnce([&](int) { return caller_.Send(Buy(4, id)); });
  for (const WireAnswer& answer : others) EXPECT_EQ(ReasonOf(answer.status), "REQUEST_ID_REUSED");
  ExpectAllAre(first, {caller_.Send(Buy(3, id))});
  EXPECT_EQ(BoughtBeforeThis(), 3U);
}

TEST_F(IdempotencyTest, OfTwoBodiesThatRaceUnderOneIdOneWins) {
  const std::string id = MintRequestId();
  const auto quantity_of = [](int caller) { return caller % 2 == 0 ? 3U : 4U; };
  const auto answers = AtOnce([&](int i) { return caller_.Send(Buy(quantity_of(i), id)); });
  const std::uint32_t bought = BoughtBeforeThis();
  EXPECT_TRUE(bought == 3 || bought == 4) << bought;
  for (int i = 0; i < kCallers; ++i) {
    const auto& status = answers[static_cast<std::size_t>(i)].status;
    EXPECT_EQ(status.ok(), quantity_of(i) == bought) << status.error_message();
    EXPECT_EQ(ReasonOf(status), status.ok() ? "" : "REQUEST_ID_REUSED");
  }
}

// What has changed meanwhile does not count: the command was decided.
TEST_F(IdempotencyTest, ARefusalIsRememberedAsItWas) {
  const std::string user = CreateUser(caller_, contoso_, "ann");
  FundCredits(caller_, contoso_, 100);
  ConsumeCreditsRequest request;
  request.set_parent(contoso_);
  request.set_user(user);
  request.mutable_amount()->set_currency_code("USD");
  request.mutable_amount()->set_micros(5);
  request.set_request_id(MintRequestId());
  const auto refused = AtOnce([&](int) { return caller_.Send(request); });
  EXPECT_EQ(ReasonOf(refused.front().status), "USER_WITHOUT_CREDITS_LICENSE");
  ExpectAllAre(refused.front(), refused);

  LicenseForCredits(caller_, contoso_, user);
  ExpectAllAre(refused.front(), AtOnce([&](int) { return caller_.Send(request); }));
  request.set_request_id(MintRequestId());
  EXPECT_TRUE(caller_.Send(request).status.ok());
}

// A reservation is answered only when its block has picked: the others wait beside the first.
TEST_F(IdempotencyTest, ARepeatWaitsWhileTheFirstIsOpen) {
  constexpr std::uint32_t kStock = 4;
  LoadNumbers(caller_, 12065550100, kStock);
  ReserveNumbersRequest request;
  request.set_parent(contoso_);
  request.set_type(inventory::v1::SUBSCRIBER);
  request.mutable_area()->set_country("US");
  request.mutable_area()->set_area_code("206");
  request.set_quantity(kStock);
  request.set_request_id(MintRequestId());
  const auto answers = AtOnce([&](int) { return caller_.Send(request); });
  Reservation reservation;
  ASSERT_TRUE(answers.front().status.ok()) << answers.front().status.error_message();
  ASSERT_TRUE(reservation.ParseFromString(answers.front().reply));
  EXPECT_EQ(reservation.numbers_size(), static_cast<int>(kStock));
  ExpectAllAre(answers.front(), answers);
}

TEST_F(IdempotencyTest, AnOldIdIsTakenWhileNothingIsForgotten) {
  const auto request = Buy(3, MintRequestId(system_clock::now() - std::chrono::hours(25)));
  const auto answers = AtOnce([&](int) { return caller_.Send(request); });
  ASSERT_TRUE(answers.front().status.ok()) << answers.front().status.error_message();
  ExpectAllAre(answers.front(), answers);
  EXPECT_EQ(BoughtBeforeThis(), 3U);
}

TEST_F(IdempotencyTest, AnIdOfTheFutureIsRefusedAndNotRun) {
  const auto request = Buy(3, MintRequestId(system_clock::now() + std::chrono::minutes(1)));
  for (const WireAnswer& answer : AtOnce([&](int) { return caller_.Send(request); }))
    EXPECT_EQ(ReasonOf(answer.status), "REQUEST_FROM_THE_FUTURE");
  EXPECT_EQ(BoughtBeforeThis(), 0U);
}

class IdempotencyOverDaysTest : public IdempotencyTest {
 protected:
  IdempotencyOverDaysTest() : IdempotencyTest({"--clock", "simulated"}) {}

  void Advance(std::chrono::seconds by) {
    admin::v1::AdvanceClockRequest request;
    request.mutable_by()->set_seconds(by.count());
    caller_.Must<admin::v1::AdvanceClockResponse>(request);
    now_ += by;
  }

  system_clock::time_point now_ = system_clock::now();
};

TEST_F(IdempotencyOverDaysTest, AnIdIsRememberedForADay) {
  const auto request = Buy(3, MintRequestId());
  const WireAnswer first = caller_.Send(request);
  Advance(std::chrono::hours(23));
  ExpectAllAre(first, AtOnce([&](int) { return caller_.Send(request); }));
}

// Nobody knows any more whether it ran: it is refused, never run again.
TEST_F(IdempotencyOverDaysTest, AForgottenIdIsTooOldAndNotRun) {
  const auto before_all = now_ - std::chrono::hours(1);
  const auto request = Buy(3, MintRequestId(now_));
  ASSERT_TRUE(caller_.Send(request).status.ok());
  Advance(std::chrono::hours(25));
  // Entries are what makes time pass in a partition.
  ASSERT_TRUE(caller_.Send(Buy(1, MintRequestId(now_))).status.ok());
  const auto never_seen = Buy(3, MintRequestId(before_all));
  for (const auto& old : {request, never_seen}) {
    for (const WireAnswer& answer : AtOnce([&](int) { return caller_.Send(old); }))
      EXPECT_EQ(ReasonOf(answer.status), "REQUEST_TOO_OLD");
  }
  EXPECT_EQ(caller_.Must<LicensePool>(Buy(1, MintRequestId(now_))).bought(), 3U + 1U + 1U);
}

}  // namespace
}  // namespace dialtone::testing
