// What can be said on the command line: a noun and a verb for every linked method, made from its
// name, and better names where somebody thought of them.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

namespace dialtone::clients::cli {

struct Command {
  std::string noun;
  std::string verb;
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string help;  // one line; empty: the method's name says it all
};

// Every linked method once, by noun and verb.
const std::vector<Command>& AllCommands();
// Of the methods that were given a better name: `BillingService.FundCredits`.
std::vector<std::string_view> NicelyNamedMethods();
// Null: there is none.
const Command* FindCommand(std::string_view noun, std::string_view verb);

// Takes something away or ends something: asked about before it is done.
bool IsDestructive(const Command& command);

// The columns of a resource in a table, as paths of fields; `wide` has all that can be shown.
std::vector<std::string> ColumnsOf(const google::protobuf::Descriptor& resource);
// Somebody has chosen the columns: all fields would be too many.
bool HasShortTable(const google::protobuf::Descriptor& resource);
std::vector<std::string> WideColumnsOf(const google::protobuf::Descriptor& resource);

}  // namespace dialtone::clients::cli
