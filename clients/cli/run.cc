#include "clients/cli/run.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <ostream>
#include <thread>

#include "clients/cli/again.h"
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
  Called called;
  auto replies = AskAll(command, request, client, &called);
  if (arguments.dry_run == DryRun::kYes && !called.rule_trace.empty())
    ShowRuleTrace(called.rule_trace, arguments.format, console.out);
  if (!replies) return Failed(std::move(replies.error()), arguments, console);
  ran.replies = std::move(*replies);
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

// A stream that went on well, and goes on elsewhere or later: where the last message says.
bool IsInterrupted(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         Failure::Of(status).reason == "WATCH_TOO_SLOW";
}

// One stream's messages, until it ends; each leaves in the request where the next stream goes on.
void ReadStream(Stream& stream, const Command& command, const Arguments& arguments,
                Message& request, StreamOutput& output, std::size_t& shown, Ran& ran) {
  const auto* const token = request.GetDescriptor()->FindFieldByName("resume_token");
  while (arguments.limit == 0 || shown < arguments.limit) {
    auto item = NewMessage(*command.method->output_type());
    if (!stream.Read(*item)) return;
    if (token != nullptr)
      SetText(request, "resume_token", CellOf(*item, "resume_token", Width::kWide));
    if (IsHeartbeat(*item)) continue;
    output.Show(*item);
    ++shown;
    if (arguments.limit != 0) ran.replies.push_back(std::move(item));
  }
}

// Survives a server that restarts: for --timeout at most, from one message to the next.
Ran ServerStream(const Command& command, const Arguments& arguments, Message& request,
                 Client& client, const Console& console) {
  // A watch has no end of its own: only a limit makes a deadline sensible.
  const auto timeout = arguments.limit == 0 ? std::chrono::milliseconds::zero() : arguments.timeout;
  const bool may_resume = request.GetDescriptor()->FindFieldByName("resume_token") != nullptr;
  StreamOutput output(arguments.format, console.out);
  Ran ran;
  std::size_t shown = 0;
  auto heard = std::chrono::steady_clock::now();
  while (true) {
    const auto stream = client.Open(*command.method, timeout);
    const std::string before = CellOf(request, "resume_token", Width::kWide);
    stream->Write(request);
    stream->WritesDone();
    ReadStream(*stream, command, arguments, request, output, shown, ran);
    if (arguments.limit != 0 && shown >= arguments.limit) {
      stream->Cancel();
      stream->Finish();
      return ran;
    }
    const grpc::Status status = stream->Finish();
    if (CellOf(request, "resume_token", Width::kWide) != before)
      heard = std::chrono::steady_clock::now();
    const bool is_late = std::chrono::steady_clock::now() - heard > arguments.timeout;
    if (status.ok()) return ran;
    if (!may_resume || is_late || !IsInterrupted(status))
      return Failed(Failure::Of(status), arguments, console);
    std::this_thread::sleep_for(arguments.every);
  }
}

// Each request is answered before the next one is sent.
Ran BidiStream(const Command& command, const Arguments& arguments,
               const std::vector<RequestPtr>& requests, Client& client, const Console& console) {
  const auto stream = client.Open(*command.method, std::chrono::milliseconds::zero());
  Ran ran;
  StreamOutput output(arguments.format, console.out);
  for (const RequestPtr& request : requests) {
    if (console.progress)
      console.progress(absl::StrCat("batch ", ran.replies.size() + 1, " of ", requests.size()));
    auto item = NewMessage(*command.method->output_type());
    if (!stream->Write(*request) || !stream->Read(*item)) break;
    if (console.progress) console.progress("");
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

Ran RunWait(const Command& get, const Arguments& arguments, Client& client,
            const Console& console) {
  auto request = BuildRequest(get, arguments);
  if (!request) return UsageError(request.error(), get, console);
  auto ran = WaitFor(get, arguments, **request, client, console);
  return ran ? std::move(*ran) : UsageError(ran.error(), get, console);
}

Ran Run(const Command& command, const Arguments& arguments, Client& client,
        const Console& console) {
  if (command.method->client_streaming()) return RunUsage(command, arguments, client, console);
  auto request = BuildRequest(command, arguments);
  if (!request) return UsageError(request.error(), command, console);
  if (!MayGoOn(command, arguments, console))
    return UsageError("this takes something away: add --yes", command, console);
  if (command.method->server_streaming())
    return ServerStream(command, arguments, **request, client, console);
  if (arguments.watching == Watching::kYes) {
    if (!IsQuestion(command)) return UsageError("--watch is for what only reads", command, console);
    return Watch(command, arguments, **request, client, console);
  }
  Ran ran = Unary(command, arguments, **request, client, console);
  if (ran.failure || command.method->name() != "RebuildProjection") return ran;
  Ran rebuilt = AwaitRebuilt(CellOf(**request, "name", Width::kWide), arguments, client, console);
  rebuilt.replies = std::move(ran.replies);
  return rebuilt;
}

}  // namespace dialtone::clients::cli
