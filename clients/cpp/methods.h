// What can be called: every method of every service whose protos are linked.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dialtone::clients {

// In the order of their files' names.
const std::vector<const google::protobuf::FileDescriptor*>& LinkedFiles();
const std::vector<const google::protobuf::MethodDescriptor*>& LinkedMethods();

// `InventoryService.ReserveNumbers`, with or without its package; null: it is not linked.
const google::protobuf::MethodDescriptor* FindMethod(std::string_view name);
// Each method has a request of its own. REQUIRES: the request is one.
const google::protobuf::MethodDescriptor& MethodOf(const google::protobuf::Descriptor& request);

// As gRPC calls it: /dialtone.inventory.v1.InventoryService/ReserveNumbers.
std::string PathOf(const google::protobuf::MethodDescriptor& method);

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

}  // namespace dialtone::clients
