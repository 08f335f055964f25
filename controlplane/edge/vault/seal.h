// Personal fields, moved into their message's `sealed` field before anything is decided, and back
// when it is read: `(personal) = true` of any message that has a field `sealed`, at any depth.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "controlplane/edge/vault/key_vault.h"

namespace dialtone::vault {

// What something is sealed under.
struct MissingKey {
  std::string subject;
  std::string key_id;
};
using Unsealed = tl::expected<void, MissingKey>;

// Where personal data stand in one message type.
class SealPlan {
 public:
  // The subject of a message is its `name`; without one it is the subject of the message around it,
  // first of all `subject`. The error is a sentence about the vault; the message is then half
  // sealed, and goes nowhere.
  tl::expected<void, std::string> Seal(google::protobuf::Message& message, std::string_view subject,
                                       Keys& keys) const;
  // Adds the subjects whose keys that needs.
  void AddSubjects(google::protobuf::Message& message, std::string_view subject,
                   std::vector<std::string>& subjects) const;
  // What was erased, or does not open, keeps its masked text in `sealed` and empty fields. What can
  // be read loses `sealed`'s ciphertext. The error: of this key it is not known here whether it is
  // there; the message is then half unsealed, and goes nowhere.
  Unsealed Unseal(google::protobuf::Message& message, Keys& keys) const;

 private:
  friend class SealBook;

  using Message = google::protobuf::Message;
  struct Child {
    const google::protobuf::FieldDescriptor* field;
    const SealPlan* plan;
  };

  // `visit(plan, message)` for every message one level below that is there.
  template <class Visit>
  void ForEachChild(Message& message, Visit visit) const;
  std::string SubjectOf(const Message& message, std::string_view around) const;
  bool HasPersonal(const Message& message) const;
  tl::expected<void, std::string> SealOwn(Message& message, std::string_view subject,
                                          Keys& keys) const;
  Unsealed UnsealOwn(Message& message, Keys& keys) const;
  // `A… B…`: the first letter of each word of the personal texts.
  std::string Masked(const Message& personal) const;

  const google::protobuf::FieldDescriptor* name_ = nullptr;
  const google::protobuf::FieldDescriptor* sealed_ = nullptr;
  std::vector<const google::protobuf::FieldDescriptor*> personal_;
  std::vector<Child> children_;  // with something personal at some depth
};

// The plans of all message types that were asked for. Filled by one thread; then read by any.
class SealBook {
 public:
  // Null: nothing personal at any depth.
  const SealPlan* Of(const google::protobuf::Descriptor* type);

 private:
  bool HasPersonal(const google::protobuf::Descriptor* type);

  std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<SealPlan>> plans_;
  std::unordered_map<const google::protobuf::Descriptor*, bool> personal_;
};

}  // namespace dialtone::vault
