#include "controlplane/kernel/item_status.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <string>

#include "controlplane/kernel/check.h"
#include "dialtone/type/v1/options.pb.h"
#include "google/rpc/code.pb.h"
#include "google/rpc/error_details.pb.h"

namespace dialtone::internal {

namespace {

constexpr char kDomain[] = "dialtone";
constexpr char kErrorInfoType[] = "type.googleapis.com/google.rpc.ErrorInfo";

// The facts are a map: a reply is stored, so its bytes must have one order.
std::string OrderedBytes(const google::rpc::ErrorInfo& info) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    info.SerializeToCodedStream(&coded);
  }
  return bytes;
}

google::rpc::Code CodeOf(const std::string& name) {
  google::rpc::Code code = google::rpc::UNKNOWN;
  DIALTONE_CHECK(google::rpc::Code_Parse(name, &code), "no gRPC code: " + name);
  return code;
}

}  // namespace

google::rpc::Status ItemStatus(const Rejection& rejection,
                               const google::protobuf::EnumDescriptor& refusals) {
  const auto* const value = refusals.FindValueByName(rejection.reason);
  DIALTONE_CHECK(value != nullptr, rejection.reason + " is none of " + refusals.full_name());
  const auto& options = value->options().GetExtension(type::v1::refusal);
  google::rpc::ErrorInfo info;
  info.set_reason(rejection.reason);
  info.set_domain(kDomain);
  for (const Fact& fact : rejection.facts) (*info.mutable_metadata())[fact.name] = fact.value;
  google::rpc::Status status;
  status.set_code(CodeOf(options.code()));
  status.set_message(options.remedy());
  auto& detail = *status.add_details();
  detail.set_type_url(kErrorInfoType);
  detail.set_value(OrderedBytes(info));
  return status;
}

}  // namespace dialtone::internal
