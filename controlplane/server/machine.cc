#include "controlplane/server/machine.h"

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include "controlplane/domain/aggregates/number_block.h"
#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/billing/decide.h"
#include "controlplane/domain/billing/evolve.h"
#include "controlplane/domain/billing/rules.h"
#include "controlplane/domain/emergency/evolve.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/evolve.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/licensing/evolve.h"
#include "controlplane/domain/organizations/evolve.h"
#include "controlplane/domain/porting/decide.h"
#include "controlplane/domain/porting/evolve.h"
#include "controlplane/domain/porting/rules.h"
#include "controlplane/domain/reactions/hold.h"
#include "controlplane/domain/reactions/port.h"
#include "controlplane/domain/routing/evolve.h"
#include "controlplane/domain/stock/decide.h"
#include "controlplane/domain/stock/evolve.h"
#include "controlplane/kernel/check.h"
#include "controlplane/kernel/unknown_event.h"

namespace dialtone::server {

namespace {

// A command that is no client's, on the aggregate that decides it.
template <class A, class Message, class DecideFn>
engine::DecideFunction Bind(const AggregateKey& key, Message message, DecideFn decide) {
  return [key, message = std::move(message), decide](const engine::Machine& machine,
                                                     Context& context) {
    const auto& aggregate = static_cast<const A&>(machine.Get(key));
    return engine::ToOutcome<Nothing>(decide(message, aggregate, context), RequestId());
  };
}

// One of several kinds of timers.
template <class A, class... Messages, class DecideFn>
engine::DecideFunction Bind(const AggregateKey& key, std::variant<Messages...> due,
                            DecideFn decide) {
  return std::visit([&](auto& message) { return Bind<A>(key, std::move(message), decide); }, due);
}

// Who decides what is due: a line for each slice that has deadlines, or this does not compile.
constexpr auto DeciderOf(const inventory::State&) { return inventory::kDecide; }
constexpr auto DeciderOf(const porting::State&) { return porting::kDecide; }
constexpr auto DeciderOf(const billing::State&) { return billing::kDecide; }

template <class Slice>
engine::DecideFunction BindDue(const AggregateKey& key, const Slice& slice) {
  return Bind<Organization>(key, Due(slice), DeciderOf(slice));
}

void EvolveOrganization(Organization& organization, const Event& event, Moment at) {
  switch (event.slice_case()) {
    case Event::kOrganizations:
      return organizations::Evolve(organization.organizations, event.organizations(), at);
    case Event::kLicensing:
      return licensing::Evolve(organization.licensing, event.licensing(), at);
    case Event::kInventory:
      return inventory::Evolve(organization.inventory, event.inventory(), at);
    case Event::kPorting:
      return porting::Evolve(organization.porting, event.porting(), at);
    case Event::kBilling:
      return billing::Evolve(organization.billing, event.billing(), at);
    case Event::kEmergency:
      return emergency::Evolve(organization.emergency, event.emergency(), at);
    case Event::kRouting:
      return routing::Evolve(organization.routing, event.routing(), at);
    case Event::kStock:
    case Event::kExercise:
    case Event::SLICE_NOT_SET:
      return UnknownEvent(event, at);
  }
}

void EvolveBlock(NumberBlock& block, const Event& event, Moment at) {
  if (!event.has_stock()) return UnknownEvent(event, at);
  stock::Evolve(block.stock, event.stock(), at);
}

class DomainMachine final : public engine::Machine {
 protected:
  std::unique_ptr<Aggregate> NewAggregate(const std::string& key) const override {
    if (key.starts_with(Organization::kCollection)) return std::make_unique<Organization>();
    DIALTONE_CHECK(key.starts_with(NumberBlock::kCollection), "no kind of aggregate: " + key);
    return std::make_unique<NumberBlock>();
  }

  void EvolveEvent(Aggregate& aggregate, const Event& event, Moment at) override {
    if (auto* const organization = dynamic_cast<Organization*>(&aggregate)) {
      EvolveOrganization(*organization, event, at);
    } else {
      EvolveBlock(static_cast<NumberBlock&>(aggregate), event, at);
    }
  }

  // Only organizations have deadlines: the first of the slice whose first is the organization's.
  engine::DecideFunction DueFunction(const AggregateKey& key,
                                     const Aggregate& aggregate) const override {
    const auto& organization = static_cast<const Organization&>(aggregate);
    const Timestamp next = *organization.NextDeadline();
    std::optional<engine::DecideFunction> found;
    const auto look = [&]<class Slice>(const Slice& slice) {
      if constexpr (HasDeadlines<Slice>) {
        const auto first = slice.deadlines.First();
        if (!found && first && first->at == next) found = BindDue(key, slice);
      }
    };
    std::apply([&](const auto&... slice) { (look(slice), ...); }, organization.Slices());
    return std::move(*found);
  }
};

// Who decides a step.
struct StepBinder {
  const AggregateKey& key;

  engine::DecideFunction operator()(const stock::HoldNumbers& step) const {
    return Bind<NumberBlock>(key, step, stock::kDecide);
  }
  engine::DecideFunction operator()(const stock::FreeNumbers& step) const {
    return Bind<NumberBlock>(key, step, stock::kDecide);
  }
  engine::DecideFunction operator()(const stock::PortOutNumbers& step) const {
    return Bind<NumberBlock>(key, step, stock::kDecide);
  }
  engine::DecideFunction operator()(const inventory::SettleHold& step) const {
    return Bind<Organization>(key, step, inventory::kDecide);
  }
  engine::DecideFunction operator()(const porting::SettlePortHold& step) const {
    return Bind<Organization>(key, step, porting::kDecide);
  }
};

}  // namespace

std::unique_ptr<engine::Machine> NewMachine() { return std::make_unique<DomainMachine>(); }

void DomainReactor::React(const ledger::v1::Outcome& outcome, Moment,
                          absl::FunctionRef<void(engine::Command)> step) const {
  reactions::Steps steps;
  for (const Event& event : outcome.events()) {
    reactions::ReactToHold(event, outcome.aggregate(), steps);
    reactions::ReactToPort(event, outcome.aggregate(), steps);
  }
  for (const reactions::Step& asked : steps) {
    AggregateKey key(asked.aggregate);
    engine::DecideFunction decide = std::visit(StepBinder{key}, asked.command);
    step(engine::Command(std::move(key), std::move(decide)));
  }
}

}  // namespace dialtone::server
