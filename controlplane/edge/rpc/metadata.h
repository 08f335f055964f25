// What a call's metadata says.
#pragma once

#include <grpcpp/server_context.h>

#include <optional>
#include <string_view>

namespace dialtone::edge {

using Rpc = grpc::CallbackServerContext;

// The value of the key; valid as long as the call.
inline std::optional<std::string_view> MetadataOf(const Rpc& rpc, const char* key) {
  const auto& metadata = rpc.client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return std::nullopt;
  return std::string_view(found->second.data(), found->second.size());
}

}  // namespace dialtone::edge
