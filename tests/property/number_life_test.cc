// Whatever becomes of an organization's numbers: what a number says may be done with it is what the
// commands accept, what is derived from numbers agrees with them, and the view shows the same.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/domain/emergency/decide.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "dialtone/porting/v1/porting_event.pb.h"
#include "projections/inventory/inventory_projection.h"
#include "projections/inventory/inventory_queries.h"
#include "projections/inventory/inventory_rows.h"
#include "tests/support/memory_view.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::inventory {
namespace {

using testing::Story;

const std::string kContoso = "organizations/contoso";
const std::string kSpare = kContoso + "/users/spare";  // never gets a number
const std::vector<std::string> kUsers = {kAnn, kBob, kContoso + "/users/eve"};
const std::vector<std::string> kNumbers = {"+12065550100", "+12065550101", "+14255550100",
                                           "+18005550100"};

class Company {
 public:
  Company();
  void Act();
  void ExpectSound();

 private:
  const State& state() const { return story_.organization().inventory; }
  Number AnyNumber() const;
  std::string AnyUser() const { return *rc::gen::elementOf(kUsers); }
  template <class Request, class DecideFn>
  void Do(const Request& request, DecideFn decide) {
    story_.When(request, decide);
    Show();
  }
  template <class Request>
  void Do(const Request& request) {
    Do(request, kDecide);
  }
  void Answer(const Number& number);
  void MovePort();
  // Another carrier asks for the number, has it, or gets it not.
  void MovePortOut(const Number& number);
  void Assign();
  void AssignMany();
  void ReleaseOrRestore(const Number& number);
  // What happened since the last command, to the view.
  void Show();
  // The command goes through, if it came now.
  template <class Request, class DecideFn>
  bool Goes(const Request& request, DecideFn decide) {
    story_.DryRun().When(request, decide);
    return !story_.answer()->has_refusal();
  }
  template <class Request>
  bool Goes(const Request& request) {
    return Goes(request, kDecide);
  }
  bool Goes(const Number& number, NumberAction action);
  void ExpectWhatIsAllowed(const Number& number);
  void ExpectDerived();
  void ExpectShown();

