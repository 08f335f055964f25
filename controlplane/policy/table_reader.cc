#include "controlplane/policy/table_reader.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <charconv>
#include <optional>
#include <vector>

#include "dialtone/policy/v1/table.pb.h"

namespace dialtone::policy {

namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The cells of one line; empty when a quote stays open.
std::optional<std::vector<std::string>> Cells(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool doubled = quoted && line.substr(i, 2) == "\"\"";
    if (doubled) {
      cells.back() += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += line[i];
    }
  }
  if (quoted) return std::nullopt;
  return cells;
}

const EnumValueDescriptor* ValueOf(const FieldDescriptor& field, std::string_view text) {
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    const auto* value = field.enum_type()->value(i);
    if (value->options().HasExtension(v1::csv) && value->options().GetExtension(v1::csv) == text) {
      return value;
    }
  }
  return nullptr;
}

template <class Number>
std::optional<Number> NumberOf(std::string_view text) {
  Number number = 0;
  if (text.empty()) return number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool AddGroup(Message& row, const FieldDescriptor& field, std::string_view text) {
  auto* group = row.GetReflection()->AddMessage(&row, &field);
  const auto* items = group->GetDescriptor()->field(0);
  for (const auto item : Split(text, '|')) {
    group->GetReflection()->AddString(group, items, std::string(item));
  }
  return true;
}

bool AddItem(Message& row, const FieldDescriptor& field, std::string_view text) {
  const auto* reflection = row.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection->AddString(&row, &field, std::string(text));
    return true;
  }
  const auto number = NumberOf<std::uint32_t>(text);
  if (number) reflection->AddUInt32(&row, &field, *number);
  return number.has_value();
}

bool SetList(Message& row, const FieldDescriptor& field, std::string_view text) {
  if (text.empty()) return true;
  const bool grouped = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  for (const auto item : Split(text, grouped ? '&' : '|')) {
    if (!(grouped ? AddGroup(row, field, item) : AddItem(row, field, item))) return false;
  }
  return true;
}

// False: the text is no value of the field's type.
bool SetCell(Message& row, const FieldDescriptor& field, std::string_view text) {
  if (field.is_repeated()) return SetList(row, field, text);
  const auto* reflection = row.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflection->SetString(&row, &field, std::string(text));
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection->SetBool(&row, &field, text == "yes");
      return text == "yes" || text == "no";
    case FieldDescriptor::CPPTYPE_ENUM: {
      if (text.empty()) return true;  // unspecified: whether it may be is the field's rule
      const auto* value = ValueOf(field, text);
      if (value != nullptr) reflection->SetEnum(&row, &field, value);
      return value != nullptr;
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      const auto number = NumberOf<std::uint32_t>(text);
      if (number) reflection->SetUInt32(&row, &field, *number);
      return number.has_value();
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      const auto number = NumberOf<std::int64_t>(text);
      if (number) reflection->SetInt64(&row, &field, *number);
      return number.has_value();
    }
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return false;
  }
  return false;
}

tl::unexpected<std::string> Wrong(const std::string& place, const std::string& what) {
  return tl::unexpected<std::string>(place + ": " + what);
}

using Header = std::vector<const FieldDescriptor*>;

tl::expected<Header, std::string> ReadHeader(const std::string& place, std::string_view line,
                                             const google::protobuf::Descriptor& row) {
  Header header;
  for (const auto name : Split(line, ',')) {
    header.push_back(row.FindFieldByName(std::string(name)));
    if (header.back() == nullptr) {
      return Wrong(place, "no column '" + std::string(name) + "' in " + row.name());
    }
  }
  return header;
}

Read ReadRow(const std::string& place, std::string_view line, const Header& header, Message& row) {
  const auto cells = Cells(line);
  if (!cells) return Wrong(place, "a quote stays open");
  if (cells->size() != header.size()) {
    return Wrong(place, std::to_string(cells->size()) + " cells, the header has " +
                            std::to_string(header.size()));
  }
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (SetCell(row, *header[i], (*cells)[i])) continue;
    return Wrong(place, header[i]->name() + " cannot be '" + (*cells)[i] + "'");
  }
  return {};
}

// Keeps the first complaint of protobuf's parser.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstError(std::string label) : label_(std::move(label)) {}
  void AddError(int line, int column, const std::string& message) override {
    if (text_.empty()) text_ = label_ + ":" + std::to_string(line + 1) + ": " + message;
  }
  const std::string& text() const { return text_; }

 private:
  std::string label_;
  std::string text_;
};

void PutPlaces(const std::string& label, const Message& message,
               const TextFormat::ParseInfoTree& tree, Places& places);

// The value at `index`, or, at -1, the only one.
void PutPlace(const std::string& label, const Message& message, const FieldDescriptor& field,
              int index, const TextFormat::ParseInfoTree& tree, Places& places) {
  const int line = tree.GetLocation(&field, index).line + 1;
  if (line == 0) return;
  const std::string place = label + ":" + std::to_string(line);
  places.Put(message, field, place);
  const auto* nested = tree.GetTreeForNested(&field, index);
  if (nested == nullptr) return;
  const auto* reflection = message.GetReflection();
  const auto& value = index < 0 ? reflection->GetMessage(message, &field)
                                : reflection->GetRepeatedMessage(message, &field, index);
  places.Put(value, place);
  PutPlaces(label, value, *nested, places);
}

void PutPlaces(const std::string& label, const Message& message,
               const TextFormat::ParseInfoTree& tree, Places& places) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const auto& field = *message.GetDescriptor()->field(i);
    if (!field.is_repeated()) {
      PutPlace(label, message, field, -1, tree, places);
      continue;
    }
    for (int item = 0; item < message.GetReflection()->FieldSize(message, &field); ++item) {
      PutPlace(label, message, field, item, tree, places);
    }
  }
}

}  // namespace

Read ReadTable(const SourceFile& file, const FieldDescriptor& table, v1::Policy& policy,
               Places& places) {
  auto lines = Split(file.text, '\n');
  if (lines.back().empty()) lines.pop_back();
  if (lines.empty()) return Wrong(file.label + ":1", "a header line is missing");
  const auto header = ReadHeader(file.label + ":1", lines.front(), *table.message_type());
  if (!header) return tl::unexpected(header.error());
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string place = file.label + ":" + std::to_string(i + 1);
    auto* row = policy.GetReflection()->AddMessage(&policy, &table);
    places.Put(*row, place);
    if (auto read = ReadRow(place, lines[i], *header, *row); !read) return read;
  }
  return {};
}

Read ReadLimits(const SourceFile& file, v1::Policy& policy, Places& places) {
  FirstError error(file.label);
  TextFormat::ParseInfoTree tree;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.WriteLocationsTo(&tree);
  if (!parser.MergeFromString(file.text, &policy)) return tl::unexpected(error.text());
  PutPlaces(file.label, policy, tree, places);
  return {};
}

}  // namespace dialtone::policy
