// One field's rule, compiled: private to the form (form.cc).
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/edge/rpc/form.h"
#include "controlplane/edge/rpc/format.h"
#include "dialtone/type/v1/options.pb.h"

namespace dialtone::edge {

// Where a check is: the path is put together only when something is wrong there.
struct Place {
  const Place* around = nullptr;
  std::string_view field;
  std::optional<int> index = std::nullopt;
  std::string Path() const;
};

class Violations {
 public:
  static constexpr std::size_t kMax = 100;
  void Add(const Place& place, std::string description) {
    if (list_.size() < kMax) list_.push_back({place.Path(), std::move(description)});
  }
  std::vector<Violation> Take() { return std::move(list_); }

 private:
  std::vector<Violation> list_;
};

class FieldForm {
 public:
  FieldForm(const google::protobuf::FieldDescriptor* field, const Form* child);

  void Check(const google::protobuf::Message& message, const Place* around,
             Violations& violations) const;
  void ClearServerOnly(google::protobuf::Message& message) const;
  bool server_only() const { return server_only_; }
  const Form* child() const { return child_; }

 private:
  using Message = google::protobuf::Message;

  void CheckRepeated(const Message& message, const Place* around, Violations& violations) const;
  void CheckRequired(const Message& message, const Place& place, Violations& violations) const;
  void CheckSingle(const Message& message, const Place& place, Violations& violations) const;
  void CheckText(const std::string& text, const Place& place, Violations& violations) const;
  void CheckBytes(const std::string& bytes, const Place& place, Violations& violations) const;
  void CheckNumber(std::int64_t number, const Place& place, Violations& violations) const;
  void CheckEnum(int number, const Place& place, Violations& violations) const;
  void CheckMessage(const Message& message, const Place& place, Violations& violations) const;
  bool IsSet(const Message& message) const;
  std::string Between() const;

  const google::protobuf::FieldDescriptor* field_;
  const Form* child_;  // null: not a message, or nothing in it is looked at
  type::v1::FieldRule rule_;
  std::optional<NamePattern> pattern_;
  bool server_only_ = false;
  std::size_t bytes_max_;
  int items_max_;
};

}  // namespace dialtone::edge