  Story story_;
  projections::InventoryProjection projection_;
  projections::MemoryView view_{projection_};
  std::uint64_t index_ = 0;
};

// Licences, quotas, addresses and countries stand in nobody's way.
Company::Company() {
  Prepare(story_);
  story_.Given(testing::LicensesAssigned("MCOEV", 50));
  for (const std::string& user : kUsers)
    story_.Given(UserIn(user, "US"), Licensed(user, {"MCOEV", "MCOPSTN1"}));
  story_.Given(UserIn(kSpare, "US"), Licensed(kSpare, {"MCOEV", "MCOPSTN1"}));
  story_.Given(Ported(story_, kNumbers[2]), Ported(story_, kNumbers[3], TOLL_FREE));
  Show();
  const auto reservation =
      story_.When(testing::Reserve("contoso", {kSeattle}, 2), kDecide).ThenReplied<Reservation>();
  Show();
  Do(testing::Acquire(reservation));
}

void Company::Show() {
  ++index_;
  for (const auto& [aggregate, event] : story_.events()) {
    ledger::v1::Outcome outcome;
    outcome.set_aggregate(aggregate);
    *outcome.add_events() = event;
    RC_ASSERT(!view_.Project(outcome, {{0, index_}, story_.now()}));
  }
}

Number Company::AnyNumber() const {
  Number number;
  const std::string e164 = *rc::gen::elementOf(kNumbers);
  const Number* const held = FindNumber(state(), *E164::Parse(e164));
  if (held != nullptr) return *held;
  number.set_name(kContoso + "/numbers/" + e164.substr(1));
  number.set_e164(e164);
  return number;
}

void Company::Assign() {
  const Number number = AnyNumber();
  Do(inventory::Assign(number, AnyUser()));
}

void Company::AssignMany() {
  BatchAssignNumbersRequest request;
  request.set_parent(kContoso);
  for (int i = 0; i < 4; ++i) {
    auto& row = *request.add_assignments();
    row.set_number(AnyNumber().e164());
    row.set_user(AnyUser());
    row.set_location(kOffice);
  }
  Do(request);
}

void Company::Answer(const Number& number) {
  if (*rc::gen::arbitrary<bool>()) {
    auto complete = Naming<CompleteActivationRequest>(number);
    complete.set_etag(number.activation().etag());
    return Do(complete);
  }
  auto fail = Naming<FailActivationRequest>(number);
  fail.set_etag(number.activation().etag());
  Do(fail);
}

void Company::MovePort() {
  porting::v1::PortOrderAccepted event;
  event.mutable_port_order()->set_name(kContoso + "/portOrders/p1");
  event.mutable_port_order()->set_state(*rc::gen::element(porting::v1::PortOrder::TRANSFER_PENDING,
                                                          porting::v1::PortOrder::COMPLETED));
  story_.Given(event);
  Show();
}

void Company::MovePortOut(const Number& number) {
  if (FindNumber(state(), number.name()) == nullptr) return;
  const std::uint64_t digits = E164::Parse(number.e164())->digits();
  if (number.port_out().empty()) {
    NumbersLeaving leaving;
    leaving.set_port_out(kContoso + "/portOuts/o1");
    leaving.add_numbers(digits);
    story_.Given(leaving);
  } else if (*rc::gen::inRange(0, 4) > 0) {
    NumbersStaying staying;
    staying.add_numbers(digits);
    story_.Given(staying);
  } else {
    NumbersPortedOut gone;
    auto& group = *gone.add_numbers();
    group.set_hold(number.hold());
    group.add_numbers()->set_digits(digits);
    story_.Given(gone);
  }
  Show();
}

void Company::ReleaseOrRestore(const Number& number) {
  if (!state().released.empty())
    return Do(Naming<RestoreNumbersRequest>({state().released.begin()->second.number().e164()}));
  if (*rc::gen::arbitrary<bool>()) return Do(GiveBack({number.e164()}));
  Do(Naming<BatchReleaseNumbersRequest>({number.e164(), number.e164(), kNumbers[0]}));
}

// One thing that may happen, at random; it may well be refused.
void Company::Act() {
  const Number number = AnyNumber();
  switch (*rc::gen::inRange(0, 14)) {
    case 0:
    case 1:
      return Assign();
    case 2:
      return AssignMany();
    case 3:
      return Do(Naming<UnassignNumberRequest>(number));
    case 4:
      return Do(Naming<BatchUnassignNumbersRequest>({number.e164(), kNumbers[1], kNumbers[1]}));
    case 5:
      return ReleaseOrRestore(number);
    case 6:
      return Do(Block(number, *rc::gen::element(0U, 1U, 3U)));
    case 7:
      return Do(Naming<UnblockNumberRequest>(number));
    case 8:
      return Do(ChangeUse(number, *rc::gen::element(SUBSCRIBER, TOLL, TOLL_FREE)));
    case 9:
      return Answer(number);
    case 10: {
      auto locate = Naming<emergency::v1::AssignEmergencyAddressRequest>(number);
      locate.set_location(kOffice);
      return Do(locate, emergency::kDecide);
    }
    case 11:
      return MovePort();
    case 12:
      return MovePortOut(number);
    default: {
      SetNumberSettingsRequest settings;
      settings.set_parent(kContoso);
      settings.set_cooling_off_days(*rc::gen::element(0U, 2U));
      Do(settings);
      story_.Wait(Duration::Days(*rc::gen::element(0, 1, 2)));
      return Show();
    }
  }
}

bool Company::Goes(const Number& number, NumberAction action) {
  switch (action) {
    case ASSIGN:
      return Goes(inventory::Assign(number, kSpare));
    case UNASSIGN:
      return Goes(Naming<UnassignNumberRequest>(number));
    case RELEASE:
      return Goes(GiveBack({number.e164()}));
    case BLOCK:
      return Goes(Block(number));
    case UNBLOCK:
      return Goes(Naming<UnblockNumberRequest>(number));
    case CHANGE_USE:
      return Goes(ChangeUse(number, number.type() == TOLL ? SUBSCRIBER : TOLL));
    case TAG: {
      auto tag = Naming<TagNumberRequest>(number);
      tag.add_tags("x");
      return Goes(tag);
    }
    case LOCATE: {
      auto locate = Naming<emergency::v1::AssignEmergencyAddressRequest>(number);
      locate.set_location(kOffice);
      return Goes(locate, emergency::kDecide);
    }
    // The door lets no answer without an etag through.
    case COMPLETE_ACTIVATION: {
      auto complete = Naming<CompleteActivationRequest>(number);
      complete.set_etag(number.has_activation() ? number.activation().etag() : "none");
      return Goes(complete);
    }
    case FAIL_ACTIVATION: {
      auto fail = Naming<FailActivationRequest>(number);
      fail.set_etag(number.has_activation() ? number.activation().etag() : "none");
      return Goes(fail);
    }
    case NUMBER_ACTION_UNSPECIFIED:
    case NumberAction_INT_MIN_SENTINEL_DO_NOT_USE_:
    case NumberAction_INT_MAX_SENTINEL_DO_NOT_USE_:
      return false;
  }
  return false;
}

void Company::ExpectWhatIsAllowed(const Number& number) {
  const PortProgress port = PortOf(number, story_.organization().porting);
  const auto allowed = AllowedActions(number, port, story_.now());
  for (int i = NumberAction_MIN; i <= NumberAction_MAX; ++i) {
    const auto action = static_cast<NumberAction>(i);
    const bool is_allowed = std::find(allowed.begin(), allowed.end(), action) != allowed.end();
    RC_LOG() << number.ShortDebugString() << " " << NumberAction_Name(action) << "\n";
    RC_ASSERT(Goes(number, action) == is_allowed);
  }
}

void Company::ExpectDerived() {
  std::array<std::uint64_t, NumberType_ARRAYSIZE> from_stock{};
  std::map<std::string, int> numbers_of;
  for (const auto& [digits, number] : state().numbers) {
    if (number.source() == Number::STOCK) ++from_stock[static_cast<std::size_t>(number.type())];
    RC_ASSERT((number.state() == Number::ASSIGNED) == !number.assignee().empty());
    if (number.assignee().empty()) continue;
    RC_ASSERT(++numbers_of[number.assignee()] == 1);  // a user has one at most
    RC_ASSERT(number.type() == SUBSCRIBER);
    RC_ASSERT(BlockAt(number, story_.now()) == nullptr);
    RC_ASSERT(state().assigned.contains({number.assignee(), digits}));
  }
  RC_ASSERT(from_stock == state().from_stock);
  RC_ASSERT(numbers_of.size() == state().assigned.size());
}

// Each number as it is, and each that the carrier has not answered once in its list.
void Company::ExpectShown() {
  const auto rows = view_.TakeSnapshot();
  std::size_t shown = 0;
  std::multiset<std::string> waiting, pending;
  rows.ForEach<Number>(projections::kNumbers, {projections::Key(kContoso), "", ""},
                       [&](std::string_view, const Number& row) {
                         const Number* const held = FindNumber(state(), row.name());
                         RC_ASSERT(held != nullptr);
                         RC_ASSERT(held->SerializeAsString() == row.SerializeAsString());
                         ++shown;
                         if (IsPending(row.activation()))
                           pending.insert(row.name() + row.activation().etag());
                         return projections::Walk::kOn;
                       });
  rows.ForEach<Number>(projections::kActivations.rows, {},
                       [&](std::string_view, const Number& row) {
                         waiting.insert(row.name() + row.activation().etag());
                         return projections::Walk::kOn;
                       });
  RC_ASSERT(shown == state().numbers.size());
  RC_ASSERT(waiting == pending);
}

void Company::ExpectSound() {
  ExpectDerived();
  ExpectShown();
  std::vector<Number> numbers;
  for (const auto& [digits, number] : state().numbers) numbers.push_back(number);
  for (const Number& number : numbers) ExpectWhatIsAllowed(number);
}

RC_GTEST_PROP(Inventory, AllowsWhatItSaysAndShowsWhatIs, ()) {
  Company company;
  const int steps = *rc::gen::inRange(1, 25);
  for (int step = 0; step < steps; ++step) {
    company.Act();
    company.ExpectSound();
  }
}

}  // namespace
}  // namespace dialtone::inventory
