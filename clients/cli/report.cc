#include "clients/cli/report.h"

#include <absl/strings/str_cat.h>
#include <google/rpc/code.pb.h>
#include <google/rpc/status.pb.h>

#include <map>
#include <utility>

#include "clients/cli/arguments.h"
#include "clients/cli/csv.h"
#include "clients/cli/fields.h"
#include "clients/cli/table.h"
#include "clients/cpp/methods.h"
#include "dialtone/type/v1/options.pb.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::Message;
using type::v1::RefusalOptions;

const std::map<std::string, RefusalOptions>& Catalogue() {
  static const auto& catalogue = *[] {
    auto* const all = new std::map<std::string, RefusalOptions>;
    for (const auto* const file : LinkedFiles()) {
      for (int i = 0; i < file->enum_type_count(); ++i) {
        const EnumDescriptor& words = *file->enum_type(i);
        for (int j = 0; j < words.value_count(); ++j) {
          const auto& options = words.value(j)->options();
          if (options.HasExtension(type::v1::refusal))
            all->emplace(words.value(j)->name(), options.GetExtension(type::v1::refusal));
        }
      }
    }
    return all;
  }();
  return catalogue;
}

void ShowTable(const TextTable& table, Format format, std::ostream& out) {
  if (format == Format::kTable || format == Format::kWide) {
    out << table.ToText();
    return;
  }
  out << CsvLine(table.header);
  for (const auto& row : table.rows) out << CsvLine(row);
}

}  // namespace

ExitCode ExitCodeOf(const Failure& failure) {
  switch (failure.code) {
    case grpc::StatusCode::OK:
      return ExitCode::kOk;
    case grpc::StatusCode::INVALID_ARGUMENT:
      return ExitCode::kUsage;
    case grpc::StatusCode::NOT_FOUND:
      return ExitCode::kNotFound;
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::OUT_OF_RANGE:
      return ExitCode::kPrecondition;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:  // a quota, or the server's own limit
      return failure.retry_after ? ExitCode::kUnavailable : ExitCode::kPrecondition;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      return ExitCode::kPermission;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ExitCode::kUnavailable;
    case grpc::StatusCode::DATA_LOSS:
      return ExitCode::kIntegrity;
    case grpc::StatusCode::CANCELLED:
      return ExitCode::kInterrupted;
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::DO_NOT_USE:
      return ExitCode::kOther;
  }
  return ExitCode::kOther;
}

ExitCode ExitCodeOfReason(const std::string& reason) {
  const auto found = Catalogue().find(reason);
  google::rpc::Code code = google::rpc::UNKNOWN;
  google::rpc::Code_Parse(found == Catalogue().end() ? reason : found->second.code(), &code);
  Failure failure;
  failure.code = static_cast<grpc::StatusCode>(code);
  return ExitCodeOf(failure);
}

std::string FailureText(const Failure& failure, std::string_view indent) {
  std::string text(indent);
  absl::StrAppend(&text, "refused: ",
                  failure.reason.empty() ? NameOf(failure.code)
                                         : failure.reason + " (" + NameOf(failure.code) + ")",
                  "\n");
  const std::string deeper = std::string(indent) + "  ";
  // A reason's message repeats its facts and its remedy, which stand below.
  if (failure.reason.empty() && !failure.message.empty())
    absl::StrAppend(&text, deeper, failure.message, "\n");
  text += PairsText(failure.facts, deeper);
  text += PairsText(failure.fields, deeper);
  const std::string remedy = failure.remedy.empty() ? RemedyOf(failure.reason) : failure.remedy;
  if (!remedy.empty()) absl::StrAppend(&text, std::string(indent), "remedy: ", remedy, "\n");
  return text;
}

std::string RetryText(const Failure& failure, const std::vector<std::string>& given) {
  if (failure.request_id.empty()) return "";
  return absl::StrCat("request id: ", failure.request_id, "\nrun it again safely: dialtone ",
                      JoinLine(given), " --request-id ", failure.request_id, "\n");
}

std::optional<Failure> FailureIn(const Message& item) {
  const auto* const field = item.GetDescriptor()->FindFieldByName("status");
  if (field == nullptr || field->message_type() != google::rpc::Status::descriptor())
    return std::nullopt;
  const Message& status = item.GetReflection()->GetMessage(item, field);
  const auto& one = dynamic_cast<const google::rpc::Status&>(status);
  if (one.code() == 0) return std::nullopt;
  return Failure::Of(one);
}

std::vector<RefusedItem> RefusedItems(const Message& reply) {
  std::vector<RefusedItem> refused;
  const auto* const list = ListOf(*reply.GetDescriptor());
  const auto& of = *reply.GetReflection();
  const int size = list == nullptr ? 0 : of.FieldSize(reply, list);
  for (int i = 0; i < size; ++i) {
    if (auto failure = FailureIn(of.GetRepeatedMessage(reply, list, i)))
      refused.push_back({i, std::move(*failure)});
  }
  return refused;
}

bool ShowRuleTrace(const std::string& bytes, Format format, std::ostream& out) {
  const auto* const type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          "dialtone.type.v1.RuleTrace");
  if (type == nullptr) return false;
  const auto trace = NewMessage(*type);
  if (!trace->ParseFromString(bytes)) return false;
  if (format != Format::kTable && format != Format::kWide) {
    out << JsonOf(*trace) << '\n';
    return true;
  }
  TextTable table{{"RULE", "HOLDS", "LOOKED AT"}, {}};
  const auto* const rules = type->FindFieldByName("rules");
  for (int i = 0; i < trace->GetReflection()->FieldSize(*trace, rules); ++i) {
    const Message& rule = trace->GetReflection()->GetRepeatedMessage(*trace, rules, i);
    table.rows.push_back({CellOf(rule, "reason", Width::kWide), CellOf(rule, "holds", Width::kWide),
                          CellOf(rule, "facts", Width::kWide)});
  }
  ShowTable(table, format, out);
  return true;
}

void ShowCatalogue(Format format, std::ostream& out) {
  TextTable table{{"REASON", "CODE", "WHAT TO DO"}, {}};
  for (const auto& [reason, options] : Catalogue())
    table.rows.push_back({reason, options.code(), options.remedy()});
  if (format == Format::kTable || format == Format::kWide || format == Format::kCsv)
    return ShowTable(table, format, out);
  for (const auto& row : table.rows) {
    if (format == Format::kName) {
      out << row[0] << '\n';
      continue;
    }
    RefusalOptions options;
    options.set_code(row[1]);
    options.set_remedy(row[2]);
    out << "{\"reason\":\"" << row[0] << "\"," << JsonOf(options).substr(1) << '\n';
  }
}

std::string RemedyOf(const std::string& reason) {
  const auto found = Catalogue().find(reason);
  return found == Catalogue().end() ? "" : found->second.remedy();
}

}  // namespace dialtone::clients::cli
