#include "clients/cli/again.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <ostream>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "clients/cli/fields.h"
#include "clients/cli/values.h"
#include "clients/cpp/methods.h"
#include "dialtone/admin/v1/admin_service.pb.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using std::chrono::steady_clock;

// Lists go on to their last page, unless a size of page was asked for.
bool GoesOn(Message& request, const Message& reply) {
  const auto& type = *request.GetDescriptor();
  const auto* const token = type.FindFieldByName("page_token");
  const auto* const size = type.FindFieldByName("page_size");
  if (token == nullptr || size == nullptr) return false;
  if (request.GetReflection()->GetInt32(request, size) != 0) return false;
  const std::string next = CellOf(reply, "next_page_token", Width::kWide);
  if (next.empty()) return false;
  request.GetReflection()->SetString(&request, token, next);
  return true;
}

// What a field shall be.
struct Wanted {
  std::string path;
  std::string value;
};

// Enums by their short names, all else as it is shown.
tl::expected<Wanted, std::string> ParseWanted(const Descriptor& resource, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return tl::unexpected("--for is FIELD=VALUE, not " + text);
  const auto leaf = FindLeaf(resource, FieldNameOf(text.substr(0, equals)));
  if (!leaf) return tl::unexpected("there is no field " + text.substr(0, equals));
  std::string value = text.substr(equals + 1);
  if (const auto* const type = leaf->path.back()->enum_type()) {
    const auto* const known = FindEnumValue(*type, value);
    if (known == nullptr) return tl::unexpected(value + " is no " + leaf->path.back()->name());
    value = EnumText(*known);
  }
  return Wanted{leaf->text(), std::move(value)};
}

// Empty: all of them are so.
std::string WhatIsMissing(const Message& resource, const std::vector<Wanted>& all) {
  std::string missing;
  for (const Wanted& wanted : all) {
    const std::string is = CellOf(resource, wanted.path, Width::kWide);
    if (is == wanted.value) continue;
    if (!missing.empty()) missing += ", ";
    absl::StrAppend(&missing, wanted.path, " is ", is.empty() ? "not set" : is, ", not ",
                    wanted.value);
  }
  return missing;
}

Ran Failed(Failure failure, const Console& console) {
  if (console.progress) console.progress("");
  console.err << FailureText(failure, "");
  const ExitCode code = ExitCodeOf(failure);
  return {code, {}, std::move(failure)};
}

std::string SecondsSince(steady_clock::time_point began) {
  return absl::StrCat(
      std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - began).count(), " s");
}

}  // namespace

tl::expected<Replies, Failure> AskAll(const Command& command, Message& request, Client& client,
                                      Called* called) {
  Replies replies;
  for (bool goes_on = true; goes_on;) {
    auto reply = NewMessage(*command.method->output_type());
    auto answered = client.Call(request, *reply, called);
    if (!answered) return tl::unexpected(std::move(answered.error()));
    goes_on = GoesOn(request, *reply);
    replies.push_back(std::move(reply));
  }
  return replies;
}

bool IsQuestion(const Command& command) {
  static constexpr std::string_view kQuestions[] = {"Get", "List", "Explain", "Count", "Search"};
  const std::string_view name = command.method->name();
  return std::any_of(std::begin(kQuestions), std::end(kQuestions),
                     [&](std::string_view start) { return name.rfind(start, 0) == 0; });
}

Ran Watch(const Command& command, const Arguments& arguments, const Message& request,
          Client& client, const Console& console) {
  std::string last;
  for (std::size_t shown = 0; arguments.limit == 0 || shown < arguments.limit;) {
    const std::unique_ptr<Message> asked(request.New());
    asked->CopyFrom(request);
    auto replies = AskAll(command, *asked, client);
    if (!replies) return Failed(std::move(replies.error()), console);
    std::ostringstream text;
    Show(*replies, arguments.format, text);
    if (shown == 0 || text.str() != last) {
      const bool is_for_people =
          arguments.format == Format::kTable || arguments.format == Format::kWide;
      if (shown > 0 && is_for_people) console.out << '\n';
      last = text.str();
      console.out << last << std::flush;
      ++shown;
      if (shown == arguments.limit) break;
    }
    std::this_thread::sleep_for(arguments.every);
  }
  return {};
}

tl::expected<Ran, std::string> WaitFor(const Command& command, const Arguments& arguments,
                                       const Message& request, Client& client,
                                       const Console& console) {
  std::vector<Wanted> all;
  for (const std::string& text : arguments.until) {
    auto wanted = ParseWanted(*command.method->output_type(), text);
    if (!wanted) return tl::unexpected(std::move(wanted.error()));
    all.push_back(std::move(*wanted));
  }
  if (all.empty()) return tl::unexpected<std::string>("wait needs --for FIELD=VALUE");
  const auto began = steady_clock::now();
  while (true) {
    const std::unique_ptr<Message> asked(request.New());
    asked->CopyFrom(request);
    auto replies = AskAll(command, *asked, client);
    if (!replies) return Failed(std::move(replies.error()), console);
    const std::string missing = WhatIsMissing(*replies->front(), all);
    if (console.progress)
      console.progress(missing.empty() ? "" : missing + ", " + SecondsSince(began));
    if (missing.empty()) {
      Show(*replies, arguments.format, console.out);
      return Ran{ExitCode::kOk, std::move(*replies), std::nullopt};
    }
    if (steady_clock::now() - began + arguments.every > arguments.timeout) {
      return Failed(Failure::Of(grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED,
                                             missing + "; wait longer with --timeout")),
                    console);
    }
    std::this_thread::sleep_for(arguments.every);
  }
}

Ran AwaitRebuilt(const std::string& projection, const Arguments& arguments, Client& client,
                 const Console& console) {
  const auto began = steady_clock::now();
  while (true) {
    const auto listed =
        client.Call<admin::v1::ListProjectionsResponse>(admin::v1::ListProjectionsRequest());
    if (!listed) return Failed(listed.error(), console);
    const auto& all = listed->projections();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& one) { return one.name() == projection; });
    if (found == all.end() || !found->rebuilding()) break;
    if (!found->stop_reason().empty()) {
      return Failed(Failure::Of(grpc::Status(grpc::StatusCode::FAILED_PRECONDITION,
                                             projection + " is stopped: " + found->stop_reason())),
                    console);
    }
    if (console.progress) console.progress("rebuilding " + projection + ", " + SecondsSince(began));
    std::this_thread::sleep_for(std::min(arguments.every, std::chrono::milliseconds(200)));
  }
  if (console.progress) console.progress("");
  console.err << projection << " is rebuilt\n";
  return {};
}

}  // namespace dialtone::clients::cli
