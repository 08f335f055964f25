// What stands in a status: Dialtone's reason, and the fields that are malformed.
#pragma once

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/support/status.h>

#include <string>
#include <vector>

namespace dialtone::testing {

inline google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status detailed;
  detailed.ParseFromString(status.error_details());
  return detailed;
}

// QUOTA_EXCEEDED; empty: none.
inline std::string ReasonOf(const grpc::Status& status) {
  const google::rpc::Status detailed = DetailsOf(status);
  google::rpc::ErrorInfo info;
  for (const auto& detail : detailed.details()) {
    if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

inline std::vector<std::string> BadFieldsOf(const google::rpc::Status& status) {
  std::vector<std::string> paths;
  google::rpc::BadRequest bad;
  for (const auto& detail : status.details()) {
    if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) paths.push_back(violation.field());
  }
  return paths;
}

}  // namespace dialtone::testing
