#include "controlplane/edge/rpc/method.h"

#include "controlplane/edge/rpc/refusals.h"
#include "controlplane/kernel/check.h"

namespace dialtone::edge {

namespace {

using google::protobuf::MethodDescriptor;
using telemetry::MethodKind;

MethodKind KindOf(const MethodDescriptor& method) {
  if (method.client_streaming() && method.server_streaming()) return MethodKind::kBidiStream;
  if (method.client_streaming()) return MethodKind::kClientStream;
  return method.server_streaming() ? MethodKind::kServerStream : MethodKind::kUnary;
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
  metrics_.push_back(metrics.ForMethod(entry->service, entry->name, KindOf(method)));
  entry->metrics = metrics_.back().get();
  const bool is_new = by_request_.emplace(method.input_type(), std::move(entry)).second;
  DIALTONE_CHECK(is_new, method.input_type()->full_name() + " is the request of two methods");
}

void MethodBook::Unknown(const google::protobuf::Descriptor* request) {
  DIALTONE_CHECK(false, "no linked method takes " + request->full_name());
  __builtin_unreachable();
}

}  // namespace dialtone::edge
