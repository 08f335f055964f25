#include "projections/billing/billing_rows.h"

#include <utility>
#include <vector>

#include "controlplane/kernel/timestamp.h"
#include "projections/billing/usage_rows.h"

namespace dialtone::projections {

namespace {

using namespace billing::v1;

// One event, where it happened, and where its rows go.
struct Scene {
  const std::string& organization;
  Moment at;
  RowWriter& rows;
  std::string month;  // YYYY-MM
};

// A line of the statement that is to be written: what it changes of `available` and of the balance.
struct Change {
  StatementLine::Kind kind;
  std::int64_t available;
  std::int64_t balance;
  std::string resource;
  std::string reference;
  std::uint64_t calls = 0;
};

// What an account has behind an event.
struct After {
  std::string currency_code;
  std::int64_t available = 0;
  std::int64_t balance = 0;  // with what is held
};

After AfterOf(const CreditAccount& account) {
  return {account.currency_code(), account.available().micros(),
          account.available().micros() + account.held().micros()};
}

// What changes the balance says by how much; holds say what they do to `available`.
std::int64_t AmountOf(const Change& change) {
  return change.balance != 0 ? change.balance : change.available;
}

void Set(type::v1::Money& money, std::int64_t micros, const std::string& currency_code) {
  money.set_currency_code(currency_code);
  money.set_micros(micros);
}

// The lines of one event, in order; `after` is the account behind the last of them.
void Write(const Scene& scene, const After& after, const std::vector<Change>& changes) {
  std::int64_t available = after.available;
  std::int64_t balance = after.balance;
  std::uint64_t lines_before = 0;
  scene.rows.Update(kStatementEnds, Key(scene.organization), [&](StatementEnd& end) {
    lines_before = end.lines();
    end.set_lines(lines_before + changes.size());
  });
  for (std::size_t i = changes.size(); i-- > 0;) {
    const Change& change = changes[i];
    StatementLine line;
    *line.mutable_time() = ToProto(scene.at.time);
    line.set_kind(change.kind);
    Set(*line.mutable_amount(), AmountOf(change), after.currency_code);
    Set(*line.mutable_available(), available, after.currency_code);
    Set(*line.mutable_balance(), balance, after.currency_code);
    line.set_resource(change.resource);
    line.set_reference(change.reference);
    line.set_calls(change.calls);
    line.set_position(ToText(scene.at.position));
    scene.rows.Put(kStatementLines, Key(scene.organization, Descending{lines_before + i}), line);
    available -= change.available;
    balance -= change.balance;
  }
}

void Add(type::v1::Money& sum, const type::v1::Money& amount, std::int64_t sign) {
  sum.set_currency_code(amount.currency_code());
  sum.set_micros(sum.micros() + sign * amount.micros());
}

void AddToTrialBalance(const Scene& scene,
                       const google::protobuf::RepeatedPtrField<Posting>& postings) {
  scene.rows.Update(kTrialBalances, Key(scene.organization), [&](TrialBalance& trial) {
    trial.set_parent(scene.organization);
    trial.set_position(ToText(scene.at.position));
    for (const Posting& posting : postings) {
      Posting* sum = nullptr;
      for (Posting& known : *trial.mutable_balances()) {
        if (known.account() == posting.account() &&
            known.amount().currency_code() == posting.amount().currency_code())
          sum = &known;
      }
      if (sum == nullptr) sum = trial.add_balances();
      sum->set_account(posting.account());
      Add(*sum->mutable_amount(), posting.amount(), 1);
    }
  });
}

// The month's totals. A new one opens with what there was before this event.
void AddToInvoice(const Scene& scene, const After& after,
                  const google::protobuf::RepeatedPtrField<Posting>& postings) {
  scene.rows.Update(kInvoices, Key(scene.organization, scene.month), [&](Invoice& invoice) {
    const bool is_new = invoice.name().empty();
    invoice.set_name(scene.organization + "/invoices/" + scene.month);
    std::int64_t change = 0;
    for (auto* const sum :
         {invoice.mutable_funded(), invoice.mutable_consumed(), invoice.mutable_expired()})
      sum->set_currency_code(after.currency_code);
    for (const Posting& posting : postings) {
      const type::v1::Money& amount = posting.amount();
      if (posting.account() == ACCOUNT_CASH) Add(*invoice.mutable_funded(), amount, 1);
      if (posting.account() == ACCOUNT_REVENUE) Add(*invoice.mutable_consumed(), amount, -1);
      if (posting.account() == ACCOUNT_EXPIRED) Add(*invoice.mutable_expired(), amount, -1);
      const bool is_owed =
          posting.account() == ACCOUNT_CREDITS || posting.account() == ACCOUNT_HELD;
      if (is_owed) change -= amount.micros();
    }
    Set(*invoice.mutable_closing_balance(), after.balance, after.currency_code);
    if (is_new)
      Set(*invoice.mutable_opening_balance(), after.balance - change, after.currency_code);
  });
}

void Put(const Scene& scene, const CreditAccount& account) {
  scene.rows.Put(kCreditAccounts, Key(scene.organization), account);
}

After Keep(const Scene& scene, const CreditsFunded& event) {
  Put(scene, event.account());
  return AfterOf(event.account());
}

// REQUIRES: E has balances.
template <class E>
After Keep(const Scene& scene, const E& event) {
  After after;
  scene.rows.Update(kCreditAccounts, Key(scene.organization), [&](CreditAccount& account) {
    const CreditBalances& balances = event.balances();
    account.mutable_available()->set_micros(balances.available_micros());
    account.mutable_held()->set_micros(balances.held_micros());
    account.mutable_funded()->set_micros(balances.funded_micros());
    account.mutable_consumed()->set_micros(balances.consumed_micros());
    account.mutable_expired()->set_micros(balances.expired_micros());
    after = AfterOf(account);
  });
  return after;
}

// What every event that moves money does. REQUIRES: E has postings, and is for Keep.
template <class E>
After Book(const Scene& scene, const E& event) {
  After after = Keep(scene, event);
  AddToTrialBalance(scene, event.postings());
  AddToInvoice(scene, after, event.postings());
  return after;
}

template <class Parts>
void AddToLots(const Scene& scene, const Parts& parts, std::int64_t sign) {
  for (const LotPart& part : parts) {
    scene.rows.Update(kLots, Key(scene.organization, part.lot()), [&](Lot& lot) {
      lot.mutable_remaining()->set_micros(lot.remaining().micros() + sign * part.micros());
    });
  }
}

std::int64_t Forfeited(const google::protobuf::RepeatedPtrField<Posting>& postings) {
  std::int64_t micros = 0;
  for (const Posting& posting : postings)
    micros -= posting.account() == ACCOUNT_EXPIRED ? posting.amount().micros() : 0;
  return micros;
}

void AddToInvoiceLine(const Scene& scene, const Consumption& consumption) {
  scene.rows.Update(kInvoiceLines, Key(scene.organization, scene.month, consumption.destination()),
                    [&](InvoiceLine& line) {
                      line.set_destination(consumption.destination());
                      line.set_calls(line.calls() + (consumption.destination().empty() ? 0 : 1));
                      line.set_seconds(line.seconds() + consumption.charged_seconds());
                      Add(*line.mutable_amount(), consumption.amount(), 1);
                    });
}

void PutPayment(const Scene& scene, const Payment& payment) {
  scene.rows.Put(kPayments, Key(scene.organization, payment.name()), payment);
}

void Show(const Scene& scene, const PaymentRequested& event) {
  PutPayment(scene, event.payment());
  Put(scene, event.account());
  PutWaiting(scene.rows, kWaitingPayments, scene.at.position, event.payment());
}

void Show(const Scene& scene, const PaymentDeclined& event) {
  PutPayment(scene, event.payment());
  EndWaiting(scene.rows, kWaitingPayments, event.payment().name());
  Put(scene, event.account());
}

void Show(const Scene& scene, const PaymentExpired& event) {
  PutPayment(scene, event.payment());
  EndWaiting(scene.rows, kWaitingPayments, event.payment().name());
  Put(scene, event.account());
}

void Show(const Scene& scene, const CreditsFunded& event) {
  PutPayment(scene, event.payment());
  EndWaiting(scene.rows, kWaitingPayments, event.payment().name());
  scene.rows.Put(kLots, Key(scene.organization, event.lot().number()), event.lot());
  const After after = Book(scene, event);
  const std::int64_t micros = event.lot().amount().micros();
  Write(
      scene, after,
      {{StatementLine::FUNDING, micros, micros, event.lot().name(), event.payment().reference()}});
}

void Show(const Scene& scene, const AutoRechargeSet& event) { Put(scene, event.account()); }

void Show(const Scene& scene, const CreditsHeld& event) {
  const CreditHold& hold = event.hold();
  scene.rows.Put(kHolds, Key(scene.organization, hold.name()), hold);
  AddToLots(scene, hold.parts(), -1);
  const After after = Book(scene, event);
  Write(scene, after,
        {{StatementLine::HOLD, -hold.amount().micros(), 0, hold.name(), hold.reference()}});
}

// Captured, given back and forfeited are lines of their own.
void Show(const Scene& scene, const CreditHoldEnded& event) {
  const CreditHold& hold = event.hold();
  scene.rows.Put(kHolds, Key(scene.organization, hold.name()), hold);
  AddToLots(scene, event.returned(), 1);
  const After after = Book(scene, event);
  const std::int64_t captured = hold.captured().micros();
  const std::int64_t forfeited = Forfeited(event.postings());
  const std::int64_t returned = hold.amount().micros() - captured - forfeited;
  std::vector<Change> changes;
  const auto add = [&](StatementLine::Kind kind, std::int64_t available, std::int64_t balance) {
    if (available != 0 || balance != 0)
      changes.push_back({kind, available, balance, hold.name(), hold.reference()});
  };
  add(StatementLine::CAPTURE, 0, -captured);
  add(StatementLine::RELEASE, returned, 0);
  add(StatementLine::EXPIRY, 0, -forfeited);
  Write(scene, after, changes);
  if (captured == 0) return;
  Consumption consumption;
  *consumption.mutable_amount() = hold.captured();
  AddToInvoiceLine(scene, consumption);
}

void Show(const Scene& scene, const CreditsConsumed& event) {
  const Consumption& consumption = event.consumption();
  AddToInvoiceLine(scene, consumption);
  if (!event.has_balances()) return;  // an emergency call
  AddToLots(scene, event.parts(), -1);
  const After after = Book(scene, event);
  const std::int64_t micros = consumption.amount().micros();
  Write(scene, after,
        {{StatementLine::CONSUMPTION, -micros, -micros, consumption.user(),
          consumption.reference()}});
}

void Show(const Scene& scene, const LotExpired& event) {
  scene.rows.Put(kLots, Key(scene.organization, event.lot().number()), event.lot());
  const After after = Book(scene, event);
  const std::int64_t micros = event.forfeited_micros();
  if (micros == 0) return;
  Write(scene, after, {{StatementLine::EXPIRY, -micros, -micros, event.lot().name(), ""}});
}

void PutSource(const Scene& scene, const UsageSource& source) {
  scene.rows.Put(kUsageSources, Key(scene.organization, source.name()), source);
}

void Show(const Scene& scene, const UsageSourceRegistered& event) {
  PutSource(scene, event.source());
}

void Show(const Scene& scene, const UsageSkipped& event) { PutSource(scene, event.source()); }

void Show(const Scene& scene, const UsageRecorded& event) {
  PutSource(scene, event.source());
  for (const MinutePool& pool : event.pools())
    scene.rows.Put(kMinutePools, Key(scene.organization, pool.month(), pool.name()), pool);
  ProjectCalls(event, scene.organization, scene.at, scene.rows);
  if (!event.has_balances()) return;
  AddToLots(scene, event.parts(), -1);
  const After after = Book(scene, event);
  Change change{StatementLine::USAGE, 0, 0, event.source().name(), ""};
  for (const std::int64_t micros : event.charge_micros()) {
    change.available -= micros;
    change.calls += micros > 0 ? 1 : 0;
  }
  change.balance = change.available;
  Write(scene, after, {change});
}

}  // namespace

void Project(const BillingEvent& event, const std::string& aggregate, Moment at, RowWriter& rows) {
  const Scene scene{aggregate, at, rows, MonthText(at.time)};
  switch (event.event_case()) {
    case BillingEvent::kPaymentRequested:
      return Show(scene, event.payment_requested());
    case BillingEvent::kPaymentDeclined:
      return Show(scene, event.payment_declined());
    case BillingEvent::kCreditsFunded:
      return Show(scene, event.credits_funded());
    case BillingEvent::kAutoRechargeSet:
      return Show(scene, event.auto_recharge_set());
    case BillingEvent::kCreditsHeld:
      return Show(scene, event.credits_held());
    case BillingEvent::kCreditHoldEnded:
      return Show(scene, event.credit_hold_ended());
    case BillingEvent::kCreditsConsumed:
      return Show(scene, event.credits_consumed());
    case BillingEvent::kLotExpired:
      return Show(scene, event.lot_expired());
    case BillingEvent::kUsageSourceRegistered:
      return Show(scene, event.usage_source_registered());
    case BillingEvent::kUsageRecorded:
      return Show(scene, event.usage_recorded());
    case BillingEvent::kUsageSkipped:
      return Show(scene, event.usage_skipped());
    case BillingEvent::kPaymentExpired:
      return Show(scene, event.payment_expired());
    case BillingEvent::kPaymentForgotten:
      return;  // lists know it still
    case BillingEvent::EVENT_NOT_SET:
      return rows.Unknown(event);
  }
}

}  // namespace dialtone::projections
