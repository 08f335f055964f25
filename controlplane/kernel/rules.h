// Refusals in the order of their precedence. The first broken rule refuses; a dry run is shown all
// of them, each with its inputs.
#pragma once

#include <google/protobuf/generated_enum_reflection.h>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "controlplane/kernel/decision.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/kernel/money.h"

namespace dialtone {

inline std::string FactText(std::string_view text) { return std::string(text); }
inline std::string FactText(std::integral auto number) { return std::to_string(number); }
inline std::string FactText(const E164& number) { return number.text(); }
inline std::string FactText(const Money& money) { return money.text(); }
template <class T>
requires google::protobuf::is_proto_enum<T>::value std::string FactText(T value) {
  return google::protobuf::GetEnumDescriptor<T>()->FindValueByNumber(value)->name();
}

// An input of a rule: becomes text only if the rule is broken, or traced.
template <class T>
struct Named {
  std::string_view name;
  const T& value;
};
template <class T>
Named(const char*, const T&) -> Named<T>;

// One rule as a dry run saw it.
struct RuleTrace {
  bool holds;
  Rejection rejection;  // what it says, or would say, when broken
};

class Rules {
 public:
  Rules() = default;
  // Every rule goes to `trace` too, whether it holds or not.
  explicit Rules(std::vector<RuleTrace>* trace) : trace_(trace) {}

  template <class Reason, class... T>
  Rules& Require(bool holds, Reason reason, Named<T>... facts) {
    if (holds && trace_ == nullptr) [[likely]]
      return *this;
    if (trace_ == nullptr && refusal_) return *this;
    Rejection rejection{FactText(reason),
                        {Fact{std::string(facts.name), FactText(facts.value)}...}};
    if (!holds && !refusal_) refusal_ = rejection;
    if (trace_ != nullptr) trace_->push_back({holds, std::move(rejection)});
    return *this;
  }

  explicit operator bool() const { return !refusal_.has_value(); }
  // REQUIRES: a rule was broken.
  tl::unexpected<Rejection> refusal() { return tl::unexpected<Rejection>(std::move(*refusal_)); }

 private:
  std::vector<RuleTrace>* trace_ = nullptr;
  std::optional<Rejection> refusal_;
};

// A refusal that needs no other rule beside it.
template <class Reason, class... T>
Rejection Reject(Reason reason, Named<T>... facts) {
  return {FactText(reason), {Fact{std::string(facts.name), FactText(facts.value)}...}};
}

}  // namespace dialtone
