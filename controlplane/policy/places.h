// Where each row and limit of a policy was written, so that whatever is wrong with it can be said
// with file and line.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <string>
#include <utility>

namespace dialtone::policy {

class Places {
 public:
  // `message` as a whole, or one field of it. REQUIRES: the message stays where it is in memory.
  void Put(const google::protobuf::Message& message, std::string place) {
    places_[{&message, 0}] = std::move(place);
  }
  void Put(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
           std::string place) {
    places_[{&message, field.number()}] = std::move(place);
  }

  // `rates.csv:12`; `policy` for what was never read from a file.
  std::string Of(const google::protobuf::Message& message) const { return Find(message, 0); }
  std::string Of(const google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor& field) const {
    return Find(message, field.number());
  }

 private:
  std::string Find(const google::protobuf::Message& message, int field) const {
    for (const int number : {field, 0}) {
      const auto found = places_.find({&message, number});
      if (found != places_.end()) return found->second;
    }
    return "policy";
  }

  std::map<std::pair<const google::protobuf::Message*, int>, std::string> places_;
};

}  // namespace dialtone::policy
