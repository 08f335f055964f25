#include "controlplane/domain/billing/usage_rater.h"

#include <algorithm>
#include <charconv>

#include "controlplane/domain/billing/credits.h"
#include "controlplane/domain/billing/rating.h"
#include "controlplane/domain/billing/rules.h"
#include "controlplane/domain/licensing/rules.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/kernel/e164.h"

namespace dialtone::billing {

namespace {

constexpr char kUnrated[] = "";
constexpr std::uint64_t kDigits7 = 1'000'000;               // the least of 7 digits
constexpr std::uint64_t kDigits16 = 1'000'000'000'000'000;  // the least of 16

// Calls that came to our number: the caller pays, unless it is toll-free.
bool IsIncoming(CallType type) {
  return type == CALL_TYPE_USER_IN || type == CALL_TYPE_CONF_IN || type == CALL_TYPE_UCAP_IN;
}

// Calls that the plan of a user pays.
bool IsOfPlan(CallType type) {
  return type == CALL_TYPE_USER_OUT || type == CALL_TYPE_USER_OUT_CONF ||
         type == CALL_TYPE_USER_OUT_TRANSFER || type == CALL_TYPE_USER_OUT_FORWARDING;
}

std::vector<std::uint64_t> NumbersOf(const policy::v1::Emergency& emergency) {
  std::vector<std::uint64_t> numbers;
  for (const std::string& text : emergency.numbers()) {
    std::from_chars(text.data(), text.data() + text.size(), numbers.emplace_back());
  }
  return numbers;
}

void Reserve(UsageRecorded& event, int records) {
  event.mutable_start_step_micros()->Reserve(records);
  event.mutable_user()->Reserve(records);
  event.mutable_number()->Reserve(records);
  event.mutable_seconds()->Reserve(records);
  event.mutable_call_type()->Reserve(records);
  event.mutable_destination()->Reserve(records);
  event.mutable_pool_seconds()->Reserve(records);
  event.mutable_charged_seconds()->Reserve(records);
  event.mutable_charge_micros()->Reserve(records);
}

}  // namespace

UsageRater::UsageRater(const UsageBatch& batch, const Organization& organization,
                       const Context& context, std::size_t records)
    : batch_(batch),
      organization_(organization),
      context_(context),
      policy_(context.policy()),
      late_before_((context.now() - FromProto(policy_.rating().late_max())).micros()),
      pools_(organization, context),
      users_(static_cast<std::size_t>(batch.users_size())),
      emergency_numbers_(NumbersOf(policy_.emergency())),
      name_(organizations::OrganizationName(organization.organizations) + "/users/"),
      prefix_size_(name_.size()),
      available_(HasCreditsAccount(organization.billing)
                     ? organization.billing.account.get().available().micros()
                     : 0) {
  Reserve(event_, static_cast<int>(records));
  event_.set_first_sequence(batch.first_sequence());
  event_.set_currency_code(policy_.rating().currency_code());
  *event_.mutable_users() = batch.users();
}

void UsageRater::Add(std::uint32_t place) {
  const UsageRecord& record = batch_.records(static_cast<int>(place));
  const Rated rated = Rate(record);
  const auto added = static_cast<std::uint32_t>(event_.number_size());
  const bool has_offsets = event_.offset_size() > 0;
  if (place != added || has_offsets) {
    for (std::uint32_t i = has_offsets ? added : 0; i < added; ++i) event_.add_offset(i);
    event_.add_offset(place);
  }
  if (rated.refusal != BILLING_REFUSAL_UNSPECIFIED) Refuse(place, rated.refusal);
  AppendColumns(record, rated);
}

void UsageRater::AppendColumns(const UsageRecord& record, const Rated& rated) {
  const bool is_refused = rated.refusal != BILLING_REFUSAL_UNSPECIFIED;
  if (is_refused || event_.refusal_size() > 0) {
    event_.mutable_refusal()->Resize(event_.number_size(), 0);
    event_.add_refusal(rated.refusal);
  }
  // Without a sign, so that what was refused for its time may be any number.
  const auto start = static_cast<std::uint64_t>(record.start_micros());
  event_.add_start_step_micros(static_cast<std::int64_t>(start - last_start_));
  last_start_ = start;
  event_.add_user(record.user());
  event_.add_number(record.number());
  event_.add_seconds(record.seconds());
  event_.add_call_type(record.call_type());
  event_.add_destination(rated.destination);
  event_.add_pool_seconds(rated.pool_seconds);
  event_.add_charged_seconds(rated.charged_seconds);
  event_.add_charge_micros(rated.charge);
  charged_ += rated.charge;
  available_ -= rated.charge;
}

void UsageRater::Refuse(std::uint32_t place, BillingRefusal refusal) {
  const std::string& reason = BillingRefusal_Name(refusal);
  auto& told = *result_.mutable_refusals();
  auto group = std::find_if(told.begin(), told.end(),
                            [&](const UsageRefusal& known) { return known.reason() == reason; });
  if (group == told.end()) {
    told.Add()->set_reason(reason);
    group = told.end() - 1;
  }
  group->add_sequences(batch_.first_sequence() + place);
  result_.set_refused(result_.refused() + 1);
}

// In the order of the refusals' enum. An emergency call comes before all of them.
UsageRater::Rated UsageRater::Rate(const UsageRecord& record) {
  if (IsEmergencyNumber(record.number())) return Free(kEmergency);
  if (const auto refusal = CheckForm(record); refusal != BILLING_REFUSAL_UNSPECIFIED)
    return Refused(refusal);
  UserFacts* const user = FactsOf(record.user());
  if (user == nullptr) return Refused(CREDIT_USER_NOT_FOUND);
  const E164 number = E164::FromDigits(record.number());
  const Timestamp at = Timestamp::Micros(record.start_micros());
  if (IsIncoming(record.call_type())) {
    const auto* const rate = policy_.InboundRateFor(number, at);
    return rate == nullptr ? Free(kIncoming) : RateAt(*rate, record, *user, nullptr);
  }
  const auto* const rate = policy_.RateFor(number, at);
  if (rate == nullptr) return Refused(DESTINATION_WITHOUT_RATE);
  return RateAt(*rate, record, *user, PoolOf(record, *user));
}

UsageRater::Rated UsageRater::Free(const char* destination) {
  Rated rated;
  rated.destination = DestinationOf(destination);
  return rated;
}

UsageRater::Rated UsageRater::Refused(BillingRefusal refusal) {
  Rated rated;
  rated.refusal = refusal;
  rated.destination = DestinationOf(kUnrated);
  return rated;
}

// The pool pays what it has left; the credits pay the rest: a call that crosses the end is split.
UsageRater::Rated UsageRater::RateAt(const policy::v1::Rate& rate, const UsageRecord& record,
                                     UserFacts& user, OpenPool* pool) {
  Rated rated;
  rated.destination = DestinationOf(rate);
  const std::uint64_t seconds = BillableSeconds(rate, record.seconds());
  const std::string_view iso =
      pool == nullptr ? std::string_view() : policy_.CountryOf(E164::FromDigits(record.number()));
  const std::uint64_t from_pool = pool == nullptr ? 0 : pool->Take(seconds, iso);
  const std::int64_t charge = PriceOf(rate, seconds - from_pool);
  if (charge > 0) rated.refusal = CheckCredits(charge, user, record.user());
  if (rated.refusal != BILLING_REFUSAL_UNSPECIFIED) {
    if (from_pool > 0) pool->GiveBack(from_pool, iso);
    return rated;
  }
  rated.pool_seconds = static_cast<std::uint32_t>(from_pool);
  rated.charged_seconds = static_cast<std::uint32_t>(seconds - from_pool);
  rated.charge = charge;
  return rated;
}

BillingRefusal UsageRater::CheckForm(const UsageRecord& record) const {
  const bool is_number = record.number() >= kDigits7 && record.number() < kDigits16;
  const bool is_type =
      record.call_type() != CALL_TYPE_UNSPECIFIED && CallType_IsValid(record.call_type());
  if (!is_number || !is_type) return USAGE_RECORD_INVALID;
  if (record.start_micros() > context_.now().micros()) return USAGE_IN_THE_FUTURE;
  const bool is_longer_than_late = record.seconds() > policy_.rating().late_max().seconds();
  if (record.start_micros() < late_before_ || is_longer_than_late) return USAGE_TOO_LATE;
  return BILLING_REFUSAL_UNSPECIFIED;
}

BillingRefusal UsageRater::CheckCredits(std::int64_t charge, UserFacts& user, std::uint32_t index) {
  if (!are_credits_sold_) are_credits_sold_ = AreCreditsSold(organization_, context_);
  if (!*are_credits_sold_) return ORGANIZATION_WITHOUT_CREDITS;
  if (!HasCreditsAccount(organization_.billing)) return CREDIT_BALANCE_NOT_FOUND;
  if (!user.can_consume) {
    user.can_consume =
        licensing::CanConsumeCredits(organization_.licensing, NameOf(index), policy_);
  }
  if (!*user.can_consume) return USER_WITHOUT_CREDITS_LICENSE;
  if (organization_.billing.account.get().currency_code() != event_.currency_code())
    return CREDITS_OF_OTHER_CURRENCY;
  return charge <= available_ ? BILLING_REFUSAL_UNSPECIFIED : CREDITS_INSUFFICIENT;
}

bool UsageRater::IsEmergencyNumber(std::uint64_t digits) const {
  return digits < kDigits7 && std::find(emergency_numbers_.begin(), emergency_numbers_.end(),
                                        digits) != emergency_numbers_.end();
}

const std::string& UsageRater::NameOf(std::uint32_t index) {
  name_.resize(prefix_size_);
  return name_ += batch_.users(static_cast<int>(index));
}

UsageRater::UserFacts* UsageRater::FactsOf(std::uint32_t index) {
  if (index >= users_.size()) return nullptr;
  UserFacts& facts = users_[index];
  if (!facts.is_resolved) {
    facts.is_resolved = true;
    facts.user = organization_.organizations.users.Find(NameOf(index));
  }
  return facts.user == nullptr ? nullptr : &facts;
}

const Month& UsageRater::MonthAt(Timestamp at) {
  if (!month_.Has(at)) {
    month_ = MonthOf(at);
    dial_out_.reset();
  }
  return month_;
}

OpenPool* UsageRater::PoolOf(const UsageRecord& record, UserFacts& user) {
  const Timestamp at = Timestamp::Micros(record.start_micros());
  const Month& month = MonthAt(at);
  if (record.call_type() == CALL_TYPE_CONF_OUT) {
    const std::string_view iso = policy_.CountryOf(E164::FromDigits(record.number()));
    const bool is_in_zone = policy_.InZone(policy_.conferencing().dial_out_zone(), iso, at);
    if (is_in_zone && !dial_out_) dial_out_ = pools_.OfDialOut(month);
    return is_in_zone ? *dial_out_ : nullptr;
  }
  if (!IsOfPlan(record.call_type())) return nullptr;
  if (user.pool_month == month.begin) return user.pool;
  user.pool_month = month.begin;
  user.licenses = organization_.licensing.users.Find(NameOf(record.user()));
  user.pool = user.licenses == nullptr
                  ? nullptr
                  : pools_.OfPlan(*user.licenses, user.user->usage_location(), month);
  return user.pool;
}

std::uint32_t UsageRater::DestinationOf(const policy::v1::Rate& rate) {
  const auto [found, is_new] = destinations_.try_emplace(&rate, 0);
  if (is_new) found->second = AddDestination(rate.destination());
  return found->second;
}

// REQUIRES: a name of this slice, always by the same pointer.
std::uint32_t UsageRater::DestinationOf(const char* name) {
  const auto [found, is_new] = destinations_.try_emplace(name, 0);
  if (is_new) found->second = AddDestination(name);
  return found->second;
}

std::uint32_t UsageRater::AddDestination(const std::string& name) {
  event_.add_destinations(name);
  return static_cast<std::uint32_t>(event_.destinations_size() - 1);
}

UsageRecorded UsageRater::TakeEvent() {
  result_.set_recorded(static_cast<std::uint32_t>(event_.number_size()) - result_.refused());
  for (MinutePool& pool : pools_.Touched()) *event_.add_pools() = std::move(pool);
  return std::move(event_);
}

}  // namespace dialtone::billing
