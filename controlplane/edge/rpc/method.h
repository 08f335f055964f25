// What the door knows of each method before the first call: its form, what of it is sealed, its
// metrics. A request type belongs to one method.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <vector>

#include "controlplane/edge/rpc/form.h"
#include "controlplane/edge/telemetry/metrics.h"
#include "controlplane/edge/vault/seal.h"

namespace dialtone::edge {

// Where a reply says what became of an item of a batch.
struct ItemStatusField {
  const google::protobuf::FieldDescriptor* items = nullptr;  // null: in the reply itself
  const google::protobuf::FieldDescriptor* status = nullptr;
};

struct Method {
  std::string service;  // dialtone.inventory.v1.InventoryService
  std::string name;     // ReserveNumbers
  const Form* form = nullptr;
  const vault::SealPlan* request_seal = nullptr;  // null: nothing personal in it
  const vault::SealPlan* reply_seal = nullptr;
  telemetry::MethodMetrics* metrics = nullptr;
  std::vector<ItemStatusField> item_statuses;
};

class MethodBook {
 public:
  // Of every service of the packages `dialtone.` that this binary links. `metrics` outlives the
  // book.
  explicit MethodBook(telemetry::Metrics& metrics);
  MethodBook(const MethodBook&) = delete;
  MethodBook& operator=(const MethodBook&) = delete;

  // REQUIRES: a method takes this type.
  const Method& Of(const google::protobuf::Descriptor* request) const {
    const auto found = by_request_.find(request);
    if (found == by_request_.end()) [[unlikely]]
      Unknown(request);
    return *found->second;
  }

 private:
  [[noreturn]] static void Unknown(const google::protobuf::Descriptor* request);
  void Add(const google::protobuf::MethodDescriptor& method, telemetry::Metrics& metrics);

  std::vector<std::unique_ptr<telemetry::MethodMetrics>> metrics_;
  FormBook forms_;
  vault::SealBook seals_;
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<Method>> by_request_;
};

}  // namespace dialtone::edge
