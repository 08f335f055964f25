#include "clients/simulators/authority.h"

#include <absl/strings/str_cat.h>

#include <memory>
#include <utility>

#include "clients/cpp/methods.h"
#include "dialtone/emergency/v1/address_authority_service.pb.h"

namespace dialtone::clients::simulators {

namespace {

using namespace emergency::v1;  // NOLINT(google-build-using-namespace): the requests by their names
using Kind = ValidationScript::Kind;

struct Word {
  const char* text;
  Kind kind;
};
constexpr Word kWords[] = {{"accept", Kind::kAccept},
                           {"correct", Kind::kCorrect},
                           {"reject", Kind::kReject},
                           {"slow", Kind::kSlow},
                           {"down", Kind::kDown}};

constexpr const char* kRules[] = {"9001=correct", "9002=reject", "9003=slow-1m", "9004=down-10m"};
constexpr char kNoSuchHouse[] = "the street has no such house number";

struct Abbreviation {
  std::string_view shorter;
  std::string_view whole;
};
constexpr Abbreviation kStreets[] = {{"St", "Street"},      {"Ave", "Avenue"}, {"Rd", "Road"},
                                     {"Blvd", "Boulevard"}, {"Dr", "Drive"},   {"Ln", "Lane"},
                                     {"Ct", "Court"},       {"Pl", "Place"},   {"Sq", "Square"},
                                     {"Pkwy", "Parkway"},   {"Hwy", "Highway"}};

bool TakesTime(Kind kind) { return kind == Kind::kSlow || kind == Kind::kDown; }

WallTime DueTime(const Address& address, const ValidationScript& script) {
  return FromProto(address.validate_time()) + absl::ToChronoMicroseconds(script.span);
}

Deed Answer(const Address& address, CompleteValidationRequest request, const std::string& what) {
  request.set_name(address.name());
  return {absl::StrCat(address.name(), "\n", address.validate_time().seconds(), ".",
                       address.validate_time().nanos(), "\n", what),
          FromProto(address.validate_time()),
          std::make_shared<CompleteValidationRequest>(std::move(request)),
          what + " " + address.name()};
}

Deed Accept(const Address& address) {
  CompleteValidationRequest request;
  request.mutable_accepted();
  return Answer(address, std::move(request), "accepted");
}

Deed Correct(const Address& address) {
  const auto correction = CorrectionOf(address.civic());
  if (!correction) return Accept(address);
  CompleteValidationRequest request;
  *request.mutable_correction() = *correction;
  return Answer(address, std::move(request), "corrected");
}

Deed Reject(const Address& address) {
  CompleteValidationRequest request;
  request.set_rejection(kNoSuchHouse);
  return Answer(address, std::move(request), "rejected");
}

After TakeAddress(const Address& address, const ValidationScript& script, const ServerClock& clock,
                  Agenda& agenda) {
  if (script.kind == Kind::kDown) {
    const auto reading = clock.Read();
    if (!reading) return {After::What::kTellAgain, {}};
    if (const auto until = DownUntil(address, script, reading->now)) {
      agenda.Clear();  // all that waits is told again then
      return {After::What::kLeave, *until};
    }
  }
  agenda.Set(address.name(), [=](WallTime now) { return PlanFor(address, script, now); });
  return {};
}

}  // namespace

tl::expected<ValidationScript, std::string> ParseValidationScript(std::string_view text) {
  const auto dash = text.find('-');
  for (const Word& word : kWords) {
    if (text.substr(0, dash) != word.text) continue;
    ValidationScript script;
    script.kind = word.kind;
    const bool has_span = dash != std::string_view::npos;
    if (!has_span && !TakesTime(word.kind)) return script;
    if (has_span && TakesTime(word.kind) &&
        absl::ParseDuration(std::string(text.substr(dash + 1)), &script.span) &&
        script.span > absl::ZeroDuration() && script.span < absl::InfiniteDuration())
      return script;
  }
  return tl::unexpected("a script is accept, correct, reject, slow-SPAN or down-SPAN, not " +
                        std::string(text));
}

Rules<ValidationScript> AuthorityRules() {
  Rules<ValidationScript> rules(ParseValidationScript);
  for (const char* const rule : kRules) rules.Add(rule);
  return rules;
}

std::optional<CivicAddress> CorrectionOf(const CivicAddress& civic) {
  const std::string& street = civic.street();
  for (const auto& [shorter, whole] : kStreets) {
    if (street.size() <= shorter.size() + 1) continue;
    const auto begin = street.size() - shorter.size();
    if (street[begin - 1] != ' ' || street.compare(begin, shorter.size(), shorter) != 0) continue;
    CivicAddress correction = civic;
    correction.clear_sealed();
    correction.set_street(street.substr(0, begin) + std::string(whole));
    return correction;
  }
  return std::nullopt;
}

std::optional<WallTime> DownUntil(const Address& address, const ValidationScript& script,
                                  WallTime now) {
  if (script.kind != Kind::kDown || now >= DueTime(address, script)) return std::nullopt;
  return DueTime(address, script);
}

Plan PlanFor(const Address& address, const ValidationScript& script, WallTime now) {
  if (address.state() != Address::VALIDATING) return {};
  switch (script.kind) {
    case Kind::kAccept:
      return {{Accept(address)}, std::nullopt};
    case Kind::kCorrect:
      return {{Correct(address)}, std::nullopt};
    case Kind::kReject:
      return {{Reject(address)}, std::nullopt};
    case Kind::kSlow:
    case Kind::kDown:
      break;
  }
  const WallTime due = DueTime(address, script);
  if (now < due) return {{}, due};
  return {{Accept(address)}, std::nullopt};
}

std::string_view Authority::help() const {
  return "Plays the address authority: answers validations by the house number.\n"
         "  SCRIPT is accept, correct, reject, slow-SPAN or down-SPAN, with a span such as 90s\n"
         "  KEY is a house number\n";
}

std::vector<Watch> Authority::Watches(Client& /*client*/, const ServerClock& clock,
                                      Agenda& agenda) {
  const auto take = [this, &clock, &agenda](const google::protobuf::Message& item) {
    const Address& address = static_cast<const WatchValidationsResponse&>(item).address();
    return TakeAddress(address, rules_.Of(address.civic().house_number()), clock, agenda);
  };
  return {{&MethodOf(*WatchValidationsRequest::descriptor()), take}};
}

}  // namespace dialtone::clients::simulators
