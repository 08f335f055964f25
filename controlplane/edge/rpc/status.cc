#include "controlplane/edge/rpc/status.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include "controlplane/kernel/check.h"

namespace dialtone::edge {

namespace {

constexpr char kDomain[] = "dialtone";
constexpr std::int64_t kRetryMillis = 200;
// Details travel in trailing metadata, of which clients take 8 KiB unless told otherwise.
constexpr std::size_t kViolationBytesMax = 3'000;

// `QUOTA_EXCEEDED (quota 65, held 64): Assign more calling plans.`
std::string MessageOf(const KnownRefusal& known, const Facts& facts) {
  std::string message = known.reason;
  std::string listed;
  for (const auto& [name, value] : facts) {
    if (!listed.empty()) listed += ", ";
    listed += name + " " + value;
  }
  if (!listed.empty()) message += " (" + listed + ")";
  return message + ": " + known.remedy;
}

// A rule of Dialtone that held it back, as the kind of detail that clients look for by the code.
void AddKind(const KnownRefusal& known, const std::string& message, std::string_view resource,
             google::rpc::Status& status) {
  if (known.code == grpc::StatusCode::FAILED_PRECONDITION) {
    google::rpc::PreconditionFailure failure;
    auto& violation = *failure.add_violations();
    violation.set_type(known.reason);
    violation.set_subject(std::string(resource));
    violation.set_description(message);
    status.add_details()->PackFrom(failure);
  } else if (known.code == grpc::StatusCode::RESOURCE_EXHAUSTED) {
    google::rpc::QuotaFailure failure;
    auto& violation = *failure.add_violations();
    violation.set_subject(std::string(resource));
    violation.set_description(message);
    status.add_details()->PackFrom(failure);
  } else if (known.code == grpc::StatusCode::NOT_FOUND ||
             known.code == grpc::StatusCode::ALREADY_EXISTS) {
    google::rpc::ResourceInfo info;
    info.set_resource_name(std::string(resource));
    info.set_description(message);
    status.add_details()->PackFrom(info);
  }
}

// What helps by itself if it is asked again: not a quota of the domain, but the door's own limits.
bool HelpsToRetry(const KnownRefusal& known) {
  return known.code == grpc::StatusCode::UNAVAILABLE || known.reason == "QUEUE_FULL" ||
         known.reason == "TOO_MANY_WAIT";
}

void AddRetry(google::rpc::Status& status) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(kRetryMillis * 1'000'000);
  status.add_details()->PackFrom(retry);
}

// The facts are a map, which protobuf writes in a new order each time; but a repeated request gets
// the very bytes of the first answer.
void PackInOrder(const google::rpc::ErrorInfo& info, google::protobuf::Any& packed) {
  packed.PackFrom(google::rpc::ErrorInfo());  // for its type
  google::protobuf::io::StringOutputStream stream(packed.mutable_value());
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  info.SerializeToCodedStream(&coded);
}

google::rpc::Status StatusOf(const KnownRefusal& known, const Facts& facts, std::string message) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(known.code));
  google::rpc::ErrorInfo info;
  info.set_reason(known.reason);
  info.set_domain(kDomain);
  for (const auto& [name, value] : facts) (*info.mutable_metadata())[name] = value;
  PackInOrder(info, *status.add_details());
  google::rpc::LocalizedMessage remedy;
  remedy.set_locale("en");
  remedy.set_message(known.remedy);
  status.add_details()->PackFrom(remedy);
  if (HelpsToRetry(known)) AddRetry(status);
  status.set_message(std::move(message));
  return status;
}

grpc::Status ToGrpc(const google::rpc::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), status.message(),
          status.SerializeAsString()};
}

const KnownRefusal& KnownOf(type::v1::EdgeRefusal reason) {
  const std::string& name = type::v1::EdgeRefusal_Name(reason);
  const KnownRefusal* const known = RefusalCatalogue::OfThisBinary().Find(name);
  DIALTONE_CHECK(known != nullptr, "no refusal of the edge: " + name);
  return *known;
}

grpc::Status BadRequestStatus(const std::vector<Violation>& violations) {
  const KnownRefusal& known = KnownOf(type::v1::MALFORMED_REQUEST);
  std::string message;
  google::rpc::BadRequest details;
  for (const Violation& one : violations) {
    if (details.ByteSizeLong() > kViolationBytesMax) break;
    auto& added = *details.add_field_violations();
    added.set_field(one.field);
    added.set_description(one.description);
    if (details.field_violations_size() <= 3)
      message += (message.empty() ? "" : "; ") + one.field + " " + one.description;
  }
  if (violations.size() > 3) message += "; " + std::to_string(violations.size()) + " in all";
  google::rpc::Status status = StatusOf(known, {}, std::move(message));
  status.add_details()->PackFrom(details);
  return ToGrpc(status);
}

std::string Listed(const std::vector<Position>& positions) {
  std::string text;
  for (const Position& at : positions) text += (text.empty() ? "" : " ") + ToText(at);
  return text;
}

}  // namespace

std::string ReasonIn(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  for (const auto& detail : status.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

grpc::Status ToStatus(const ledger::v1::Refusal& refusal, std::string_view resource) {
  const KnownRefusal* const known = RefusalCatalogue::OfThisBinary().Find(refusal.reason());
  const KnownRefusal unknown{refusal.reason(), grpc::StatusCode::INTERNAL,
                             "Tell the operator: this server does not know the reason.", ""};
  const KnownRefusal& meant = known == nullptr ? unknown : *known;
  Facts facts;
  for (const ledger::v1::Fact& fact : refusal.facts())
    facts.emplace_back(fact.name(), fact.value());
  const std::string message = MessageOf(meant, facts);
  google::rpc::Status status = StatusOf(meant, facts, message);
  AddKind(meant, message, resource, status);
  return ToGrpc(status);
}

grpc::Status ToStatus(const Rejection& rejection) {
  return ToStatus(Refused(RequestId(), rejection).answers.front().refusal(), "");
}

grpc::Status ToStatus(const std::vector<Violation>& violations) {
  return violations.empty() ? grpc::Status::OK : BadRequestStatus(violations);
}

grpc::Status ToStatus(const QueryError& error) {
  switch (error.kind) {
    case QueryError::Kind::kBadField:
      return BadRequestStatus({{error.what, error.message}});
    case QueryError::Kind::kBehind:
      return EdgeStatus(type::v1::VIEW_BEHIND, {{"reached", Listed(error.reached)}});
    case QueryError::Kind::kNotFound:
      break;
  }
  const KnownRefusal& known = KnownOf(type::v1::RESOURCE_NOT_FOUND);
  const Facts facts = {{"name", error.what}};
  google::rpc::Status status = StatusOf(known, facts, MessageOf(known, facts));
  AddKind(known, error.message, error.what, status);
  return ToGrpc(status);
}

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  return details.ParseFromString(status.error_details()) ? ReasonIn(details) : "";
}

grpc::Status KeyAwayStatus(const std::string& subject) {
  return EdgeStatus(type::v1::KEYS_UNAVAILABLE,
                    {{"cause", "the key of " + subject + " is not known here"}});
}

grpc::Status EdgeStatus(type::v1::EdgeRefusal reason, const Facts& facts) {
  const KnownRefusal& known = KnownOf(reason);
  return ToGrpc(StatusOf(known, facts, MessageOf(known, facts)));
}

}  // namespace dialtone::edge
