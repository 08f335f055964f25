// Messages as gRPC carries them, without knowing their types.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

namespace dialtone::clients {

inline grpc::ByteBuffer ToWire(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

inline grpc::ByteBuffer ToWire(const google::protobuf::Message& message) {
  return ToWire(message.SerializeAsString());
}

// False: the bytes are of something else.
inline bool FromWire(const grpc::ByteBuffer& wire, google::protobuf::Message& message) {
  grpc::Slice slice;
  if (!wire.DumpToSingleSlice(&slice).ok()) return false;
  return message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
}

}  // namespace dialtone::clients
