// What may be asked of port orders: which actions their state allows, which numbers can be ported.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "controlplane/domain/inventory/state.h"
#include "controlplane/domain/porting/state.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/policy.h"
#include "dialtone/porting/v1/porting_service.pb.h"

namespace dialtone::porting {

// What the order is at that moment: locked, even if the timer is late.
PortOrder::State StateAt(const PortOrder& order, Timestamp at);
// The matrix of domain.md 4.3; that an order waits in line is ours (4.1: one at a time). As nobody
// outside knows of a queued order, it can be cancelled, and its date be kept ahead of the calendar;
// for any other change it leaves the line.
bool Allows(PortOrder::State state, PortAction action);
std::vector<PortAction> AllowedActions(PortOrder::State state);
// As it is shown to callers: with its allowed actions.
PortOrder Shown(PortOrder order);

// With the carrier, or asking the blocks: its numbers are put aside.
bool IsOpen(PortOrder::State state);
// Open, or waiting for its turn.
bool StandsInLine(PortOrder::State state);
// Fills in where a queued order stands, as `state` has it.
void ShowPlace(PortOrder& order, const State& state);

// Where the number stands in the order; -1: it does not.
int IndexOf(const PortOrder& order, const std::string& e164);
// What its block holds for the order, in E.164.
std::vector<std::string> WaitingNumbers(const PortOrder& order);

// What the digits tell: user numbers, unless they are of a mobile or toll-free range.
PortType TypeOf(E164 number, const policy::Policy& policy);
// Why this number could not be in an order of that country and type; unspecified: it could, as far
// as policy knows. Without a country: of its own. UIFN, shared-cost and premium numbers stay where
// they are: domain.md 4.1.
PortingRefusal Obstacle(E164 number, std::string_view country, PortType type,
                        const policy::Policy& policy, Timestamp at);
// Who would work on so many numbers: domain.md 4.1.
PortHandling HandlingOf(std::string_view country, PortType type, int numbers,
                        const policy::Policy& policy, Timestamp at);

// Which numbers could be in orders, and in which. `taken`: those that are here, or on their way.
CheckPortabilityResponse Check(const CheckPortabilityRequest& request,
                               const std::set<std::string>& taken, const policy::Policy& policy,
                               Timestamp at);

// What the numbers are once they are the organization's.
inventory::NumberType TypeAfterwards(PortType type);

// Of a purpose and a text: equal for equal texts, and tells nothing else.
using KeyedHash = std::function<std::string(std::string_view purpose, std::string_view text)>;
// Cuts what is too long (domain.md 4.2), and notes what rules must know. For the border: before the
// text is sealed.
void Prepare(LosingAccount& account, const policy::Policy& policy, const KeyedHash& hash);
std::string SignatureKey(std::string_view signer, const KeyedHash& hash);
std::string PortOutPinHash(std::string_view organization, std::string_view pin,
                           const KeyedHash& hash);

// What is due first. REQUIRES: a deadline.
std::variant<LockTransfer, TakeTurn, EscalateOrder> Due(const State& state);

}  // namespace dialtone::porting
