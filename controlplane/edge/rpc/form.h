// The form of requests: what a field may hold, as its `(rule)` says, checked before anything is
// decided. A message type's rules are compiled once; a check walks them.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace dialtone::edge {

// `users[3].email` and a sentence about it.
struct Violation {
  std::string field;
  std::string description;
  friend bool operator==(const Violation&, const Violation&) = default;
};

class FieldForm;
class Violations;
struct Place;

// The compiled rules of one message type.
class Form {
 public:
  ~Form();
  Form(const Form&) = delete;
  Form& operator=(const Form&) = delete;

  // All that is wrong, in the order of the fields; nothing is allocated when nothing is. At most
  // 100 are told.
  std::vector<Violation> Check(const google::protobuf::Message& message) const;
  // Clears the fields that only the server may fill, at any depth.
  void ClearServerOnly(google::protobuf::Message& message) const;

  const google::protobuf::FieldDescriptor* request_id() const { return request_id_; }
  const google::protobuf::FieldDescriptor* validate_only() const { return validate_only_; }

 private:
  friend class FormBook;
  friend class FieldForm;
  Form();

  void CheckInto(const google::protobuf::Message& message, const Place* around,
                 Violations& violations) const;

  std::vector<FieldForm> fields_;
  const google::protobuf::FieldDescriptor* request_id_ = nullptr;
  const google::protobuf::FieldDescriptor* validate_only_ = nullptr;
  bool has_server_only_ = false;  // here or below
};

// The forms of all message types that were asked for. Filled by one thread; then read by any.
class FormBook {
 public:
  const Form& Of(const google::protobuf::Descriptor* type);

 private:
  std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<Form>> forms_;
};

}  // namespace dialtone::edge
