// The door: a request becomes a command, a question or a stream, and its answer a reply or a
// status. A method of a service is one line:
//
//   return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
//   return door_.Query(rpc, *request, reply, queries_, &StockQueries::ListNumberBlocks);
//   return door_.CommandStream<UsageBatch, UsageBatchResult>(rpc, kOrganizationOf, kDecide);
//   return door_.Watch<WatchOrdersResponse>(rpc, *request, open);
//
// What every call passes: identity, deadline, form (form.h), request id, body hash, sealing of
// personal fields, the loop, unsealing, token and status. A command whose partition another node
// owns goes to that node instead of the loop (peers.h).
#pragma once

#include <grpcpp/support/server_callback.h>

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "controlplane/edge/rpc/asked.h"
#include "controlplane/edge/rpc/command_stream.h"
#include "controlplane/edge/rpc/counting.h"
#include "controlplane/edge/rpc/deadline_keeper.h"
#include "controlplane/edge/rpc/hop.h"
#include "controlplane/edge/rpc/parts.h"
#include "controlplane/edge/rpc/peers.h"
#include "controlplane/edge/rpc/query_call.h"
#include "controlplane/edge/rpc/relay.h"
#include "controlplane/edge/rpc/status.h"
#include "controlplane/edge/rpc/unary_call.h"
#include "controlplane/edge/rpc/wait_pool.h"
#include "controlplane/edge/rpc/watch.h"
#include "controlplane/engine/runtime/decide_on.h"
#include "controlplane/kernel/aggregate.h"

namespace dialtone::edge {

// An aggregate that does not admit every command: `std::optional<Rejection> Admit(const Request&,
// const A&)`, found by the aggregate's namespace, is asked before the decision.
template <class A, class Request>
concept Admitting = requires(const Request& request, const A& aggregate) {
  { Admit(request, aggregate) } -> std::convertible_to<std::optional<Rejection>>;
};

// Nothing is for the server to fill in.
struct AsItCame {
  void operator()(const auto& request) const {}
};

// `fill(Request&)` looks into a read model: it is called when that shows all that the caller has
// seen, by the token of its call, on the node that decides.
// REQUIRES: `queries` outlives the server.
template <class Queries, class FillFn>
class FromView {
 public:
  FromView(const Queries& queries, FillFn fill) : queries_(queries), fill_(std::move(fill)) {}
  const Queries& queries() const { return queries_; }
  void operator()(auto& request) const { fill_(request); }

 private:
  const Queries& queries_;
  FillFn fill_;
};

class Door {
 public:
  explicit Door(DoorParts parts);
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  // `decide(const Request&, const A&, Context&)` gives Verdict<Reply>, in the loop's thread. Its
  // request has neither `request_id` (the context has it) nor `validate_only`. `enrich(Request&)`
  // fills in what only the server may: after the form was checked, before anything is sealed.
  //
  // A service.cc lifts its slice's Decide:
  //   constexpr auto kDecide = [](const auto& request, const auto& aggregate, Context& context) {
  //     return Decide(request, aggregate, context);
  //   };
  template <class A, class Request, class Reply, class DecideFn, class EnrichFn = AsItCame>
  grpc::ServerUnaryReactor* Command(Rpc* rpc, Request request, Reply* reply, const KeyOf<A>& key,
                                    DecideFn decide, EnrichFn enrich = {}) {
    const Method& method = Begin(Request::descriptor());
    grpc::ServerUnaryReactor* const reactor = rpc->DefaultReactor();  // once a call
    const auto caller = CallerOf(*rpc, method, parts_);
    if (!caller) return Refuse(method, reactor, caller.error());
    const Destination elsewhere = Elsewhere(*caller, key.key);
    auto take = [this, &method, rpc, reactor, caller = *caller, elsewhere,
                 request = std::move(request), reply, key, decide = std::move(decide),
                 enrich]() mutable {
      DecideOrSendOn(method, rpc, reactor, caller, elsewhere, std::move(request), reply, key,
                     std::move(decide), enrich);
    };
    if constexpr (requires { enrich.queries(); }) {
      if (!elsewhere)
        return WhenShown(method, rpc, reactor, *caller, enrich.queries(), std::move(take));
    }
    take();
    return reactor;
  }

