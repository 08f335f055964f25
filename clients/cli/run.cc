#include "clients/cli/run.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <ostream>

#include "clients/cli/fields.h"
#include "clients/cli/request.h"
#include "clients/cli/usage_file.h"
#include "clients/cpp/stream.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::Message;

constexpr int kRefusalsShown = 5;

void SetText(Message& message, const char* field, const std::string& text) {
  message.GetReflection()->SetString(&message, message.GetDescriptor()->FindFieldByName(field),
                                     text);
}

Ran UsageError(const std::string& what, const Command& command, const Console& console) {
  console.err << "dialtone: " << what << "\ntry: dialtone " << command.noun << ' ' << command.verb
              << " --help\n";
  return {ExitCode::kUsage, {}, std::nullopt};
}

Ran Failed(Failure failure, const Arguments& arguments, const Console& console) {
  console.err << FailureText(failure, "") << RetryText(failure, arguments.given);
  const ExitCode code = ExitCodeOf(failure);
  return {code, {}, std::move(failure)};
}

// Lists go on to their last page, unless a size of page was asked for.
bool GoesOn(Message& request, const Message& reply) {
  const auto* const token = request.GetDescriptor()->FindFieldByName("page_token");
  const auto* const size = request.GetDescriptor()->FindFieldByName("page_size");
  if (token == nullptr || size == nullptr) return false;
  if (request.GetReflection()->GetInt32(request, size) != 0) return false;
  const std::string next = CellOf(reply, "next_page_token", Width::kWide);
  if (next.empty()) return false;
  SetText(request, "page_token", next);
  return true;
}

// What a batch did not do, after what it did.
void ReportItems(Ran& ran, const Console& console) {
  for (const auto& reply : ran.replies) {
    const auto refused = RefusedItems(*reply);
    for (std::size_t i = 0; i < refused.size() && i < kRefusalsShown; ++i) {
      console.err << "item " << refused[i].index + 1 << ' ' << FailureText(refused[i].failure, "");
    }
    if (refused.size() > kRefusalsShown)
      console.err << "and " << refused.size() - kRefusalsShown << " more items\n";
    if (!refused.empty() && !ran.failure) {
      ran.failure = refused.front().failure;
      ran.exit_code = ExitCodeOf(*ran.failure);
    }
  }
}

Ran Unary(const Command& command, const Arguments& arguments, Message& request, Client& client,
          const Console& console) {
  Ran ran;
  for (bool goes_on = true; goes_on;) {
    auto reply = NewMessage(*command.method->output_type());
    Called called;
    auto answered = client.Call(request, *reply, &called);
    if (arguments.dry_run == DryRun::kYes && !called.rule_trace.empty())
      ShowRuleTrace(called.rule_trace, arguments.format, console.out);
    if (!answered) return Failed(std::move(answered.error()), arguments, console);
    goes_on = GoesOn(request, *reply);
    ran.replies.push_back(std::move(reply));
  }
  if (arguments.dry_run == DryRun::kYes) console.err << "allowed; nothing was changed\n";
  Show(ran.replies, arguments.format, console.out);
  ReportItems(ran, console);
  return ran;
}

// A message of a watch that carries nothing but where to resume.
bool IsHeartbeat(const Message& item) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  item.GetReflection()->ListFields(item, &fields);
  return std::all_of(fields.begin(), fields.end(), [](const auto* field) {
    return field->name().find("resume") != std::string::npos;
  });
}

Ran Ended(Ran ran, Stream& stream, const Arguments& arguments, const Console& console) {
  const bool is_full = arguments.limit != 0 && ran.replies.size() >= arguments.limit;
  if (is_full) stream.Cancel();
  const grpc::Status status = stream.Finish();
  if (is_full || status.ok()) return ran;
  Ran failed = Failed(Failure::Of(status), arguments, console);
  failed.replies = std::move(ran.replies);
  return failed;
}

Ran ServerStream(const Command& command, const Arguments& arguments, const Message& request,
                 Client& client, const Console& console) {
  // A watch has no end of its own: only a limit makes a deadline sensible.
  const auto timeout = arguments.limit == 0 ? std::chrono::milliseconds::zero() : arguments.timeout;
  const auto stream = client.Open(*command.method, timeout);
  stream->Write(request);
  stream->WritesDone();
  StreamOutput output(arguments.format, console.out);
  Ran ran;
  while (arguments.limit == 0 || ran.replies.size() < arguments.limit) {
    auto item = NewMessage(*command.method->output_type());
    if (!stream->Read(*item)) break;
    if (IsHeartbeat(*item)) continue;
    output.Show(*item);
    ran.replies.push_back(std::move(item));
  }
  return Ended(std::move(ran), *stream, arguments, console);
}

// Each request is answered before the next one is sent.
Ran BidiStream(const Command& command, const Arguments& arguments,
               const std::vector<RequestPtr>& requests, Client& client, const Console& console) {
  const auto stream = client.Open(*command.method, std::chrono::milliseconds::zero());
  Ran ran;
  StreamOutput output(arguments.format, console.out);
  for (const RequestPtr& request : requests) {
    auto item = NewMessage(*command.method->output_type());
    if (!stream->Write(*request) || !stream->Read(*item)) break;
    output.Show(*item);
    if (auto failure = FailureIn(*item); failure && !ran.failure) {
      console.err << FailureText(*failure, "");
      ran.exit_code = ExitCodeOf(*failure);
      ran.failure = std::move(failure);
    }
    ran.replies.push_back(std::move(item));
  }
  if (ran.replies.size() == requests.size()) stream->WritesDone();
  return Ended(std::move(ran), *stream, arguments, console);
}

bool MayGoOn(const Command& command, const Arguments& arguments, const Console& console) {
  if (!IsDestructive(command) || arguments.confirmed == Confirmed::kYes ||
      arguments.dry_run == DryRun::kYes)
    return true;
  const std::string deed = command.verb + " " + command.noun;
  return console.confirm && console.confirm("Really " + deed + "?");
}

Ran RunUsage(const Command& command, const Arguments& arguments, Client& client,
             const Console& console) {
  auto batches = ReadUsage(arguments);
  if (!batches) return UsageError(batches.error(), command, console);
  return BidiStream(command, arguments, *batches, client, console);
}

}  // namespace

Ran Run(const Command& command, const Arguments& arguments, Client& client,
        const Console& console) {
  if (command.method->client_streaming()) return RunUsage(command, arguments, client, console);
  auto request = BuildRequest(command, arguments);
  if (!request) return UsageError(request.error(), command, console);
  if (!MayGoOn(command, arguments, console))
    return UsageError("this takes something away: add --yes", command, console);
  if (command.method->server_streaming())
    return ServerStream(command, arguments, **request, client, console);
  return Unary(command, arguments, **request, client, console);
}

}  // namespace dialtone::clients::cli
