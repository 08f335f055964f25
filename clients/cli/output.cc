#include "clients/cli/output.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <utility>

#include "clients/cli/commands.h"
#include "clients/cli/csv.h"
#include "clients/cli/fields.h"
#include "clients/cli/table.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Rows = std::vector<const Message*>;

constexpr std::array<std::pair<std::string_view, Format>, 7> kFormats = {{
    {"table", Format::kTable},
    {"wide", Format::kWide},
    {"json", Format::kJson},
    {"jsonl", Format::kJsonl},
    {"yaml", Format::kYaml},
    {"csv", Format::kCsv},
    {"name", Format::kName},
}};

Rows RowsOf(const Replies& pages) {
  Rows rows;
  for (const auto& page : pages) {
    const FieldDescriptor* const list = ListOf(*page->GetDescriptor());
    if (list == nullptr) {
      rows.push_back(page.get());
      continue;
    }
    const auto& of = *page->GetReflection();
    for (int i = 0; i < of.FieldSize(*page, list); ++i)
      rows.push_back(&of.GetRepeatedMessage(*page, list, i));
  }
  return rows;
}

// city, or area.city where another column ends in city too.
std::string LabelOf(const std::string& path, const std::vector<std::string>& all) {
  const auto last = [](const std::string& p) { return p.substr(p.rfind('.') + 1); };
  const auto same = std::count_if(all.begin(), all.end(),
                                  [&](const std::string& p) { return last(p) == last(path); });
  std::string label = same > 1 ? path : last(path);
  std::replace(label.begin(), label.end(), '_', ' ');
  return label;
}

std::vector<std::string> CellsOf(const Message& row, const std::vector<std::string>& columns,
                                 Width width) {
  std::vector<std::string> cells;
  for (const std::string& column : columns) cells.push_back(CellOf(row, column, width));
  return cells;
}

TextTable TableOf(const Rows& rows, const Descriptor& type, Width width) {
  const auto columns = width == Width::kWide ? WideColumnsOf(type) : ColumnsOf(type);
  TextTable table;
  for (const std::string& column : columns)
    table.header.push_back(absl::AsciiStrToUpper(LabelOf(column, columns)));
  for (const Message* const row : rows) table.rows.push_back(CellsOf(*row, columns, width));
  return table;
}

bool IsListOfThings(const FieldDescriptor& field) {
  return field.is_repeated() && field.message_type() != nullptr && !IsValue(*field.message_type());
}

// What a thing has several of: a table each, under its name.
void ShowLists(const Message& message, Width width, std::ostream& out) {
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!IsListOfThings(field)) continue;
    Rows rows;
    for (int j = 0; j < message.GetReflection()->FieldSize(message, &field); ++j)
      rows.push_back(&message.GetReflection()->GetRepeatedMessage(message, &field, j));
    if (rows.empty()) continue;
    out << field.name() << ":\n" << TableOf(rows, *field.message_type(), width).ToText();
  }
}

void ShowPairs(const Message& message, Width width, std::ostream& out) {
  const auto& type = *message.GetDescriptor();
  std::vector<std::pair<std::string, std::string>> pairs;
  const bool is_short = width == Width::kTable && HasShortTable(type);
  const std::vector<std::string> paths = is_short ? ColumnsOf(type) : WideColumnsOf(type);
  for (const std::string& path : paths) {
    if (is_short || !IsListOfThings(*type.FindFieldByName(path.substr(0, path.find('.')))))
      pairs.emplace_back(LabelOf(path, paths), CellOf(message, path, width));
  }
  out << PairsText(pairs, "");
  if (!is_short) ShowLists(message, width, out);
}

void ShowCsv(const Rows& rows, const Descriptor& type, std::ostream& out) {
  const auto columns = WideColumnsOf(type);
  out << CsvLine(columns);
  for (const Message* const row : rows) out << CsvLine(CellsOf(*row, columns, Width::kWide));
}

