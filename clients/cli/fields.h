// Fields of messages by their paths, and their values as people write and read them.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dialtone::clients::cli {

// A field that is written or shown as one text: a scalar, an enum, money, a time, a span, or a
// list.
struct LeafField {
  std::vector<const google::protobuf::FieldDescriptor*> path;  // from the outermost
  std::string text() const;                                    // area.city
};

// Outermost first, in the order of the message. What only servers fill in is left out.
std::vector<LeafField> LeavesOf(const google::protobuf::Descriptor& type);
// By its full path, or by its last part where just one field of the least depth has it.
std::optional<LeafField> FindLeaf(const google::protobuf::Descriptor& type,
                                  const std::string& text);

// --area-code → area_code.
std::string FieldNameOf(std::string_view flag);
std::string FlagNameOf(std::string_view field);

// What is wrong, as a sentence's end: `is not a number`.
using Problem = std::string;

// Writes a field, or adds to a list: items are separated by commas; messages are JSON, `@file.json`
// or `@file.csv` whose first line names the fields of an item.
tl::expected<void, Problem> SetField(google::protobuf::Message& message, const LeafField& leaf,
                                     const std::string& text);

// How much room a cell has.
enum class Width { kTable, kWide };

// A field as one line; empty if it is not set.
std::string CellOf(const google::protobuf::Message& message, const std::string& path, Width width);

// Is a message type that is one value to people.
bool IsValue(const google::protobuf::Descriptor& type);

}  // namespace dialtone::clients::cli
