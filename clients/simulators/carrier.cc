#include "clients/simulators/carrier.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "clients/cpp/methods.h"
#include "clients/simulators/activation.h"
#include "dialtone/inventory/v1/provisioning_service.pb.h"
#include "dialtone/porting/v1/carrier_service.pb.h"
#include "dialtone/porting/v1/porting_event.pb.h"
#include "dialtone/porting/v1/porting_service.pb.h"

namespace dialtone::clients::simulators {

namespace {

using namespace porting::v1;  // NOLINT(google-build-using-namespace): the requests by their names
using Kind = PortScript::Kind;
using Times = PortScript::Times;

constexpr int kTransferHour = 17;  // UTC: morning on either coast of the United States
constexpr int kOneStaysOf = 3;     // numbers, of kPartly
constexpr int kAccountsPerScript = 100;
constexpr int kRejectAccounts = 4000;  // and the cause's number
constexpr int kRejectOnceAccounts = 4100;
constexpr int kRevokeAccounts = 4200;
constexpr int kRevokeOnceAccounts = 4300;
constexpr int kRejectionsMax = kAccountsPerScript - 1;

struct Word {
  const char* text;
  Kind kind;
};
constexpr Word kWords[] = {{"accept", Kind::kAccept}, {"reject", Kind::kReject},
                           {"revoke", Kind::kRevoke}, {"never", Kind::kNever},
                           {"partly", Kind::kPartly}, {"late", Kind::kLate}};

bool SaysNo(Kind kind) { return kind == Kind::kReject || kind == Kind::kRevoke; }

std::optional<absl::CivilDay> DayOf(const std::string& text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) return std::nullopt;
  return day;
}

WallTime At(absl::CivilDay day, int hour) {
  return WallTime(std::chrono::microseconds(
      absl::ToUnixMicros(absl::FromCivil(absl::CivilHour(day) + hour, absl::UTCTimeZone()))));
}

// When the transfer begins: on the day that is asked for, or on the next one that is still to come.
WallTime TransferTime(const PortOrder& order, WallTime now) {
  absl::CivilDay day = DayOf(order.requested_date())
                           .value_or(absl::ToCivilDay(absl::FromChrono(now), absl::UTCTimeZone()));
  if (At(day, kTransferHour) <= now)
    day = absl::ToCivilDay(absl::FromChrono(now), absl::UTCTimeZone()) + 1;
  return At(day, kTransferHour);
}

template <class Request>
Deed Answer(const PortOrder& order, Request request, std::string_view what) {
  request.set_name(order.name());
  const std::string said(what);
  return {absl::StrCat(order.name(), "\n", order.etag(), "\n", said),
          FromProto(order.submit_time()), std::make_shared<Request>(std::move(request)),
          said + " " + order.name()};
}

Deed Accept(const PortOrder& order) {
  AcceptOrderRequest request;
  request.set_etag(order.etag());
  return Answer(order, std::move(request), "accepted");
}

Deed Reject(const PortOrder& order, PortRejection cause) {
  RejectOrderRequest request;
  request.set_etag(order.etag());
  request.set_rejection(cause);
  return Answer(order, std::move(request), "rejected for " + PortRejection_Name(cause));
}

Deed Confirm(const PortOrder& order, WallTime transfer) {
  ConfirmFirmOrderCommitmentRequest request;
  request.set_etag(order.etag());
  *request.mutable_transfer_time() = ToProto(transfer);
  const std::string time =
      absl::FormatTime(absl::RFC3339_sec, absl::FromChrono(transfer), absl::UTCTimeZone());
  return Answer(order, std::move(request), "committed to " + time);
}

// Settled numbers change the order, and its etag with it: what tells one transfer from another is
// the submission.
template <class Request>
Deed Settle(const PortOrder& order, const std::string& e164, Request request, const char* what) {
  request.set_name(order.name());
  request.set_e164(e164);
  return {absl::StrCat(order.name(), "\n", order.submit_time().seconds(), "\n", what, " ", e164),
          FromProto(order.transfer_time()), std::make_shared<Request>(std::move(request)),
          absl::StrCat(what, " ", e164, " of ", order.name())};
}

std::vector<Deed> SettleNumbers(const PortOrder& order, Kind kind) {
  std::vector<Deed> deeds;
  for (int i = 0; i < order.numbers_size(); ++i) {
    const PortNumber& number = order.numbers(i);
    if (number.state() != PortNumber::WAITING) continue;
    if (kind == Kind::kPartly && i % kOneStaysOf == kOneStaysOf - 1) {
      FailNumberRequest failed;
      failed.set_rejection(NUMBER_INACTIVE);
      deeds.push_back(Settle(order, number.e164(), std::move(failed), "left"));
    } else {
      deeds.push_back(Settle(order, number.e164(), CompleteNumberRequest(), "moved"));
    }
  }
  return deeds;
}

// The losing carrier is asked for its word.
Plan Commit(const PortOrder& order, const PortScript& script, WallTime now) {
  if (script.kind == Kind::kNever) return {};
  if (script.kind == Kind::kReject) return {{Reject(order, script.cause)}, std::nullopt};
  const auto due = DayOf(order.answer_due_date());
  if (script.kind == Kind::kLate && due && now < At(*due + 1, 0)) return {{}, At(*due + 1, 0)};
  return {{Confirm(order, TransferTime(order, now))}, std::nullopt};
}

// It has given its word. An organization that asks for another day meanwhile gets it.
Plan Keep(const PortOrder& order, const PortScript& script, WallTime now) {
  if (script.kind == Kind::kRevoke) return {{Reject(order, script.cause)}, std::nullopt};
  const auto asked = DayOf(order.requested_date());
  const bool is_other_day = asked && At(*asked, kTransferHour) > now &&
                            At(*asked, kTransferHour) != FromProto(order.transfer_time());
  if (!is_other_day) return {};
  return {{Confirm(order, At(*asked, kTransferHour))}, std::nullopt};
}

Plan Transfer(const PortOrder& order, const PortScript& script, WallTime now) {
  const WallTime begins = FromProto(order.transfer_time());
  if (now < begins) return {{}, begins};
  return {SettleNumbers(order, script.kind), std::nullopt};
}

tl::expected<Past, Failure> PastOf(const std::string& order, Client& client) {
  ListPortTransitionsRequest request;
  request.set_name(order);
  do {
    const auto page = client.Call<ListPortTransitionsResponse>(request);
    if (!page) return tl::unexpected(page.error());
    for (const PortTransition& step : page->transitions()) {
      if (step.event() == PortOrderRejected::descriptor()->name()) return Past::kRejected;
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return Past::kClean;
}

After TakeOrder(const PortOrder& order, const PortScript& script, Client& client, Agenda& agenda) {
  Past past = Past::kClean;
  if (NeedsPast(script)) {
    const auto told = PastOf(order.name(), client);
    if (!told) return {After::What::kTellAgain, {}};
    past = *told;
  }
  agenda.Set(order.name(), [=](WallTime now) { return PlanFor(order, script, past, now); });
  return {};
}

}  // namespace

tl::expected<PortScript, std::string> ParsePortScript(std::string_view text) {
  const std::vector<std::string> words =
      absl::StrSplit(absl::string_view(text.data(), text.size()), '-');
  const tl::unexpected<std::string> wrong(
      "a script is accept, never, partly, late, or (reject|revoke)[-once]-CAUSE, not " +
      std::string(text));
  const auto* const word = std::find_if(std::begin(kWords), std::end(kWords),
                                        [&](const Word& one) { return words[0] == one.text; });
  if (word == std::end(kWords)) return wrong;
  PortScript script;
  script.kind = word->kind;
  std::size_t next = 1;
  if (SaysNo(script.kind) && words.size() > 1 && words[1] == "once") {
    script.times = Times::kOnce;
    ++next;
  }
  if (SaysNo(script.kind) &&
      (words.size() <= next || !PortRejection_Parse(words[next++], &script.cause) ||
       script.cause == PORT_REJECTION_UNSPECIFIED))
    return wrong;
  if (next != words.size()) return wrong;
  return script;
}

std::string TextOf(const PortScript& script) {
  const auto* const word = std::find_if(std::begin(kWords), std::end(kWords),
                                        [&](const Word& one) { return one.kind == script.kind; });
  if (!SaysNo(script.kind)) return word->text;
  return absl::StrCat(word->text, script.times == Times::kOnce ? "-once-" : "-",
                      PortRejection_Name(script.cause));
}

Rules<PortScript> CarrierRules() {
  Rules<PortScript> rules(ParsePortScript);
  const auto add = [&](int account, const PortScript& script) {
    rules.Add(absl::StrCat(account, "=", TextOf(script)));
  };
  for (int cause = PortRejection_MIN + 1; cause <= std::min(+PortRejection_MAX, kRejectionsMax);
       ++cause) {
    if (!PortRejection_IsValid(cause)) continue;
    const auto rejection = static_cast<PortRejection>(cause);
    add(kRejectAccounts + cause, {Kind::kReject, Times::kAlways, rejection});
    add(kRejectOnceAccounts + cause, {Kind::kReject, Times::kOnce, rejection});
    add(kRevokeAccounts + cause, {Kind::kRevoke, Times::kAlways, rejection});
    add(kRevokeOnceAccounts + cause, {Kind::kRevoke, Times::kOnce, rejection});
  }
  for (const char* const rule : {"4401=partly", "4402=never", "4403=late"}) rules.Add(rule);
  return rules;
}

bool NeedsPast(const PortScript& script) { return script.times == Times::kOnce; }

Plan PlanFor(const PortOrder& order, const PortScript& script, Past past, WallTime now) {
  const bool has_had_its_no = NeedsPast(script) && past == Past::kRejected;
  const PortScript played = has_had_its_no ? PortScript() : script;
  switch (order.state()) {
    case PortOrder::PROCESSING:
      return {{Accept(order)}, std::nullopt};
    case PortOrder::CONTACTING_CARRIER:
      return Commit(order, played, now);
    case PortOrder::TRANSFER_APPROVED:
      return Keep(order, played, now);
    case PortOrder::TRANSFER_PENDING:
      return Transfer(order, played, now);
    case PortOrder::STATE_UNSPECIFIED:
    case PortOrder::DRAFT:
    case PortOrder::SUBMITTING:
    case PortOrder::QUEUED:
    case PortOrder::ERROR:
    case PortOrder::COMPLETED:
    case PortOrder::CANCELLED:
    case PortOrder_State_PortOrder_State_INT_MIN_SENTINEL_DO_NOT_USE_:
    case PortOrder_State_PortOrder_State_INT_MAX_SENTINEL_DO_NOT_USE_:
      return {};
  }
  return {};
}

std::string_view Carrier::help() const {
  return "Plays the carrier: answers port orders by the losing account's number, and activates "
         "numbers.\n"
         "  SCRIPT is accept, never, partly, late, or (reject|revoke)[-once]-CAUSE\n"
         "  KEY is an account number, without blanks and dashes\n";
}

// Its watches, each with what it does: a further one is a line here.
std::vector<Watch> Carrier::Watches(Client& client, const ServerClock& /*clock*/, Agenda& agenda) {
  const auto take_order = [this, &client, &agenda](const google::protobuf::Message& item) {
    const PortOrder& order = static_cast<const WatchOrdersResponse&>(item).port_order();
    return TakeOrder(order, rules_.Of(order.losing_account().account_number()), client, agenda);
  };
  const auto take_number = [&agenda](const google::protobuf::Message& item) {
    const auto& number = static_cast<const inventory::v1::WatchActivationsResponse&>(item).number();
    agenda.Set(number.name(), [number](WallTime) { return PlanFor(number); });
    return After();
  };
  return {{&MethodOf(*WatchOrdersRequest::descriptor()), take_order},
          {&MethodOf(*inventory::v1::WatchActivationsRequest::descriptor()), take_number}};
}

}  // namespace dialtone::clients::simulators
