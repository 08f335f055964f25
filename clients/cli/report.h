// What went wrong, for people and for scripts: text on the standard error, and the exit code.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/output.h"
#include "clients/cpp/failure.h"

namespace dialtone::clients::cli {

enum class ExitCode : int {
  kOk = 0,
  kOther = 1,
  kUsage = 2,
  kNotFound = 3,
  kPrecondition = 4,  // or a conflict, or a quota
  kPermission = 5,
  kUnavailable = 6,  // or too late
  kIntegrity = 7,
  kInterrupted = 130,
};

ExitCode ExitCodeOf(const Failure& failure);
// Of a reason of the catalogue, or the name of a code.
ExitCode ExitCodeOfReason(const std::string& reason);

// Reason, message, facts, fields, remedy. Each line begins with `indent`.
std::string FailureText(const Failure& failure, std::string_view indent);
// How to run a command again without doing anything twice; empty: it is as it was.
std::string RetryText(const Failure& failure, const std::vector<std::string>& given);

// What an item's `status` says; none: it has none, or was done.
std::optional<Failure> FailureIn(const google::protobuf::Message& item);

// Items of a batch that were refused. `index` counts from 0.
struct RefusedItem {
  int index = 0;
  Failure failure;
};
std::vector<RefusedItem> RefusedItems(const google::protobuf::Message& reply);

// The rules that a dry run looked at. False: the bytes are no trace.
bool ShowRuleTrace(const std::string& bytes, Format format, std::ostream& out);

// Every refusal that the linked protos know: reason, code, remedy.
void ShowCatalogue(Format format, std::ostream& out);
// Of a reason; empty: it is not in the catalogue.
std::string RemedyOf(const std::string& reason);

}  // namespace dialtone::clients::cli
