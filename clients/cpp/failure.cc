#include "clients/cpp/failure.h"

#include <google/rpc/code.pb.h>
#include <google/rpc/error_details.pb.h>

#include <algorithm>

namespace dialtone::clients {

namespace {

// google.rpc.Code is where the catalogue of gRPC's codes comes from: same names, same numbers.
grpc::StatusCode CodeOf(int code) {
  return google::rpc::Code_IsValid(code) ? static_cast<grpc::StatusCode>(code)
                                         : grpc::StatusCode::UNKNOWN;
}

void ReadDetail(const google::protobuf::Any& detail, Failure& failure) {
  google::rpc::ErrorInfo info;
  google::rpc::LocalizedMessage remedy;
  google::rpc::BadRequest bad;
  google::rpc::RetryInfo retry;
  if (detail.UnpackTo(&info)) {
    failure.reason = info.reason();
    failure.facts.assign(info.metadata().begin(), info.metadata().end());
    std::sort(failure.facts.begin(), failure.facts.end());
  } else if (detail.UnpackTo(&remedy)) {
    failure.remedy = remedy.message();
  } else if (detail.UnpackTo(&bad)) {
    for (const auto& one : bad.field_violations())
      failure.fields.emplace_back(one.field(), one.description());
  } else if (detail.UnpackTo(&retry)) {
    failure.retry_after = std::chrono::milliseconds(retry.retry_delay().seconds() * 1'000 +
                                                    retry.retry_delay().nanos() / 1'000'000);
  }
}

}  // namespace

Failure Failure::Of(const google::rpc::Status& status) {
  Failure failure;
  failure.code = CodeOf(status.code());
  failure.message = status.message();
  for (const auto& detail : status.details()) ReadDetail(detail, failure);
  return failure;
}

Failure Failure::Of(const grpc::Status& status) {
  google::rpc::Status details;
  const bool is_rich =
      !status.error_details().empty() && details.ParseFromString(status.error_details());
  Failure failure = is_rich ? Of(details) : Failure();
  failure.code = status.error_code();
  failure.message = status.error_message();
  return failure;
}

std::string NameOf(grpc::StatusCode code) {
  const std::string& name = google::rpc::Code_Name(static_cast<google::rpc::Code>(code));
  return name.empty() ? "UNKNOWN" : name;
}

}  // namespace dialtone::clients
