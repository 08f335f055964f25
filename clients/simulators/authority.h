// The address authority: what it answers to validations, by scripts.
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "clients/simulators/plan.h"
#include "clients/simulators/rules.h"
#include "clients/simulators/simulator.h"
#include "dialtone/emergency/v1/address.pb.h"

namespace dialtone::clients::simulators {

struct ValidationScript {
  enum class Kind {
    kAccept,
    kCorrect,  // knows the street by its whole name; accepts an address that is written so
    kReject,
    kSlow,  // as kAccept, but `span` after it was asked
    kDown,  // as kSlow, and takes no validations at all meanwhile
  };
  Kind kind = Kind::kAccept;
  absl::Duration span;

  friend bool operator==(const ValidationScript&, const ValidationScript&) = default;
};

// accept, correct, reject; slow-SPAN, down-SPAN with a span such as 90s or 10m. The error is a
// sentence.
tl::expected<ValidationScript, std::string> ParseValidationScript(std::string_view text);

// By house number, as README.md has them.
Rules<ValidationScript> AuthorityRules();

// The address as the authority writes it; none: it is written so already.
std::optional<emergency::v1::CivicAddress> CorrectionOf(const emergency::v1::CivicAddress& civic);

// Until when the authority is down, because it was asked about this one; none: it is not.
std::optional<WallTime> DownUntil(const emergency::v1::Address& address,
                                  const ValidationScript& script, WallTime now);

// What the authority does about the address at this time of the server's.
Plan PlanFor(const emergency::v1::Address& address, const ValidationScript& script, WallTime now);

class Authority final : public Simulator {
 public:
  std::string_view program() const override { return "dialtone-authority"; }
  std::string_view help() const override;
  tl::expected<void, std::string> AddRule(const std::string& rule) override {
    return rules_.Add(rule);
  }
  std::vector<Watch> Watches(Client& client, const ServerClock& clock, Agenda& agenda) override;

 private:
  Rules<ValidationScript> rules_ = AuthorityRules();
};

}  // namespace dialtone::clients::simulators