  // `ask(queries, read from, const Request&, Reply&)` gives tl::expected<void, E>: mostly a pointer
  // to such a member of the queries; E is a QueryError, or what ToQueryError knows (query_call.h).
  // `queries.WhenReached(token, deadline, done)` gives what is read from, or why it is behind: at
  // once, or in another thread, where `done` does not block (projections/kernel/view.h).
  // REQUIRES: `queries` outlives the server; `request` is the RPC's own.
  template <class Request, class Reply, class Queries, class Ask>
  grpc::ServerUnaryReactor* Query(Rpc* rpc, const Request& request, Reply* reply, Queries& queries,
                                  Ask ask) {
    const Method& method = Begin(Request::descriptor());
    grpc::ServerUnaryReactor* const reactor = rpc->DefaultReactor();  // once a call
    const QueryCall call(parts_, method, rpc, reactor, reply, telemetry::Clock::now());
    const auto caller = CallerOf(*rpc, method, parts_);
    if (!caller) return Refuse(method, reactor, caller.error());
    const auto token = TokenOf(*rpc);
    if (!token) return Refuse(method, reactor, token.error());
    if (auto formed = CheckForm(method, request); !formed.ok())
      return Refuse(method, reactor, formed);
    queries.WhenReached(
        *token, caller->deadline, [this, call, &request, reply, &queries, ask](auto reached) {
          auto answer = [call, &request, reply, &queries, ask, reached = std::move(reached)] {
            if (!reached) return call.Fail(reached.error());
            const auto answered = std::invoke(ask, queries, *reached, request, *reply);
            answered ? call.Answer(reached->token()) : call.Fail(answered.error());
          };
          call.IsInline() ? answer() : AnswerLater(call, std::move(answer));
        });
    return reactor;
  }

  // What needs neither the loop nor a read model: `answer(const Request&, Reply&)` gives
  // tl::expected<void, E>, in this thread; E may be a Rejection too.
  template <class Request, class Reply, class AnswerFn>
  grpc::ServerUnaryReactor* Answer(Rpc* rpc, const Request& request, Reply* reply,
                                   AnswerFn answer) {
    const Method& method = Begin(Request::descriptor());
    grpc::ServerUnaryReactor* const reactor = rpc->DefaultReactor();  // once a call
    const QueryCall call(parts_, method, rpc, reactor, reply, telemetry::Clock::now());
    const auto caller = CallerOf(*rpc, method, parts_);
    if (!caller) return Refuse(method, reactor, caller.error());
    if (auto formed = CheckForm(method, request); !formed.ok())
      return Refuse(method, reactor, formed);
    const auto answered = answer(request, *reply);
    answered ? call.Answer(ConsistencyToken()) : call.Fail(answered.error());
    return reactor;
  }

  // `key_of(const Request&)` gives the KeyOf<A> of each message; `decide` as above.
  template <class Request, class Reply, class KeyFn, class DecideFn>
  grpc::ServerBidiReactor<Request, Reply>* CommandStream(Rpc* rpc, KeyFn key_of, DecideFn decide) {
    const Method& method = Begin(Request::descriptor());
    auto caller = CallerOf(*rpc, method, parts_);
    if (!caller) return new EndedStream<Request, Reply>(Counted(method, caller.error()));
    auto submit = [this, rpc, &method, caller = *caller, key_of, decide,
                   line = std::make_shared<HopLine>(peers_)](
                      Request request, const std::shared_ptr<StreamOrder>& order,
                      StreamSlot& slot) -> grpc::Status {
      const auto key = key_of(request);
      const Caller of_message = caller.ForMessage(parts_);
      const Destination elsewhere = Elsewhere(of_message, key.key);
      auto as_it_came = elsewhere ? std::make_unique<const Request>(request) : nullptr;
      auto asked = TakeIn(of_message, method, request, parts_);
      if (!asked) return asked.error();
      if (as_it_came != nullptr) {
        SendOn({method, of_message, CarriedBy(*rpc), std::move(*asked), elsewhere,
                std::move(as_it_came), slot.reply.get()},
               *line, order, slot);
        return grpc::Status::OK;
      }
      if (auto sealed = Seal(method, request, key.key, *asked); !sealed.ok()) return sealed;
      CallRef call(
          new StreamCall(parts_, pool_, method, order, slot, *asked, of_message, key.key.text()));
      Submit(key.key, std::move(*asked), Bind<Reply>(key, std::move(request), decide),
             std::move(call));
      return grpc::Status::OK;
    };
    return new CommandStreamReactor<Request, Reply>(rpc, parts_, method, std::move(submit));
  }

  // What a WatchSource (watch.h) gives, until the caller leaves or the server drains.
  // `open(const Request&)` gives tl::expected<such a source, QueryError>.
  template <class Reply, class Request, class OpenFn>
  grpc::ServerWriteReactor<Reply>* Watch(Rpc* rpc, const Request& request, OpenFn open,
                                         WatchLimits limits = {}) {
    const Method& method = Begin(Request::descriptor());
    if (auto caller = CallerOf(*rpc, method, parts_); !caller)
      return new EndedWatch<Reply>(Counted(method, caller.error()));
    if (auto formed = CheckForm(method, request); !formed.ok())
      return new EndedWatch<Reply>(Counted(method, formed));
    auto source = open(request);
    if (!source) return new EndedWatch<Reply>(Counted(method, ToStatus(source.error())));
    using S = typename decltype(source)::value_type;
    auto* const reactor = new WatchReactor<Reply>(
        std::make_unique<WatchSourceOf<Reply, S>>(std::move(*source), method, parts_.keys), parts_,
        method, limits);
    hub_.Add(reactor->watcher());
    return reactor;
  }

  // The server drains: watches end now, commands that stay open end then.
  void Drain(Deadline latest) {
    hub_.CloseAll();
    keeper_.EndAllAt(latest);
  }

