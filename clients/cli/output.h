// Answers on the standard output, in the format that was asked for.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace dialtone::clients::cli {

enum class Format { kTable, kWide, kJson, kJsonl, kYaml, kCsv, kName };
std::optional<Format> ParseFormat(std::string_view text);

using Replies = std::vector<std::unique_ptr<google::protobuf::Message>>;

// The list that a reply is there for; null: it is about one thing.
const google::protobuf::FieldDescriptor* ListOf(const google::protobuf::Descriptor& reply);

// The pages of one list, or a single reply.
void Show(const Replies& pages, Format format, std::ostream& out);
// Items of a stream, as they come. Tables get a header once, with the columns of the first item.
class StreamOutput {
 public:
  StreamOutput(Format format, std::ostream& out) : format_(format), out_(out) {}
  void Show(const google::protobuf::Message& message);

 private:
  const Format format_;
  std::ostream& out_;
  std::size_t shown_ = 0;
};

std::string JsonOf(const google::protobuf::Message& message);
// Of JSON text. REQUIRES: it is JSON.
std::string YamlOf(const std::string& json);
std::string IndentedJson(const std::string& json);

}  // namespace dialtone::clients::cli
