// Credits that are consumed at once, put aside, or forfeited.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/domain/billing/bookkeeping.h"
#include "controlplane/domain/billing/credits.h"
#include "controlplane/domain/billing/decide.h"
#include "controlplane/domain/billing/payments.h"
#include "controlplane/domain/billing/rating.h"
#include "controlplane/domain/billing/recharge.h"
#include "controlplane/domain/billing/rules.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/policy/policy.h"

namespace dialtone::billing {

namespace {

struct HoldTag {
  static constexpr const char* kPrefix = "h";
};

bool IsUser(const Organization& organization, const std::string& name) {
  return organizations::FindUser(organization.organizations, name) != nullptr;
}

// The rules of an amount that a user consumes or puts aside, once it is known.
Rules& RequireFunds(Rules& rules, const type::v1::Money& amount, const CreditAccount& account,
                    const Context& context) {
  return rules
      .Require(amount.micros() > 0, CREDITS_AMOUNT_INVALID, Named{"micros", amount.micros()})
      .Require(IsOwnCurrency(amount, account, context), CREDITS_OF_OTHER_CURRENCY,
               Named{"currency", account.currency_code()},
               Named{"sold_in", context.policy().rating().currency_code()});
}

Rules& RequireEnough(Rules& rules, const type::v1::Money& amount, const CreditAccount& account) {
  return rules.Require(account.available().micros() >= amount.micros(), CREDITS_INSUFFICIENT,
                       Named{"code", kBalanceNotFound},
                       Named{"available_micros", account.available().micros()},
                       Named{"asked_micros", amount.micros()});
}

// What a consumption is of: an amount, or a call at its price.
struct Charge {
  type::v1::Money amount;
  const policy::v1::Rate* rate = nullptr;
  std::uint32_t seconds = 0;
  bool is_number = true;
};

Charge ChargeOf(const ConsumeCreditsRequest& request, const Context& context) {
  Charge charge;
  if (!request.has_call()) {
    charge.amount = request.amount();
    return charge;
  }
  const auto number = E164::Parse(request.call().destination());
  charge.is_number = number.has_value();
  if (number) charge.rate = context.policy().RateFor(*number, context.now());
  if (charge.rate == nullptr) return charge;
  const std::uint64_t seconds = BillableSeconds(*charge.rate, request.call().seconds());
  charge.seconds = static_cast<std::uint32_t>(seconds);
  charge.amount.set_currency_code(context.policy().rating().currency_code());
  charge.amount.set_micros(PriceOf(*charge.rate, seconds));
  return charge;
}

void Write(const ConsumeCreditsRequest& request, const Bookkeeping& books,
           Consumption& consumption) {
  consumption.set_user(request.user());
  consumption.set_reference(request.reference());
  consumption.mutable_available()->set_currency_code(books.before().currency_code());
  consumption.mutable_available()->set_micros(books.MicrosOf(ACCOUNT_CREDITS));
}

// Costs nothing, and asks for nothing: no user, licence, account or balance stands in its way.
Decision<Consumption> LetThrough(const ConsumeCreditsRequest& request,
                                 const CreditAccount& account) {
  CreditsConsumed consumed;
  Consumption& consumption = *consumed.mutable_consumption();
  Write(request, Bookkeeping(account), consumption);
  *consumption.mutable_amount() = account.available();
  consumption.mutable_amount()->set_micros(0);
  consumption.set_destination(kEmergency);
  return Replied(consumption, consumed);
}

template <class E>
void AddParts(E& event, const std::vector<LotPart>& parts) {
  event.mutable_parts()->Assign(parts.begin(), parts.end());
}

// The hold is over: what was captured is consumed, and the rest goes back to its lots. What came
// from a lot that has expired meanwhile is forfeited.
CreditHoldEnded End(CreditHold hold, CreditHold::State end, std::int64_t captured,
                    const Organization& organization) {
  CreditHoldEnded ended;
  std::int64_t left = captured;
  std::int64_t returned = 0;
  std::int64_t forfeited = 0;
  for (const LotPart& part : hold.parts()) {
    const std::int64_t taken = std::min(left, part.micros());
    left -= taken;
    const std::int64_t rest = part.micros() - taken;
    const bool is_alive = organization.billing.lots.Has(part.lot());
    (is_alive ? returned : forfeited) += rest;
    if (!is_alive || rest == 0) continue;
    LotPart& back = *ended.add_returned();
    back.set_lot(part.lot());
    back.set_micros(rest);
  }
  Bookkeeping books(organization.billing.account.get());
  books.Move(ACCOUNT_HELD, ACCOUNT_REVENUE, captured)
      .Move(ACCOUNT_HELD, ACCOUNT_CREDITS, returned)
      .Move(ACCOUNT_HELD, ACCOUNT_EXPIRED, forfeited);
  hold.set_state(end);
  *hold.mutable_captured() = hold.amount();
  hold.mutable_captured()->set_micros(captured);
  *ended.mutable_hold() = std::move(hold);
  books.WriteTo(ended);
  return ended;
}

Decision<Nothing> Expire(const Lot& lot, const Organization& organization, Context& context) {
  LotExpired expired;
  *expired.mutable_lot() = lot;
  expired.mutable_lot()->mutable_remaining()->set_micros(0);
  expired.set_forfeited_micros(lot.remaining().micros());
  Bookkeeping books(organization.billing.account.get());
  books.Move(ACCOUNT_CREDITS, ACCOUNT_EXPIRED, lot.remaining().micros());
  books.WriteTo(expired);
  return Recharged(Done(std::move(expired)), organization, books, context);
}

CreditHold NewHold(const PlaceHoldRequest& request, const std::vector<LotPart>& parts,
                   Timestamp until, Context& context) {
  CreditHold hold;
  hold.set_name(request.parent() + "/holds/" + context.NewId<HoldTag>().text());
  hold.set_user(request.user());
  hold.set_reference(request.reference());
  *hold.mutable_amount() = request.amount();
  hold.set_state(CreditHold::PENDING);
  *hold.mutable_create_time() = ToProto(context.now());
  *hold.mutable_expire_time() = ToProto(until);
  AddParts(hold, parts);
  return hold;
}

}  // namespace

// domain.md 9: the user's licence, a balance, and the price of the destination. An emergency call
// is never refused.
Verdict<Consumption> Decide(const ConsumeCreditsRequest& request, const Organization& organization,
                            Context& context) {
  CreditAccount fresh;
  const CreditAccount& account = AccountOf(organization, fresh);
  if (request.has_call() && IsEmergency(request.call().destination(), context.policy()))
    return LetThrough(request, account);
  if (auto refused = Admit(type::v1::ADMISSION_UNSPECIFIED, organization))
    return tl::unexpected(std::move(*refused));
  const Charge charge = ChargeOf(request, context);
  const bool has_rate = !request.has_call() || charge.rate != nullptr;

  Rules rules = context.rules();
  rules
      .Require(charge.is_number, USAGE_RECORD_INVALID,
               Named{"number", request.call().destination()})
      .Require(IsUser(organization, request.user()), CREDIT_USER_NOT_FOUND,
               Named{"user", request.user()})
      .Require(has_rate, DESTINATION_WITHOUT_RATE, Named{"number", request.call().destination()});
  RequireCredits(rules, request.user(), organization, context);
  RequireFunds(rules, charge.amount, account, context);
  RequireEnough(rules, charge.amount, account);
  if (!rules) return rules.refusal();

  CreditsConsumed consumed;
  Bookkeeping books(account);
  books.Move(ACCOUNT_CREDITS, ACCOUNT_REVENUE, charge.amount.micros());
  books.WriteTo(consumed);
  AddParts(consumed, OldestLots(organization.billing, charge.amount.micros()));
  Consumption& consumption = *consumed.mutable_consumption();
  Write(request, books, consumption);
  *consumption.mutable_amount() = charge.amount;
  consumption.set_charged_seconds(charge.seconds);
  if (charge.rate != nullptr) consumption.set_destination(charge.rate->destination());
  return Recharged(Replied(consumption, std::move(consumed)), organization, books, context);
}

Verdict<CreditHold> Decide(const PlaceHoldRequest& request, const Organization& organization,
                           Context& context) {
  const auto& limits = context.policy().credits();
  const Duration ttl = FromProto(request.has_ttl() ? request.ttl() : limits.hold_ttl());
  CreditAccount fresh;
  const CreditAccount& account = AccountOf(organization, fresh);

  Rules rules = context.rules();
  rules.Require(IsUser(organization, request.user()), CREDIT_USER_NOT_FOUND,
                Named{"user", request.user()});
  RequireCredits(rules, request.user(), organization, context);
  RequireFunds(rules, request.amount(), account, context)
      .Require(ttl > Duration() && ttl <= FromProto(limits.hold_ttl_max()), CREDIT_HOLD_TOO_LONG,
               Named{"seconds_max", limits.hold_ttl_max().seconds()});
  RequireEnough(rules, request.amount(), account);
  if (!rules) return rules.refusal();
  const auto parts = OldestLots(organization.billing, request.amount().micros());
  rules.Require(parts.size() <= limits.hold_lots_max(), CREDIT_HOLD_OF_TOO_MANY_LOTS,
                Named{"lots", parts.size()}, Named{"max", limits.hold_lots_max()});
  if (!rules) return rules.refusal();

  CreditsHeld held;
  Bookkeeping books(account);
  books.Move(ACCOUNT_CREDITS, ACCOUNT_HELD, request.amount().micros());
  books.WriteTo(held);
  *held.mutable_hold() = NewHold(request, parts, context.now() + ttl, context);
  return Recharged(Replied(held.hold(), held), organization, books, context);
}

Verdict<CreditHold> Decide(const CaptureHoldRequest& request, const Organization& organization,
                           Context& context) {
  const CreditHold* const hold = organization.billing.holds.Find(request.name());
  if (hold == nullptr)
    return tl::unexpected(Reject(CREDIT_HOLD_NOT_FOUND, Named{"hold", request.name()}));
  const type::v1::Money& amount = request.has_amount() ? request.amount() : hold->amount();

  Rules rules = context.rules();
  RequireFunds(rules, amount, organization.billing.account.get(), context)
      .Require(amount.micros() <= hold->amount().micros(), CAPTURE_BEYOND_HOLD,
               Named{"held_micros", hold->amount().micros()},
               Named{"asked_micros", amount.micros()});
  if (!rules) return rules.refusal();

  const CreditHoldEnded ended = End(*hold, CreditHold::CAPTURED, amount.micros(), organization);
  return Replied(ended.hold(), ended);
}

Verdict<CreditHold> Decide(const VoidHoldRequest& request, const Organization& organization,
                           Context&) {
  const CreditHold* const hold = organization.billing.holds.Find(request.name());
  if (hold == nullptr)
    return tl::unexpected(Reject(CREDIT_HOLD_NOT_FOUND, Named{"hold", request.name()}));
  const CreditHoldEnded ended = End(*hold, CreditHold::VOIDED, 0, organization);
  return Replied(ended.hold(), ended);
}

// A hold gives back what it has, a lot forfeits what is left: 12 months, domain.md 9. A payment is
// given up, or forgotten.
Verdict<Nothing> Decide(const ExpireCredits& due, const Organization& organization,
                        Context& context) {
  const State& state = organization.billing;
  if (const CreditHold* const hold = state.holds.Find(due.name()))
    return Done(End(*hold, CreditHold::EXPIRED, 0, organization));
  if (const Payment* const payment = state.payments.Find(due.name()))
    return End(*payment, state, context);
  const auto lot = std::find_if(state.lots.begin(), state.lots.end(), [&](const auto& numbered) {
    return numbered.second.name() == due.name();
  });
  return Expire(lot->second, organization, context);
}

}  // namespace dialtone::billing