void ShowNames(const Rows& rows, std::ostream& out) {
  for (const Message* const row : rows) {
    for (const char* const field : {"name", "user", "e164", "block"}) {
      const std::string name = CellOf(*row, field, Width::kWide);
      if (name.empty()) continue;
      out << name << '\n';
      break;
    }
  }
}

// What a watch tells of, without where to resume.
const Message& SubjectOf(const Message& item) {
  const auto& type = *item.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* const field = type.field(i);
    const bool is_resource = field->message_type() != nullptr && !field->is_repeated() &&
                             !IsValue(*field->message_type());
    if (is_resource && item.GetReflection()->HasField(item, field))
      return item.GetReflection()->GetMessage(item, field);
  }
  return item;
}

std::string JsonOfAll(const Replies& pages) {
  if (ListOf(*pages.front()->GetDescriptor()) == nullptr) return JsonOf(*pages.front());
  std::vector<std::string> items;
  for (const Message* const row : RowsOf(pages)) items.push_back(JsonOf(*row));
  return "[" + absl::StrJoin(items, ",") + "]";
}

}  // namespace

std::optional<Format> ParseFormat(std::string_view text) {
  for (const auto& [name, format] : kFormats) {
    if (name == text) return format;
  }
  return std::nullopt;
}

const FieldDescriptor* ListOf(const Descriptor& reply) {
  const FieldDescriptor* list = nullptr;
  for (int i = 0; i < reply.field_count(); ++i) {
    const FieldDescriptor& field = *reply.field(i);
    if (!field.is_repeated() || field.message_type() == nullptr) continue;
    if (list != nullptr) return nullptr;
    list = &field;
  }
  const bool is_answer = absl::StrContains(reply.name(), "Response");
  return is_answer ? list : nullptr;
}

std::string JsonOf(const Message& message) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json);
  return status.ok() ? json : "{}";
}

void Show(const Replies& pages, Format format, std::ostream& out) {
  if (pages.empty()) return;
  const Descriptor& reply = *pages.front()->GetDescriptor();
  const FieldDescriptor* const list = ListOf(reply);
  const Descriptor& type = list == nullptr ? reply : *list->message_type();
  const Rows rows = RowsOf(pages);
  const Width width = format == Format::kTable ? Width::kTable : Width::kWide;
  switch (format) {
    case Format::kTable:
    case Format::kWide:
      if (list == nullptr) return ShowPairs(*pages.front(), width, out);
      out << TableOf(rows, type, width).ToText();
      return;
    case Format::kJson:
      out << IndentedJson(JsonOfAll(pages)) << '\n';
      return;
    case Format::kJsonl:
      for (const Message* const row : rows) out << JsonOf(*row) << '\n';
      return;
    case Format::kYaml:
      out << YamlOf(JsonOfAll(pages));
      return;
    case Format::kCsv:
      return ShowCsv(rows, type, out);
    case Format::kName:
      return ShowNames(rows, out);
  }
}

void StreamOutput::Show(const Message& message) {
  const bool is_for_people = format_ == Format::kTable || format_ == Format::kWide;
  const Message& item = is_for_people || format_ == Format::kName ? SubjectOf(message) : message;
  const Descriptor& type = *item.GetDescriptor();
  const bool is_first = shown_++ == 0;
  switch (format_) {
    case Format::kTable:
    case Format::kWide:
      if (!is_first) out_ << '\n';
      ShowPairs(item, format_ == Format::kTable ? Width::kTable : Width::kWide, out_);
      break;
    case Format::kJson:
    case Format::kJsonl:
      out_ << JsonOf(item) << '\n';
      break;
    case Format::kYaml:
      out_ << "---\n" << YamlOf(JsonOf(item));
      break;
    case Format::kCsv:
      if (is_first) out_ << CsvLine(WideColumnsOf(type));
      out_ << CsvLine(CellsOf(item, WideColumnsOf(type), Width::kWide));
      break;
    case Format::kName:
      ShowNames({&item}, out_);
      break;
  }
  out_.flush();
}

}  // namespace dialtone::clients::cli
