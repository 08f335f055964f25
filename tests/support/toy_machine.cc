#include "tests/support/toy_machine.h"

#include <utility>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/sequence_window.h"

namespace dialtone::testing {

namespace {

using engine::Command;
using engine::Decided;
using engine::DecideFunction;
using engine::ToOutcome;
using ledger::v1::ExerciseEvent;
using ledger::v1::ExerciseReply;
using ledger::v1::ExerciseRequest;

Event Of(ExerciseEvent exercise) {
  Event event;
  *event.mutable_exercise() = std::move(exercise);
  return event;
}

Event Started(const ledger::v1::TransferRequest& request, const RequestId& id) {
  ExerciseEvent event;
  event.mutable_transfer_started()->set_to(request.to());
  event.mutable_transfer_started()->set_amount(request.amount());
  event.mutable_transfer_started()->set_request_id(id.bytes());
  return Of(std::move(event));
}

ExerciseReply Reply(std::int64_t balance) {
  ExerciseReply reply;
  reply.set_balance(balance);
  return reply;
}

Verdict<ExerciseReply> Decide(const ledger::v1::TransferRequest& request, const Account& account,
                              Context& context) {
  if (request.amount() <= 0) return tl::unexpected(Rejection{"NO_AMOUNT", {}});
  if (request.amount() > account.balance()) {
    return tl::unexpected(
        Rejection{"TOO_LITTLE_MONEY", {{"balance", std::to_string(account.balance())}}});
  }
  return Pending(Started(request, context.request_id()));
}

Verdict<ExerciseReply> Decide(const ledger::v1::SetTimerRequest& request, const Account& account,
                              Context& context) {
  ExerciseEvent event;
  event.mutable_timer_set()->set_name(request.name());
  event.mutable_timer_set()->set_due_micros(context.now().micros() + request.span_micros());
  return Replied(Reply(account.balance()), Of(std::move(event)));
}

Verdict<ExerciseReply> Decide(const ledger::v1::CountUsageRequest& request, const Account& account,
                              Context&) {
  ExerciseReply reply = Reply(account.balance());
  switch (account.PlaceOf(request.source(), request.sequence())) {
    case SequenceWindow::Place::kDone:
      reply.set_repeated(true);
      return Replied(std::move(reply));
    case SequenceWindow::Place::kBeyond:
      return tl::unexpected(Rejection{"TOO_FAR_AHEAD", {}});
    case SequenceWindow::Place::kNew:
      break;
  }
  ExerciseEvent event;
  event.mutable_usage_counted()->set_source(request.source());
  event.mutable_usage_counted()->set_sequence(request.sequence());
  event.mutable_usage_counted()->set_amount(request.amount());
  return Replied(std::move(reply), Of(std::move(event)));
}

Verdict<ExerciseReply> Decide(const ledger::v1::GetBalanceRequest&, const Account& account,
                              Context&) {
  return Replied(Reply(account.balance()));
}

// Steps of other accounts: never refused.
Verdict<Nothing> Decide(const ledger::v1::TransferReceived& step, const Account& account) {
  ExerciseEvent event;
  *event.mutable_transfer_received() = step;
  event.mutable_transfer_received()->set_bounced(account.balance() + step.amount() > kBalanceMax);
  return Done(Of(std::move(event)));
}

Verdict<Nothing> Decide(const ledger::v1::TransferSettled& step, const Account& account) {
  if (!account.IsPending(step.request_id())) return Done();
  ExerciseEvent event;
  *event.mutable_transfer_settled() = step;
  const RequestId request(step.request_id());
  if (!step.bounced()) {
    return Answered(request, Reply(account.balance()), Of(std::move(event)));
  }
  return Refused(request, Rejection{"ACCOUNT_FULL", {}}, Of(std::move(event)));
}

template <class Step>
Command StepFor(const std::string& account, Step step) {
  AggregateKey key(account);
  DecideFunction decide = [key, step = std::move(step)](const engine::Machine& machine,
                                                        Context&) -> Decided {
    const auto& found = static_cast<const Account&>(machine.Get(key));
    return ToOutcome(Decide(step, found), RequestId());
  };
  return {std::move(key), std::move(decide)};
}

}  // namespace

void Account::ForEachTable(VisitTable visit) {
  visit({1, 1}, account_);
  visit({1, 2}, transfers_);
  visit({1, 3}, timers_);
  visit({2, 1}, usage_);
}

void Account::Derive() {
  on_its_way_ = 0;
  for (const auto& [id, transfer] : transfers_) on_its_way_ += transfer.amount();
  deadlines_.ClearAll();
  for (const auto& [name, timer] : timers_)
    deadlines_.Set(name, Timestamp::Micros(timer.due_micros()));
}

std::optional<Timestamp> Account::NextDeadline() const {
  const auto first = deadlines_.First();
  if (!first) return std::nullopt;
  return first->at;
}

SequenceWindow::Place Account::PlaceOf(const std::string& source, std::uint64_t sequence) const {
  const ledger::v1::UsageRow* const row = usage_.Find(source);
  const SequenceWindow window =
      row == nullptr ? SequenceWindow() : SequenceWindow::FromProto(row->window());
  return window.PlaceOf(sequence);
}

void Account::Add(std::int64_t amount) {
  ledger::v1::AccountRow& row = account_.Put();
  row.set_balance(row.balance() + amount);
}

void Account::Apply(const ledger::v1::TransferStarted& event) {
  Add(-event.amount());
  ledger::v1::TransferRow& row = transfers_.Put(event.request_id());
  row.set_to(event.to());
  row.set_amount(event.amount());
  on_its_way_ += event.amount();
}

void Account::Apply(const ledger::v1::TransferReceived& event) {
  Add(event.bounced() ? 0 : event.amount());
}

void Account::Apply(const ledger::v1::TransferSettled& event) {
  const std::int64_t amount = transfers_.Find(event.request_id())->amount();
  if (event.bounced()) Add(amount);
  on_its_way_ -= amount;
  transfers_.Erase(event.request_id());
}

void Account::Apply(const ledger::v1::TimerSet& event) {
  timers_.Put(event.name()).set_due_micros(event.due_micros());
  deadlines_.Set(event.name(), Timestamp::Micros(event.due_micros()));
}

void Account::Apply(const ledger::v1::TimerFired& event) {
  timers_.Erase(event.name());
  deadlines_.Clear(event.name());
  account_.Put().set_timers_fired(timers_fired() + 1);
}

void Account::Apply(const ledger::v1::UsageCounted& event) {
  Add(event.amount());
  ledger::v1::UsageRow& row = usage_.Put(event.source());
  SequenceWindow window = SequenceWindow::FromProto(row.window());
  window.Take(event.sequence());
  *row.mutable_window() = window.ToProto();
}

void Account::Apply(const ExerciseEvent& event) {
  switch (event.event_case()) {
    case ExerciseEvent::kTransferStarted:
      return Apply(event.transfer_started());
    case ExerciseEvent::kTransferReceived:
      return Apply(event.transfer_received());
    case ExerciseEvent::kTransferSettled:
      return Apply(event.transfer_settled());
    case ExerciseEvent::kTimerSet:
      return Apply(event.timer_set());
    case ExerciseEvent::kTimerFired:
      return Apply(event.timer_fired());
    case ExerciseEvent::kUsageCounted:
      return Apply(event.usage_counted());
    case ExerciseEvent::EVENT_NOT_SET:
      DIALTONE_CHECK(false, "an event that is not of this machine");
  }
}

std::unique_ptr<Aggregate> ToyMachine::NewAggregate(const std::string&) const {
  return std::make_unique<Account>();
}

void ToyMachine::EvolveEvent(Aggregate& aggregate, const Event& event, Moment) {
  static_cast<Account&>(aggregate).Apply(event.exercise());
}

DecideFunction ToyMachine::DueFunction(const AggregateKey&, const Aggregate& aggregate) const {
  ExerciseEvent event;
  event.mutable_timer_fired()->set_name(static_cast<const Account&>(aggregate).first_timer());
  return [event = std::move(event)](const engine::Machine&, Context&) -> Decided {
    return ToOutcome<Nothing>(Done(Of(event)), RequestId());
  };
}

void ToyReactor::React(const ledger::v1::Outcome& outcome, Moment,
                       absl::FunctionRef<void(Command)> step) const {
  for (const Event& event : outcome.events()) {
    const ExerciseEvent& exercise = event.exercise();
    if (exercise.has_transfer_started()) {
      ledger::v1::TransferReceived received;
      received.set_from(outcome.aggregate());
      received.set_amount(exercise.transfer_started().amount());
      received.set_request_id(exercise.transfer_started().request_id());
      step(StepFor(exercise.transfer_started().to(), std::move(received)));
    }
    if (exercise.has_transfer_received()) {
      ledger::v1::TransferSettled settled;
      settled.set_request_id(exercise.transfer_received().request_id());
      settled.set_bounced(exercise.transfer_received().bounced());
      step(StepFor(exercise.transfer_received().from(), std::move(settled)));
    }
  }
}

DecideFunction DecideToy(const AggregateKey& key, ExerciseRequest request) {
  return [key, request = std::move(request)](const engine::Machine& machine,
                                             Context& context) -> Decided {
    const auto& account = static_cast<const Account&>(machine.Get(key));
    const auto give = [&](Verdict<ExerciseReply> verdict) {
      return ToOutcome(std::move(verdict), context.request_id());
    };
    switch (request.request_case()) {
      case ExerciseRequest::kTransfer:
        return give(Decide(request.transfer(), account, context));
      case ExerciseRequest::kSetTimer:
        return give(Decide(request.set_timer(), account, context));
      case ExerciseRequest::kCountUsage:
        return give(Decide(request.count_usage(), account, context));
      case ExerciseRequest::kGetBalance:
        return give(Decide(request.get_balance(), account, context));
      case ExerciseRequest::REQUEST_NOT_SET:
        break;
    }
    return tl::unexpected(Rejection{"NOTHING_ASKED", {}});
  };
}

}  // namespace dialtone::testing
