// What must hold of an organization's money whatever happens to it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "controlplane/domain/billing/decide.h"
#include "projections/billing/billing_projection.h"
#include "projections/billing/billing_queries.h"
#include "tests/support/credits.h"
#include "tests/support/memory_view.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::billing {
namespace {

using testing::AddCall;
using testing::Batch;
using testing::Consume;
using testing::kUnit;
using testing::Licensed;
using testing::Story;
using testing::Users;

constexpr std::uint64_t kSeattle = 12065550100;
constexpr std::uint64_t kLondon = 442079460100;

const State& StateOf(const Story& story) { return story.organization().billing; }

// Does something at random, as often as there are choices; each event is looked at by `see`.
class World {
 public:
  World() {
    story_.Given(Users({"ann", "bob"}), Licensed({"ann"}, {"MCOPSTN5", "MCOPSTNPP"}));
    story_.When(testing::RegisterSource(), kDecide);
  }

  void Do(int choice, std::int64_t size) {
    story_.Wait(Duration());  // forgets the events of the last command, should this one not come
    switch (choice % 9) {
      case 0:
        story_.When(testing::Fund(50 + size % 100), kDecide);
        break;
      case 1:
        CompleteOne(size);
        break;
      case 2:
        story_.When(Consume(size % 5 == 0 ? "bob" : "ann", size * 10'007), kDecide);
        break;
      case 3:
        story_.When(testing::Hold("ann", size * 20'011), kDecide);
        break;
      case 4:
        EndOneHold(size);
        break;
      case 5:
        story_.When(testing::AutoRechargeAt(1 + size, 50 + size), kDecide);
        break;
      case 6:
      case 7:
        RecordSome(size);
        break;
      default:
        story_.Wait(Duration::Days(size % 120));
    }
  }

  Story& story() { return story_; }

 private:
  void CompleteOne(std::int64_t size) {
    for (const auto& [name, payment] : StateOf(story_).payments) {
      if (payment.state() != Payment::PENDING) continue;
      const auto result =
          size % 4 == 0 ? CompletePaymentRequest::DECLINED : CompletePaymentRequest::ACCEPTED;
      story_.When(testing::Complete(std::string(name), result), kDecide);
      return;
    }
  }
  void EndOneHold(std::int64_t size) {
    if (StateOf(story_).holds.empty()) return;
    const std::string name = StateOf(story_).holds.begin()->first;
    if (size % 2 == 0) {
      VoidHoldRequest release;
      release.set_name(name);
      story_.When(release, kDecide);
    } else {
      CaptureHoldRequest capture;
      capture.set_name(name);
      *capture.mutable_amount() = testing::Usd(size * 10'009);
      story_.When(capture, kDecide);
    }
  }
  void RecordSome(std::int64_t size) {
    auto batch = Batch(next_, {"ann", "bob"});
    for (std::int64_t i = 0; i <= size % 7; ++i) {
      AddCall(batch, static_cast<std::uint32_t>(i % 2), i % 3 == 0 ? kLondon : kSeattle,
              static_cast<std::uint32_t>(size * 7), story_.now() - Duration::Minutes(i));
    }
    next_ += static_cast<std::uint64_t>(batch.records_size());
    story_.When(batch, kDecide);
  }

  Story story_;
  std::uint64_t next_ = 1;
};

using Choices = std::vector<std::pair<int, std::int64_t>>;

Choices AnyChoices() {
  return *rc::gen::container<Choices>(
      rc::gen::pair(rc::gen::inRange(0, 9), rc::gen::inRange<std::int64_t>(1, 2'000)));
}

const google::protobuf::RepeatedPtrField<Posting>* PostingsOf(const BillingEvent& event) {
  if (event.has_credits_funded()) return &event.credits_funded().postings();
  if (event.has_credits_held()) return &event.credits_held().postings();
  if (event.has_credit_hold_ended()) return &event.credit_hold_ended().postings();
  if (event.has_credits_consumed()) return &event.credits_consumed().postings();
  if (event.has_lot_expired()) return &event.lot_expired().postings();
  if (event.has_usage_recorded()) return &event.usage_recorded().postings();
  return nullptr;
}

void ExpectBalanced(const Story& story) {
  for (const auto& [aggregate, event] : story.events()) {
    const auto* const postings = event.has_billing() ? PostingsOf(event.billing()) : nullptr;
    if (postings == nullptr) continue;
    std::map<std::string, std::int64_t> sums;
    for (const Posting& posting : *postings)
      sums[posting.amount().currency_code()] += posting.amount().micros();
    for (const auto& [currency, sum] : sums) RC_ASSERT(sum == 0);
  }
}

void ExpectWhole(const Story& story) {
  const State& state = StateOf(story);
  const CreditAccount& account = state.account.get();
  std::int64_t in_lots = 0;
  for (const auto& [number, lot] : state.lots) {
    RC_ASSERT(lot.remaining().micros() >= 0);
    RC_ASSERT(lot.remaining().micros() <= lot.amount().micros());
    in_lots += lot.remaining().micros();
  }
  std::int64_t in_holds = 0;
  for (const auto& [name, hold] : state.holds) in_holds += hold.amount().micros();
  RC_ASSERT(in_lots == account.available().micros());
  RC_ASSERT(in_holds == account.held().micros());
  RC_ASSERT(account.available().micros() >= 0);
  RC_ASSERT(in_lots + in_holds + account.consumed().micros() + account.expired().micros() ==
            account.funded().micros());
}

RC_GTEST_PROP(Credits, AreNeverLostNorMadeAndEveryPostingBalances, ()) {
  const auto choices = AnyChoices();
  World world;
  for (const auto& [choice, size] : choices) {
    world.Do(choice, size);
    ExpectBalanced(world.story());
    ExpectWhole(world.story());
  }
}

// As many purchases as one likes, each as large as one likes, by hand or by auto-recharge.
RC_GTEST_PROP(Credits, NeverSumUpToMoreThanAnAccountMayHold, ()) {
  constexpr std::int64_t kPurchaseMax = 1'000'000'000;  // units
  Story story;
  const std::int64_t most = story.policy().credits().funded_max().micros();
  const auto left = *rc::gen::inRange<std::int64_t>(0, 3 * kPurchaseMax);
  testing::Funded(story, 50);
  CreditsFunded funded;  // as if much had been bought and consumed
  *funded.mutable_payment() = StateOf(story).payments.begin()->second;
  *funded.mutable_lot() = *StateOf(story).lots.Find(1);
  *funded.mutable_account() = StateOf(story).account.get();
  funded.mutable_account()->mutable_funded()->set_micros(most - left * kUnit);
  funded.mutable_account()->mutable_consumed()->set_micros(most - (left + 50) * kUnit);
  story.Given(funded);
  for (int i = 0; i < 6; ++i) {
    const auto units = *rc::gen::inRange<std::int64_t>(50, kPurchaseMax + 1);
    if (*rc::gen::arbitrary<bool>()) {
      story.When(testing::Fund(units), kDecide);
    } else {
      story.When(testing::AutoRechargeAt(kPurchaseMax, units), kDecide);
    }
    std::int64_t waiting = 0;
    std::string first;
    for (const auto& [name, payment] : StateOf(story).payments) {
      if (payment.state() != Payment::PENDING) continue;
      waiting += payment.amount().micros();
      first = name;
    }
    RC_ASSERT(waiting == StateOf(story).waiting_micros);
    RC_ASSERT(StateOf(story).account.get().funded().micros() <= most - waiting);
    if (!first.empty() && *rc::gen::arbitrary<bool>())
      story.When(testing::Complete(first), kDecide).ThenOk();
  }
}

// The view of all events of a story, in one entry each.
projections::MemoryView ViewOf(const std::vector<std::pair<ledger::v1::Outcome, Moment>>& told,
                               const projections::BillingProjection& projection) {
  projections::MemoryView view(projection);
  for (const auto& [outcome, at] : told) view.Project(outcome, at);
  return view;
}

RC_GTEST_PROP(Invoices, AreTheSameInEveryReplayAndCloseOnTheBalance, ()) {
  const auto choices = AnyChoices();
  World world;
  std::vector<std::pair<ledger::v1::Outcome, Moment>> told;
  std::uint64_t index = 0;
  for (const auto& [choice, size] : choices) {
    world.Do(choice, size);
    for (const auto& [aggregate, event] : world.story().events()) {
      ledger::v1::Outcome outcome;
      outcome.set_aggregate(aggregate);
      *outcome.add_events() = event;
      told.emplace_back(outcome, Moment{{0, ++index}, world.story().now()});
    }
  }
  const projections::BillingProjection projection;
  const projections::BillingQueries queries{nullptr, projections::PageLimits{500, 1'000}};
  const auto view = ViewOf(told, projection);
  const auto again = ViewOf(told, projection);
  const CreditAccount& account = StateOf(world.story()).account.get();
  std::int64_t consumed = 0;
  std::int64_t closing = 0;
  for (int month = 0; month < 600; ++month) {
    GetInvoiceRequest request;
    request.set_name("organizations/contoso/invoices/" + std::to_string(2018 + month / 12) +
                     (month % 12 < 9 ? "-0" : "-") + std::to_string(month % 12 + 1));
    Invoice invoice;
    Invoice replayed;
    if (!queries.GetInvoice(view.TakeSnapshot(), request, invoice)) continue;
    RC_ASSERT(queries.GetInvoice(again.TakeSnapshot(), request, replayed).has_value());
    RC_ASSERT(invoice.SerializeAsString() == replayed.SerializeAsString());
    RC_ASSERT(invoice.opening_balance().micros() == closing);
    closing = invoice.closing_balance().micros();
    std::int64_t lines = 0;
    for (const InvoiceLine& line : invoice.lines()) lines += line.amount().micros();
    RC_ASSERT(lines == invoice.consumed().micros());
    consumed += lines;
  }
  RC_ASSERT(consumed == account.consumed().micros());
  RC_ASSERT(closing == account.available().micros() + account.held().micros());
}

// One destination, enough money: whoever comes first to the pool's end, the sum is the same.
RC_GTEST_PROP(Usage, ComesToTheSameInWhateverOrderItArrives, ()) {
  const auto seconds =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 1'500));
  auto order = std::vector<std::size_t>(seconds.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto shuffle = *rc::gen::container<std::vector<std::uint32_t>>(
      seconds.size(), rc::gen::arbitrary<std::uint32_t>());
  const auto record_all = [&] {
    World world;
    testing::Funded(world.story(), 5'000);
    const Timestamp start = world.story().now();
    for (const std::size_t i : order) {
      auto batch = Batch(i + 1, {"ann"});
      AddCall(batch, 0, kSeattle, seconds[i], start);
      world.story().When(batch, kDecide).ThenOk();
      world.story().When(batch, kDecide).ThenOk();  // and it counts once
    }
    return StateOf(world.story()).account.get().consumed().micros();
  };
  const std::int64_t in_order = record_all();
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(shuffle[a], a) < std::pair(shuffle[b], b);
  });
  RC_ASSERT(record_all() == in_order);
  std::int64_t minutes = 0;
  for (const std::uint32_t call : seconds) minutes += (call + 59) / 60;
  RC_ASSERT(in_order == std::max<std::int64_t>(0, minutes - 120) * 13'000);
}

}  // namespace
}  // namespace dialtone::billing
