// Why a call did not do what was asked: a google.rpc.Status, read.
#pragma once

#include <google/rpc/status.pb.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dialtone::clients {

struct Failure {
  grpc::StatusCode code = grpc::StatusCode::UNKNOWN;
  // The refusal's name, the same everywhere: QUOTA_EXCEEDED. Empty if it is none of Dialtone's.
  std::string reason;
  std::string message;
  // What the rule looked at, by name.
  std::vector<std::pair<std::string, std::string>> facts;
  // What can be done about it.
  std::string remedy;
  // Fields of the request that are malformed, with what is wrong.
  std::vector<std::pair<std::string, std::string>> fields;
  // Asked again after this time, it may succeed.
  std::optional<std::chrono::milliseconds> retry_after;
  // Under which the request can be repeated without doing anything twice; empty: it changes
  // nothing.
  std::string request_id;

  static Failure Of(const google::rpc::Status& status);
  static Failure Of(const grpc::Status& status);
};

// FAILED_PRECONDITION and so on.
std::string NameOf(grpc::StatusCode code);

}  // namespace dialtone::clients
