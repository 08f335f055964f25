// The losing carrier, and the gateway to it: what it answers to port orders, by scripts; and our
// own carrier, which activates numbers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "clients/simulators/plan.h"
#include "clients/simulators/rules.h"
#include "clients/simulators/simulator.h"
#include "dialtone/porting/v1/port_order.pb.h"

namespace dialtone::clients::simulators {

struct PortScript {
  enum class Kind {
    kAccept,  // accepts, agrees to the day that is asked for, and moves every number then
    kReject,  // says no
    kRevoke,  // agrees, and takes its word back
    kNever,   // takes the order, and says nothing
    kPartly,  // as kAccept, but every third number stays
    kLate,    // as kAccept, but agrees only after the day when it should have
  };
  enum class Times { kAlways, kOnce };  // once: to an order that had no no yet
  Kind kind = Kind::kAccept;
  Times times = Times::kAlways;  // of kReject and kRevoke
  porting::v1::PortRejection cause = porting::v1::PORT_REJECTION_UNSPECIFIED;

  friend bool operator==(const PortScript&, const PortScript&) = default;
};

// accept, never, partly, late; reject-CAUSE, revoke-CAUSE, reject-once-CAUSE, revoke-once-CAUSE.
// The error is a sentence.
tl::expected<PortScript, std::string> ParsePortScript(std::string_view text);
std::string TextOf(const PortScript& script);

// By account number, as README.md has them.
Rules<PortScript> CarrierRules();

// Whether the order was said no to before, as its transitions tell.
enum class Past { kClean, kRejected };
// Only these scripts ask for an order's past.
bool NeedsPast(const PortScript& script);

// What the carrier does about the order at this time of the server's.
Plan PlanFor(const porting::v1::PortOrder& order, const PortScript& script, Past past,
             WallTime now);

class Carrier final : public Simulator {
 public:
  std::string_view program() const override { return "dialtone-carrier"; }
  std::string_view help() const override;
  tl::expected<void, std::string> AddRule(const std::string& rule) override {
    return rules_.Add(rule);
  }
  std::vector<Watch> Watches(Client& client, const ServerClock& clock, Agenda& agenda) override;

 private:
  Rules<PortScript> rules_ = CarrierRules();
};

}  // namespace dialtone::clients::simulators
