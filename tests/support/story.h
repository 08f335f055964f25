// Tests as sentences: given events, when a command comes, then events, a reply or a refusal. A
// story runs on the real runtime (several partitions, reactions, timers) over the ledger in memory;
// when it ends, its ledger is folded again from the first byte, and its state again from rows, and
// all three must agree: every test is a test of determinism.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/domain/aggregates/number_block.h"
#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/engine/ledger/memory_ledger.h"
#include "controlplane/engine/runtime/clock.h"
#include "controlplane/engine/runtime/decide_on.h"
#include "controlplane/engine/runtime/node.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "controlplane/policy/policy.h"

namespace dialtone::testing {

// `organizations/contoso`, which every story has.
inline constexpr std::string_view kContoso = "organizations/contoso";

class Story {
 public:
  // The built-in policy, unless told.
  explicit Story(std::shared_ptr<const policy::Policy> policy = nullptr);
  ~Story();  // folds again, and compares
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  // These happened to the aggregate: messages of a slice's oneof.
  template <class... E>
  Story& GivenFor(std::string_view aggregate, E... events) {
    Append(aggregate, internal::ToEvents(std::move(events)...));
    return *this;
  }
  template <class... E>
  Story& Given(E... events) {
    return GivenFor(kContoso, std::move(events)...);
  }
  // What is due meanwhile happens.
  Story& Wait(Duration span);
  // What is due meanwhile happens in the same entry as the next command, behind it.
  Story& WaitUnattended(Duration span);

  // A client's command, with the slice's kDecide; the aggregate is found in the request's fields.
  // Steps and answers that follow from it have happened when this returns.
  template <class Request, class DecideFn>
  Story& When(const Request& request, DecideFn decide) {
    const std::string key = AggregateOf(request);
    if constexpr (std::is_invocable_v<DecideFn, const Request&, const Organization&, Context&>) {
      return Submit<Organization>(key, request, decide);
    } else {
      return Submit<NumberBlock>(key, request, decide);
    }
  }
  // The next command has this request id; without it, each has a new one.
  Story& WithRequestId(std::string id);
  // The next command is a dry run: see `trace`.
  Story& DryRun();
  // The next command is overtaken by the one after it: no step that it asks for happens before.
  Story& WithoutWaiting();

  // The last command was refused so; facts that are not named are not looked at.
  template <class Reason>
  Story& ThenRefused(Reason reason, const std::vector<Fact>& facts = {}) {
    ExpectRefused(FactText(reason), facts);
    return *this;
  }
  // It was answered with this.
  template <class Reply>
  Reply ThenReplied() {
    Reply reply;
    ExpectReplied(reply);
    return reply;
  }
  Story& ThenOk();
  // Nobody has answered it.
  Story& ThenOpen();

  // All events since the last command, of all aggregates, in the order of their partitions.
  const std::vector<std::pair<std::string, Event>>& events() const { return events_; }
  // How many of them are of this type.
  template <class E>
  int Count() const {
    int count = 0;
    const internal::EventPath path = internal::FindEventPath(E::descriptor());
    for (const auto& [aggregate, event] : events_) count += Is(event, path) ? 1 : 0;
    return count;
  }
  const std::vector<RuleTrace>& trace() const { return trace_; }
  const std::optional<ledger::v1::Answer>& answer() const { return answer_; }
  Timestamp now() const { return clock_.Now(); }

  const Organization& organization(std::string_view name = kContoso) const;
  const NumberBlock& block(std::uint64_t block) const;
  const policy::Policy& policy() const { return *policy_; }

 private:
  static std::string AggregateOf(const google::protobuf::Message& request);
  static bool Is(const Event& event, const internal::EventPath& path);

  // Decide sees Admit's refusals as behind the real door.
  template <class A, class Request, class DecideFn>
  Story& Submit(const std::string& key, const Request& request, DecideFn decide) {
    const KeyOf<A> typed{AggregateKey(key)};
    Run(typed.key,
        engine::DecideOn<A>(
            typed, [request, decide](const A& aggregate, Context& context) -> engine::Decided {
              if (auto refused = Admit(request, aggregate))
                return tl::unexpected(std::move(*refused));
              return engine::ToOutcome(decide(request, aggregate, context), context.request_id());
            }));
    return *this;
  }

  void Append(std::string_view aggregate, Events events);
  void Run(const AggregateKey& key, engine::DecideFunction decide);
  void Settle();
  void CollectEvents();
  void ExpectRefused(const std::string& reason, const std::vector<Fact>& facts);
  void ExpectReplied(google::protobuf::Message& reply);
  std::unique_ptr<engine::Node> NewNode(engine::LedgerStore& store, engine::RowStore& rows) const;
  const Aggregate& Find(std::string_view key) const;

  std::shared_ptr<const policy::Policy> policy_;
  engine::SimulatedClock clock_;
  engine::MemoryLedgerStore log_;
  std::unique_ptr<engine::LedgerStore> store_;
  engine::MemoryRowStore rows_;
  std::unique_ptr<engine::Node> node_;
  std::uint64_t requests_ = 0;
  std::string next_request_id_;
  engine::Mode mode_ = engine::Mode::kCommit;
  enum class Pace : bool { kSettle, kGoOn } pace_ = Pace::kSettle;
  std::optional<ledger::v1::Answer> answer_;
  std::vector<RuleTrace> trace_;
  std::vector<std::pair<std::string, Event>> events_;
  std::vector<std::uint64_t> seen_;  // by partition: entries whose events were collected
};

}  // namespace dialtone::testing