 private:
  template <class A, class Request, class Reply, class DecideFn, class EnrichFn>
  void DecideOrSendOn(const Method& method, Rpc* rpc, grpc::ServerUnaryReactor* reactor,
                      const Caller& caller, const Destination& elsewhere, Request request,
                      Reply* reply, const KeyOf<A>& key, DecideFn decide, const EnrichFn& enrich) {
    auto as_it_came = elsewhere ? std::make_unique<const Request>(request) : nullptr;
    auto asked = TakeIn(caller, method, request, parts_);
    if (!asked) return Refused(method, reactor, asked.error());
    if (as_it_came != nullptr) {
      return SendOn({method, caller, CarriedBy(*rpc), std::move(*asked), elsewhere,
                     std::move(as_it_came), reply},
                    rpc, reactor);
    }
    enrich(request);
    if (auto sealed = Seal(method, request, key.key, *asked); !sealed.ok())
      return Refused(method, reactor, sealed);
    CallRef call(new UnaryCall(parts_, relay_, pool_, method, rpc, reactor, reply, *asked, caller,
                               key.key.text()));
    Submit(key.key, std::move(*asked), Bind<Reply>(key, std::move(request), std::move(decide)),
           std::move(call));
  }

  // Goes on when the view has reached the call's token; outside of the view's thread.
  template <class Queries, class ThenFn>
  grpc::ServerUnaryReactor* WhenShown(const Method& method, Rpc* rpc,
                                      grpc::ServerUnaryReactor* reactor, const Caller& caller,
                                      const Queries& queries, ThenFn then) {
    const auto token = TokenOf(*rpc);
    if (!token) return Refuse(method, reactor, token.error());
    if (token->empty()) {
      then();
      return reactor;
    }
    queries.WhenReached(
        *token, caller.deadline,
        [this, &method, reactor, then = std::move(then)](const auto& reached) mutable {
          if (!reached) return Refused(method, reactor, ToStatus(ToQueryError(reached.error())));
          absl::AnyInvocable<void()> task = std::move(then);
          if (!pool_.Run(task)) Refused(method, reactor, EdgeStatus(type::v1::TOO_MANY_WAIT, {}));
        });
    return reactor;
  }

  template <class Reply, class A, class Request, class DecideFn>
  static engine::DecideFunction Bind(const KeyOf<A>& key, Request request, DecideFn decide) {
    return engine::DecideOn<A>(key,
                               [request = std::move(request), decide = std::move(decide)](
                                   const A& aggregate, Context& context) -> engine::Decided {
                                 if constexpr (Admitting<A, Request>) {
                                   if (auto rejection = Admit(request, aggregate))
                                     return tl::unexpected<Rejection>(std::move(*rejection));
                                 }
                                 Verdict<Reply> verdict = decide(request, aggregate, context);
                                 return engine::ToOutcome(std::move(verdict), context.request_id());
                               });
  }

  const Method& Begin(const google::protobuf::Descriptor* request) const {
    const Method& method = parts_.methods.Of(request);
    method.metrics->Started();
    return method;
  }
  // The status of a call that ends as it begins.
  const grpc::Status& Counted(const Method& method, const grpc::Status& status) const {
    CountEnd(parts_, method, status, telemetry::Clock::now());
    return status;
  }
  grpc::ServerUnaryReactor* Refuse(const Method& method, grpc::ServerUnaryReactor* reactor,
                                   const grpc::Status& status) const {
    Refused(method, reactor, status);
    return reactor;
  }
  void Refused(const Method& method, grpc::ServerUnaryReactor* reactor,
               const grpc::Status& status) const;
  grpc::Status CheckForm(const Method& method, const google::protobuf::Message& request) const;
  // What has no name yet is sealed for a subject of its request.
  grpc::Status Seal(const Method& method, google::protobuf::Message& request,
                    const AggregateKey& key, Asked& asked) const;
  void Submit(const AggregateKey& key, Asked asked, engine::DecideFunction decide, CallRef call);
  // Where to send a command on to; nowhere: it is decided here, or refused by the loop. What
  // another node has sent is never sent on again.
  Destination Elsewhere(const Caller& caller, const AggregateKey& key) const {
    if (caller.hop) return {};
    const engine::Owners& owners = parts_.loop.owners();
    const std::uint32_t partition = key.PartitionOf(owners.partition_count());
    return {partition, owners.Elsewhere(partition)};
  }
  void SendOn(Hop hop, Rpc* rpc, grpc::ServerUnaryReactor* reactor);
  void SendOn(Hop hop, HopLine& line, const std::shared_ptr<StreamOrder>& order, StreamSlot& slot);
  void AnswerLater(const QueryCall& call, absl::AnyInvocable<void()> answer);

  const DoorParts parts_;
  Relay relay_;
  DeadlineKeeper keeper_;
  Peers peers_;
  WaitPool pool_;
  WatchHub hub_;
};

}  // namespace dialtone::edge
