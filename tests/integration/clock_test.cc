// A clock that is moved by hand.
#include <gtest/gtest.h>

#include <chrono>

#include "dialtone/admin/v1/admin_service.pb.h"
#include "dialtone/billing/v1/billing_service.pb.h"
#include "tests/integration/failure.h"
#include "tests/integration/server_process.h"
#include "tests/support/caller.h"
#include "tests/support/office.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::testing {
namespace {

constexpr int kRounds = 30;
constexpr std::chrono::days kBeyondPayments{8};

// What is asked next does not race with it.
TEST(SimulatedClock, HasDoneWhatFellDueWhenItAnswers) {
  const TemporaryFolder folder{TemporaryFolder::InMemory()};
  const ServerProcess server(folder.path() / "data", {"--clock", "simulated"});
  Caller caller(server.address());
  billing::v1::FundCreditsRequest fund;
  fund.set_parent(CreateOrganization(caller, "contoso"));
  fund.mutable_amount()->set_currency_code("USD");
  fund.mutable_amount()->set_micros(50'000'000);
  auto now = std::chrono::system_clock::now();
  for (int round = 0; round < kRounds; ++round) {
    fund.set_request_id(MintRequestId(now));
    billing::v1::CompletePaymentRequest complete;
    complete.set_name(caller.Must<billing::v1::Payment>(fund).name());
    complete.set_result(billing::v1::CompletePaymentRequest::ACCEPTED);
    complete.set_reference("late");
    admin::v1::AdvanceClockRequest advance;
    advance.mutable_by()->set_seconds(std::chrono::seconds(kBeyondPayments).count());
    caller.Must<admin::v1::AdvanceClockResponse>(advance);
    now += kBeyondPayments;
    complete.set_request_id(MintRequestId(now));
    ASSERT_EQ(ReasonOf(caller.Send(complete).status), "PAYMENT_EXPIRED") << "round " << round;
  }
}

}  // namespace
}  // namespace dialtone::testing
