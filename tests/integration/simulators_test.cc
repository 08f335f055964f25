// A carrier and an address authority as programs of their own, against a real server whose clock is
// moved by weeks.
#include <absl/strings/str_format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <thread>

#include "clients/demo/child_process.h"
#include "dialtone/admin/v1/admin_service.pb.h"
#include "dialtone/emergency/v1/emergency_service.pb.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/porting/v1/porting_service.pb.h"
#include "tests/integration/server_process.h"
#include "tests/support/caller.h"
#include "tests/support/office.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::testing {
namespace {

using clients::demo::ChildProcess;
using emergency::v1::Address;
using porting::v1::PortNumber;
using porting::v1::PortOrder;
using porting::v1::PortTransition;
using std::chrono::hours;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr hours kDay{24};
constexpr std::chrono::seconds kPatience{60};

// A Wednesday in some three weeks: after any due date, and late enough for any order.
std::string RequestedDate(int weeks_more = 0) {
  using std::chrono::days;
  auto day = std::chrono::floor<days>(std::chrono::system_clock::now()) + days(22);
  while (std::chrono::weekday(day) != std::chrono::Wednesday) day += days(1);
  day += days(7 * weeks_more);
  const std::chrono::year_month_day date(day);
  return absl::StrFormat("%04d-%02d-%02d", static_cast<int>(date.year()),
                         static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

class Simulators : public ::testing::Test {
 protected:
  Simulators() {
    StartServer({});
    CreateOrganization(*caller_, "contoso");
  }

  void StartServer(std::vector<std::string> flags) {
    flags.insert(flags.end(), {"--clock", "simulated"});
    server_.emplace(folder_.path() / "data", flags);
    caller_.emplace(server_->address());
  }
  void StopServer() {
    caller_.reset();
    ASSERT_EQ(server_->Stop(), 0);
  }
  // Returns when it watches.
  std::unique_ptr<ChildProcess> Start(const std::string& program,
                                      std::vector<std::string> flags = {}) {
    if (std::find(flags.begin(), flags.end(), "--server") == flags.end())
      flags.insert(flags.end(), {"--server", server_->address()});
    auto started = ChildProcess::Start(program, flags, folder_.path(), "watching");
    EXPECT_TRUE(started.has_value()) << started.error();
    return started ? std::move(*started) : nullptr;
  }
  std::string LogOf(const std::string& program) const {
    std::ostringstream text;
    text << std::ifstream(folder_.path() / (program + ".log")).rdbuf();
    return text.str();
  }
  void Advance(std::chrono::seconds span) {
    admin::v1::AdvanceClockRequest request;
    request.mutable_by()->set_seconds(span.count());
    caller_->Must<admin::v1::AdvanceClockResponse>(request);
  }

  // What is not told to its asker by a watch is looked at until it is so.
  template <class Resource>
  static Resource Await(const std::function<Resource()>& get,
                        const std::function<bool(const Resource&)>& is_so) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    Resource resource = get();
    while (!is_so(resource) && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
      resource = get();
    }
    EXPECT_TRUE(is_so(resource)) << resource.ShortDebugString();
    return resource;
  }

  porting::v1::LosingAccount Account(const std::string& number) const {
    porting::v1::LosingAccount account;
    account.set_carrier("Fourth Coffee Telecom");
    account.set_account_number(number);
    account.set_company("Contoso");
    account.set_authorizer("Ann Beebe");
    account.set_street("1 Main St");
    account.set_city("Seattle");
    account.set_billing_number("+14255559999");
    return account;
  }
  // Signed and submitted; each order has numbers of its own. Gives its name.
  std::string Submit(const std::string& account, int numbers = 3, int weeks_more = 0) {
    porting::v1::CreatePortOrderRequest create;
    create.set_parent("organizations/contoso");
    create.set_country("US");
    create.set_type(porting::v1::SUBSCRIBER);
    create.set_extent(porting::v1::PARTIAL);
    for (int i = 0; i < numbers; ++i)
      create.add_numbers(absl::StrFormat("+1425556%04d", next_number_++));
    create.set_requested_date(RequestedDate(weeks_more));
    *create.mutable_losing_account() = Account(account);
    const std::string name = caller_->Must<PortOrder>(create).name();
    Sign(name);
    porting::v1::SubmitPortOrderRequest submit;
    submit.set_name(name);
    caller_->Must<PortOrder>(submit);
    return name;
  }
  void Sign(const std::string& name) {
    porting::v1::AttachLetterOfAuthorizationRequest sign;
    sign.set_name(name);
    sign.set_reference("letters/1.pdf");
    sign.set_sha256(std::string(32, 'h'));
    sign.set_signature("Ann Beebe");
    caller_->Must<PortOrder>(sign);
  }
  void Resubmit(const std::string& name) {
    porting::v1::ResubmitPortOrderRequest resubmit;
    resubmit.set_name(name);
    caller_->Must<PortOrder>(resubmit);
  }
  PortOrder Order(const std::string& name) {
    porting::v1::GetPortOrderRequest request;
    request.set_name(name);
    return caller_->Must<PortOrder>(request);
  }
  PortOrder AwaitOrder(const std::string& name, const std::function<bool(const PortOrder&)>& so) {
    return Await<PortOrder>([&] { return Order(name); }, so);
  }
  PortOrder AwaitOrder(const std::string& name, PortOrder::State state) {
    return AwaitOrder(name, [state](const PortOrder& order) { return order.state() == state; });
  }
  std::vector<PortTransition> Transitions(const std::string& name) {
    std::vector<PortTransition> all;
    porting::v1::ListPortTransitionsRequest request;
    request.set_name(name);
    do {
      const auto page = caller_->Must<porting::v1::ListPortTransitionsResponse>(request);
      all.insert(all.end(), page.transitions().begin(), page.transitions().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  // What became of an order, by the names of its events.
  std::vector<std::string> EventsOf(const std::string& name) {
    std::vector<std::string> events;
    for (const auto& step : Transitions(name)) events.push_back(step.event());
    return events;
  }

  Address Validate(const std::string& house) {
    emergency::v1::CreateAddressRequest create;
    create.set_parent("organizations/contoso");
    auto& civic = *create.mutable_civic();
    civic.set_country("US");
    civic.set_region("WA");
    civic.set_city("Seattle");
    civic.set_company("Contoso Ltd");
    civic.set_house_number(house);
    civic.set_street("Broad St");
    civic.set_postal_code("98109");
    emergency::v1::ValidateAddressRequest validate;
    validate.set_name(caller_->Must<Address>(create).name());
    return caller_->Must<Address>(validate);
  }
  Address AddressNow(const Address& address) {
    emergency::v1::GetAddressRequest request;
    request.set_name(address.name());
    return caller_->Must<Address>(request);
  }
  Address AwaitAddress(const Address& address, Address::State state) {
    return Await<Address>([&] { return AddressNow(address); },
                          [state](const Address& now) { return now.state() == state; });
  }

  const TemporaryFolder folder_{TemporaryFolder::InMemory()};
  std::optional<ServerProcess> server_;
  std::optional<Caller> caller_;
  int next_number_ = 0;
};

int Settled(const PortOrder& order) {
  const auto& numbers = order.numbers();
  return static_cast<int>(std::count_if(
      numbers.begin(), numbers.end(),
      [](const PortNumber& number) { return number.state() != PortNumber::WAITING; }));
}

std::int64_t Micros(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1'000;
}

TEST_F(Simulators, ACarrierMovesEveryNumberWhenTheServersClockComesToTheTransfer) {
  const auto carrier = Start("dialtone-carrier");
  const std::string name = Submit("4711");
  const PortOrder firm = AwaitOrder(name, PortOrder::TRANSFER_APPROVED);
  EXPECT_EQ(Settled(firm), 0);
  admin::v1::ServerStatus status =
      caller_->Must<admin::v1::ServerStatus>(admin::v1::GetStatusRequest());
  const std::chrono::seconds left(firm.transfer_time().seconds() - status.time().seconds());
  Advance(left - hours(1));
  AwaitOrder(name, PortOrder::TRANSFER_PENDING);
  Advance(hours(1));
  EXPECT_EQ(Settled(AwaitOrder(name, PortOrder::COMPLETED)), 3);
  int moved = 0;
  for (const PortTransition& step : Transitions(name)) {
    if (step.event() != "NumberTransferred") continue;
    ++moved;
    EXPECT_GE(Micros(step.time()), Micros(firm.transfer_time())) << "not before it begins";
  }
  EXPECT_EQ(moved, 3);
  EXPECT_EQ(carrier->Stop(), 0);
}

TEST_F(Simulators, ACarrierRejectsForEveryCause) {
  const auto carrier = Start("dialtone-carrier");
  std::map<int, std::string> orders;
  for (int cause = 1; cause <= porting::v1::PortRejection_MAX; ++cause)
    orders[cause] = Submit(std::to_string(4000 + cause), 1);
  for (const auto& [cause, name] : orders)
    EXPECT_EQ(AwaitOrder(name, PortOrder::ERROR).rejection(), cause);
}

TEST_F(Simulators, ACarrierAcceptsARejectedOrderOnceItIsCorrected) {
  const auto carrier = Start("dialtone-carrier");
  const std::string name = Submit("4004");
  EXPECT_EQ(AwaitOrder(name, PortOrder::ERROR).rejection(), porting::v1::ACCOUNT_MISMATCH);
  porting::v1::UpdatePortOrderRequest update;
  update.set_name(name);
  *update.mutable_losing_account() = Account("4711");
  caller_->Must<PortOrder>(update);
  Sign(name);
  Resubmit(name);
  AwaitOrder(name, PortOrder::TRANSFER_APPROVED);
}

TEST_F(Simulators, ACarrierThatSaysNoOnceAcceptsTheSameOrderThen) {
  auto carrier = Start("dialtone-carrier");
  const std::string name = Submit("4113");
  EXPECT_EQ(AwaitOrder(name, PortOrder::ERROR).rejection(), porting::v1::WRONG_PIN);
  carrier->Kill();
  carrier = Start("dialtone-carrier");  // which knows of the first no by the order alone
  Resubmit(name);
  AwaitOrder(name, PortOrder::TRANSFER_APPROVED);
}

TEST_F(Simulators, ACarrierLeavesEveryThirdNumber) {
  const auto carrier = Start("dialtone-carrier", {"--rule", "77-7=partly"});
  const std::string name = Submit("777", 7);
  AwaitOrder(name, PortOrder::TRANSFER_APPROVED);
  Advance(40 * kDay);
  const PortOrder order = AwaitOrder(name, PortOrder::COMPLETED);
  std::vector<int> failed;
  for (int i = 0; i < order.numbers_size(); ++i) {
    if (order.numbers(i).state() == PortNumber::FAILED) failed.push_back(i);
  }
  EXPECT_THAT(failed, ElementsAre(2, 5));
}

TEST_F(Simulators, ACarrierTakesItsWordBack) {
  const auto carrier = Start("dialtone-carrier");
  const std::string name = Submit("4210");
  EXPECT_EQ(AwaitOrder(name, PortOrder::ERROR).rejection(), porting::v1::ACCOUNT_FROZEN);
  const auto events = EventsOf(name);
  ASSERT_THAT(events, Contains("FirmOrderCommitmentConfirmed"));
  EXPECT_EQ(events.back(), "PortOrderRejected");
}

TEST_F(Simulators, ACarrierAgreesToAnotherDay) {
  const auto carrier = Start("dialtone-carrier");
  const std::string name = Submit("4711");
  AwaitOrder(name, PortOrder::TRANSFER_APPROVED);
  porting::v1::UpdatePortOrderRequest update;
  update.set_name(name);
  update.set_requested_date(RequestedDate(-1));
  const auto before = caller_->Must<PortOrder>(update).transfer_time();
  const PortOrder after = AwaitOrder(name, [&](const PortOrder& order) {
    return order.transfer_time().seconds() != before.seconds();
  });
  EXPECT_EQ(before.seconds() - after.transfer_time().seconds(),
            (7 * kDay) / std::chrono::seconds(1));
}

TEST_F(Simulators, ACarrierIsLateOrNeverAnswers) {
  const auto carrier = Start("dialtone-carrier");
  const std::string never = Submit("4402");
  const std::string late = Submit("4403");
  AwaitOrder(never, PortOrder::CONTACTING_CARRIER);
  EXPECT_NE(AwaitOrder(late, PortOrder::CONTACTING_CARRIER).answer_due_date(), "");
  Advance(15 * kDay);
  AwaitOrder(late, PortOrder::TRANSFER_APPROVED);
  EXPECT_EQ(Order(never).state(), PortOrder::CONTACTING_CARRIER);
}

// It is killed while its answers are on their way, again and again.
TEST_F(Simulators, ACarrierThatIsKilledSettlesEveryNumberOnce) {
  constexpr int kNumbers = 450;
  constexpr int kKills = 4;
  constexpr int kOrdersMax = 5;
  constexpr int kWeeks = 6;  // that an order takes here, as far as the clock is moved
  auto carrier = Start("dialtone-carrier");
  int in_the_middle = 0;  // a machine that is busy may let the carrier end before it is killed
  for (int i = 0; i < kOrdersMax && in_the_middle == 0; ++i) {
    const std::string name = Submit(absl::StrFormat("47%02d", i), kNumbers, i * kWeeks);
    carrier->Kill();
    carrier = Start("dialtone-carrier");
    AwaitOrder(name, PortOrder::TRANSFER_APPROVED);
    Advance(7 * kWeeks * kDay);
    int settled = 0;
    for (int kill = 0; kill < kKills && settled < kNumbers; ++kill) {
      const int wanted = std::min(settled + 10, kNumbers);
      settled = Settled(
          AwaitOrder(name, [wanted](const PortOrder& order) { return Settled(order) >= wanted; }));
      carrier->Kill();
      in_the_middle += Settled(Order(name)) < kNumbers ? 1 : 0;
      carrier = Start("dialtone-carrier");
    }
    AwaitOrder(name, PortOrder::COMPLETED);
    std::map<std::string, int> moved;
    for (const PortTransition& step : Transitions(name)) {
      if (step.event() == "NumberTransferred") ++moved[step.e164()];
    }
    EXPECT_THAT(moved, SizeIs(kNumbers));
    for (const auto& [number, times] : moved) EXPECT_EQ(times, 1) << number;
  }
  EXPECT_GT(in_the_middle, 0) << "or nothing is shown";
  EXPECT_EQ(carrier->Stop(), 0);
}

// As with two nodes of one ledger, of which one lives: the server is now here, now there.
TEST_F(Simulators, ACarrierFindsTheServerAgainThatWasAway) {
  const std::string here = server_->address();
  StopServer();
  StartServer({});
  const auto carrier = Start("dialtone-carrier", {"--server", here + "," + server_->address()});
  const std::string before = Submit("4711");
  AwaitOrder(before, PortOrder::TRANSFER_APPROVED);
  StopServer();
  StartServer({"--listen", here});
  const std::string after = Submit("4712");
  AwaitOrder(after, PortOrder::TRANSFER_APPROVED);
  Advance(40 * kDay);
  AwaitOrder(before, PortOrder::COMPLETED);
  AwaitOrder(after, PortOrder::COMPLETED);
  EXPECT_EQ(carrier->Stop(), 0);
}

TEST_F(Simulators, AnAuthorityAcceptsCorrectsAndRejects) {
  const auto authority = Start("dialtone-authority");
  const Address plain = Validate("400");
  const Address corrected = Validate("9001");
  const Address rejected = Validate("9002");
  AwaitAddress(plain, Address::VALIDATED);
  EXPECT_EQ(AwaitAddress(corrected, Address::CORRECTION_OFFERED).correction().street(),
            "Broad Street");
  EXPECT_NE(AwaitAddress(rejected, Address::REJECTED).rejection(), "");
  EXPECT_EQ(authority->Stop(), 0);
}

TEST_F(Simulators, AnAuthorityIsSlowWithOneAndNotWithTheOthers) {
  auto authority = Start("dialtone-authority", {"--rule", "7=slow-2h"});
  const Address slow = Validate("7");
  AwaitAddress(Validate("400"), Address::VALIDATED);
  EXPECT_EQ(AddressNow(slow).state(), Address::VALIDATING);
  authority->Kill();
  authority = Start("dialtone-authority", {"--rule", "7=slow-2h"});
  AwaitAddress(Validate("401"), Address::VALIDATED);
  EXPECT_EQ(AddressNow(slow).state(), Address::VALIDATING);
  Advance(hours(2));
  AwaitAddress(slow, Address::VALIDATED);
}

TEST_F(Simulators, AnAuthorityThatIsDownAnswersNobodyUntilItComesBack) {
  const auto authority = Start("dialtone-authority");
  const Address downing = Validate("9004");
  const Address other = Validate("400");  // which the watch tells behind the first
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (LogOf("dialtone-authority").find("down until") == std::string::npos &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(AddressNow(downing).state(), Address::VALIDATING);
  EXPECT_EQ(AddressNow(other).state(), Address::VALIDATING);
  EXPECT_THAT(LogOf("dialtone-authority"), ::testing::Not(HasSubstr("accepted")));
  Advance(std::chrono::minutes(10));
  AwaitAddress(downing, Address::VALIDATED);
  AwaitAddress(other, Address::VALIDATED);
}

TEST_F(Simulators, RefuseWhatTheyDoNotKnowWithTheWordsThatTheyKnow) {
  for (const auto& flags : {std::vector<std::string>{"--rule", "1=perhaps"},
                            std::vector<std::string>{"--script", "/nowhere"},
                            std::vector<std::string>{"--colour", "red"}}) {
    const auto started = ChildProcess::Start("dialtone-carrier", flags, folder_.path(), "watching");
    EXPECT_FALSE(started.has_value());
  }
  const std::string log = LogOf("dialtone-carrier");
  EXPECT_THAT(log, HasSubstr("a script is accept, never, partly, late"));
  EXPECT_THAT(log, HasSubstr("the file /nowhere cannot be read"));
  EXPECT_THAT(log, HasSubstr("there is no flag --colour"));
}

TEST_F(Simulators, ActivateNumbersAndTellOfThoseThatTheyCannot) {
  const auto carrier = Start("dialtone-carrier");
  const auto authority = Start("dialtone-authority");
  LoadNumbers(*caller_, 12065550198, 2);
  TakeNumbers(*caller_, "organizations/contoso", 2);
  const Address address = AwaitAddress(Validate("400"), Address::VALIDATED);
  emergency::v1::AcceptDisclaimerRequest accept;
  accept.set_parent("organizations/contoso");
  accept.set_country("US");
  caller_->Must<emergency::v1::Disclaimer>(accept);
  const auto activated = [&](const std::string& digits) {
    emergency::v1::AssignEmergencyAddressRequest assign;
    assign.set_name("organizations/contoso/numbers/" + digits);
    assign.set_location(address.name() + "/locations/default");
    caller_->Must<inventory::v1::Number>(assign);
    inventory::v1::GetNumberRequest get;
    get.set_name(assign.name());
    return Await<inventory::v1::Number>(
               [&] { return caller_->Must<inventory::v1::Number>(get); },
               [](const auto& number) { return number.activation().has_answer_time(); })
        .activation();
  };
  EXPECT_EQ(activated("12065550199").state(), inventory::v1::Activation::ACTIVATED);
  const auto failed = activated("12065550198");
  EXPECT_NE(failed.state(), inventory::v1::Activation::ACTIVATED);
  EXPECT_EQ(failed.problem(), inventory::v1::Activation::LOCATION_UNKNOWN);
  EXPECT_EQ(carrier->Stop(), 0);
  EXPECT_EQ(authority->Stop(), 0);
}

}  // namespace
}  // namespace dialtone::testing
