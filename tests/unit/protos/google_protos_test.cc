// The vendored Google protos beside Debian's gRPC and protobuf: each file is registered once, and
// details travel in a Status.
#include <gmock/gmock.h>
#include <google/api/field_behavior.pb.h>
#include <google/api/resource.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/rpc/code.pb.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>

namespace dialtone {
namespace {

TEST(GoogleProtos, AreKnownToTheDescriptorPoolUnderTheirPublicNames) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* name :
       {"google.rpc.Status", "google.rpc.Code", "google.rpc.ErrorInfo", "google.rpc.BadRequest",
        "google.rpc.QuotaFailure", "google.rpc.PreconditionFailure", "google.rpc.ResourceInfo",
        "google.rpc.RetryInfo", "google.api.ResourceDescriptor", "google.api.FieldBehavior"}) {
    EXPECT_NE(pool->FindFileContainingSymbol(name), nullptr) << name;
  }
}

TEST(GoogleProtos, CarryAReasonThroughTheBytesOfAGrpcStatus) {
  google::rpc::ErrorInfo info;
  info.set_reason("QUOTA_EXCEEDED");
  info.set_domain("dialtone");
  (*info.mutable_metadata())["quota"] = "65";
  google::rpc::Status status;
  status.set_code(google::rpc::RESOURCE_EXHAUSTED);
  status.add_details()->PackFrom(info);

  const grpc::Status sent(grpc::StatusCode::RESOURCE_EXHAUSTED, "quota",
                          status.SerializeAsString());

  google::rpc::Status received;
  ASSERT_TRUE(received.ParseFromString(sent.error_details()));
  EXPECT_EQ(received.code(), static_cast<int>(sent.error_code()));
  google::rpc::ErrorInfo unpacked;
  ASSERT_TRUE(received.details(0).UnpackTo(&unpacked));
  EXPECT_EQ(unpacked.reason(), "QUOTA_EXCEEDED");
  EXPECT_EQ(unpacked.metadata().at("quota"), "65");
}

}  // namespace
}  // namespace dialtone
