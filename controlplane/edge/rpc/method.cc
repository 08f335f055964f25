#include "controlplane/edge/rpc/method.h"

#include "controlplane/edge/rpc/refusals.h"
#include "controlplane/kernel/check.h"
#include "google/rpc/status.pb.h"

namespace dialtone::edge {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using telemetry::MethodKind;

MethodKind KindOf(const MethodDescriptor& method) {
  if (method.client_streaming() && method.server_streaming()) return MethodKind::kBidiStream;
  if (method.client_streaming()) return MethodKind::kClientStream;
  return method.server_streaming() ? MethodKind::kServerStream : MethodKind::kUnary;
}

telemetry::MethodUse UseOf(const MethodDescriptor& method, const Form& form) {
  const bool is_command = form.request_id() != nullptr || method.client_streaming();
  return is_command ? telemetry::MethodUse::kCommand : telemetry::MethodUse::kQuestion;
}

const FieldDescriptor* StatusFieldOf(const google::protobuf::Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* const field = type.field(i);
    if (!field->is_repeated() && field->message_type() == google::rpc::Status::descriptor())
      return field;
  }
  return nullptr;
}

std::vector<ItemStatusField> ItemStatusesOf(const google::protobuf::Descriptor& reply) {
  std::vector<ItemStatusField> found;
  if (const auto* const status = StatusFieldOf(reply)) found.push_back({nullptr, status});
  for (int i = 0; i < reply.field_count(); ++i) {
    const FieldDescriptor* const items = reply.field(i);
    if (!items->is_repeated() || items->is_map() || items->message_type() == nullptr) continue;
    if (const auto* const status = StatusFieldOf(*items->message_type()))
      found.push_back({items, status});
  }
  return found;
}

}  // namespace

MethodBook::MethodBook(telemetry::Metrics& metrics) {
  for (const auto* const file : FilesOfDialtone()) {
    for (int i = 0; i < file->service_count(); ++i) {
      const auto& service = *file->service(i);
      for (int j = 0; j < service.method_count(); ++j) Add(*service.method(j), metrics);
    }
  }
}

void MethodBook::Add(const MethodDescriptor& method, telemetry::Metrics& metrics) {
  auto entry = std::make_unique<Method>();
  entry->service = method.service()->full_name();
  entry->name = method.name();
  entry->form = &forms_.Of(method.input_type());
  entry->request_seal = seals_.Of(method.input_type());
  entry->reply_seal = seals_.Of(method.output_type());
  metrics_.push_back(
      metrics.ForMethod(entry->service, entry->name, KindOf(method), UseOf(method, *entry->form)));
  entry->metrics = metrics_.back().get();
  entry->item_statuses = ItemStatusesOf(*method.output_type());
  const bool is_new = by_request_.emplace(method.input_type(), std::move(entry)).second;
  DIALTONE_CHECK(is_new, method.input_type()->full_name() + " is the request of two methods");
}

void MethodBook::Unknown(const google::protobuf::Descriptor* request) {
  DIALTONE_CHECK(false, "no linked method takes " + request->full_name());
  __builtin_unreachable();
}

}  // namespace dialtone::edge
