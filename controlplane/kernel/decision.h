// What a Decide gives: events and a reply, or a refusal. Values only.
#pragma once

#include <google/protobuf/message_lite.h>

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "controlplane/kernel/event.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone {

using Events = std::vector<Event>;
using Answers = std::vector<ledger::v1::Answer>;  // of requests that were open before

// A client's request as the ledger names it: 16 bytes, a UUIDv7.
class RequestId {
 public:
  RequestId() = default;
  explicit RequestId(std::string bytes) : bytes_(std::move(bytes)) {}
  const std::string& bytes() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  friend auto operator<=>(const RequestId&, const RequestId&) = default;

 private:
  std::string bytes_;
};

// An input of a rule, as text, by the rule's own word for it.
struct Fact {
  std::string name;
  std::string value;
  friend bool operator==(const Fact&, const Fact&) = default;
};

// The caller may not do this now. `reason` is the value's name in the slice's refusal enum, where
// the gRPC code and the remedy stand as options.
struct Rejection {
  std::string reason;
  std::vector<Fact> facts;
};

// The reply of what nobody waits for: a step of another aggregate, a timer.
struct Nothing {};

template <class Reply>
struct Decision {
  Events events;
  std::optional<Reply> reply;  // none: the request stays open until another outcome answers it
  Answers answers;
};

template <class Reply>
using Verdict = tl::expected<Decision<Reply>, Rejection>;

namespace internal {

template <class... E>
Events ToEvents(E&&... events) {
  Events list;
  list.reserve(sizeof...(events));
  (list.push_back(ToEvent(std::forward<E>(events))), ...);
  return list;
}

inline ledger::v1::Answer AnswerOf(const RequestId& request,
                                   const google::protobuf::MessageLite& reply) {
  ledger::v1::Answer answer;
  answer.set_request_id(request.bytes());
  answer.set_reply(reply.SerializeAsString());
  return answer;
}

}  // namespace internal

// The request is answered with `reply`, because of `events`: messages of a slice's oneof.
template <class Reply, class... E>
Decision<Reply> Replied(Reply reply, E&&... events) {
  return {internal::ToEvents(std::forward<E>(events)...), std::move(reply), {}};
}

// Nobody waits for an answer.
template <class... E>
Decision<Nothing> Done(E&&... events) {
  return {internal::ToEvents(std::forward<E>(events)...), Nothing{}, {}};
}

// The request stays open: a later outcome of this aggregate answers it.
class Pending {
 public:
  template <class... E>
  explicit Pending(E&&... events) : events_(internal::ToEvents(std::forward<E>(events)...)) {}
  template <class Reply>
  operator Verdict<Reply>() && {  // NOLINT(google-explicit-constructor): `return Pending(…)` is the
                                  // point
    return Decision<Reply>{std::move(events_), std::nullopt, {}};
  }

 private:
  Events events_;
};

// An open request gets its reply now.
template <class Reply, class... E>
Decision<Nothing> Answered(const RequestId& request, const Reply& reply, E&&... events) {
  return {internal::ToEvents(std::forward<E>(events)...),
          Nothing{},
          {internal::AnswerOf(request, reply)}};
}

// An open request is refused now.
template <class... E>
Decision<Nothing> Refused(const RequestId& request, const Rejection& rejection, E&&... events) {
  ledger::v1::Answer answer;
  answer.set_request_id(request.bytes());
  answer.mutable_refusal()->set_reason(rejection.reason);
  for (const Fact& fact : rejection.facts) {
    auto& added = *answer.mutable_refusal()->add_facts();
    added.set_name(fact.name);
    added.set_value(fact.value);
  }
  return {internal::ToEvents(std::forward<E>(events)...), Nothing{}, {std::move(answer)}};
}

}  // namespace dialtone
