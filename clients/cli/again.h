// Commands that go on: a question that is asked again and again, until something is so, or for as
// long as somebody looks.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <tl/expected.hpp>

#include "clients/cli/run.h"

namespace dialtone::clients::cli {

// All pages of the answer; sets the request's page token on the way.
tl::expected<Replies, Failure> AskAll(const Command& command, google::protobuf::Message& request,
                                      Client& client, Called* called = nullptr);

// Whether the command only reads: it may be asked as often as one likes.
bool IsQuestion(const Command& command);

// --watch: shows the answer, and again whenever it has changed; --limit times at most.
Ran Watch(const Command& command, const Arguments& arguments,
          const google::protobuf::Message& request, Client& client, const Console& console);

// `wait NOUN NAME --for FIELD=VALUE`: until every such field is so, then shows the resource; too
// late after --timeout. The error is a sentence about the words.
tl::expected<Ran, std::string> WaitFor(const Command& command, const Arguments& arguments,
                                       const google::protobuf::Message& request, Client& client,
                                       const Console& console);

// After `projection rebuild`: until it is rebuilt, or has stopped.
Ran AwaitRebuilt(const std::string& projection, const Arguments& arguments, Client& client,
                 const Console& console);

}  // namespace dialtone::clients::cli
