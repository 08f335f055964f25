// The golden files as tests read them: `[kind name]` begins a section, `field = value` is a line of
// it, bytes are hexadecimal.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dialtone::golden {

struct Section {
  std::string kind;  // the first word of its name
  std::string name;  // the rest
  std::vector<std::pair<std::string, std::string>> lines;

  // The value of a line; empty if there is none.
  std::string At(std::string_view field) const;
  bool Has(std::string_view field) const;
};

// The path of a golden file in the source tree.
std::string PathOf(std::string_view file);
std::vector<Section> ReadSections(std::string_view file);
// REQUIRES: the file has just one section of this whole name.
Section SectionNamed(std::string_view file, std::string_view whole_name);

std::string FromHex(std::string_view hex);
std::vector<std::string> Words(std::string_view text);

// Sets what a dotted path names, such as `outcomes.1.request.id`: text as it is, bytes from
// hexadecimal, a message (as far as paths go into it) from its serialisation in hexadecimal.
void Set(google::protobuf::Message& message, std::string_view path, const std::string& value);
// Sets all lines of a section whose path goes on from `prefix`.
void SetAll(google::protobuf::Message& message, const Section& section, std::string_view prefix);

}  // namespace dialtone::golden
