#include "tests/golden/vectors.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/descriptor.h>

#include <fstream>
#include <sstream>

#include "controlplane/kernel/check.h"

namespace dialtone::golden {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::pair<std::string, std::string> Cut(const std::string& text, std::string_view at) {
  const std::size_t found = text.find(at);
  if (found == std::string::npos) return {text, ""};
  return {text.substr(0, found), text.substr(found + at.size())};
}

// The field's message; of a repeated field the one at the index that the path goes on with.
Message& Inner(Message& message, const FieldDescriptor& field, std::string& path) {
  const Reflection& of = *message.GetReflection();
  if (!field.is_repeated()) return *of.MutableMessage(&message, &field);
  const auto [index_text, rest] = Cut(path, ".");
  path = rest;
  const int index = std::stoi(index_text);
  while (of.FieldSize(message, &field) <= index) of.AddMessage(&message, &field);
  return *of.MutableRepeatedMessage(&message, &field, index);
}

void SetScalar(Message& message, const FieldDescriptor& field, const std::string& value) {
  const Reflection& of = *message.GetReflection();
  switch (static_cast<int>(field.type())) {
    case FieldDescriptor::TYPE_STRING:
      return of.SetString(&message, &field, value);
    case FieldDescriptor::TYPE_BYTES:
      return of.SetString(&message, &field, FromHex(value));
    case FieldDescriptor::TYPE_BOOL:
      return of.SetBool(&message, &field, value == "true");
    case FieldDescriptor::TYPE_UINT32:
      return of.SetUInt32(&message, &field, static_cast<std::uint32_t>(std::stoul(value)));
    case FieldDescriptor::TYPE_UINT64:
      return of.SetUInt64(&message, &field, std::stoull(value));
    case FieldDescriptor::TYPE_INT64:
      return of.SetInt64(&message, &field, std::stoll(value));
    default:
      DIALTONE_CHECK(false, "a vector sets " + field.full_name());
  }
}

}  // namespace

std::string Section::At(std::string_view field) const {
  for (const auto& [path, value] : lines) {
    if (path == field) return value;
  }
  return "";
}

bool Section::Has(std::string_view field) const {
  for (const auto& [path, value] : lines) {
    if (path == field) return true;
  }
  return false;
}

std::string PathOf(std::string_view file) { return DIALTONE_GOLDEN "/" + std::string(file); }

std::vector<Section> ReadSections(std::string_view file) {
  std::ifstream stream(PathOf(file));
  DIALTONE_CHECK(stream.is_open(), "no file " + PathOf(file));
  std::vector<Section> sections;
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      auto [kind, name] = Cut(line.substr(1, line.size() - 2), " ");
      sections.push_back({std::move(kind), std::move(name), {}});
    } else {
      sections.back().lines.push_back(Cut(line, " = "));
    }
  }
  return sections;
}

Section SectionNamed(std::string_view file, std::string_view whole_name) {
  for (const Section& section : ReadSections(file)) {
    if (section.kind + (section.name.empty() ? "" : " ") + section.name == whole_name)
      return section;
  }
  CheckFailed(__FILE__, __LINE__, "a golden section", std::string(whole_name));
}

std::string FromHex(std::string_view hex) {
  return absl::HexStringToBytes({hex.data(), hex.size()});
}

std::vector<std::string> Words(std::string_view text) {
  return absl::StrSplit(absl::string_view(text.data(), text.size()), ' ');
}

void Set(Message& message, std::string_view path, const std::string& value) {
  auto [name, rest] = Cut(std::string(path), ".");
  const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(name);
  DIALTONE_CHECK(field != nullptr, message.GetTypeName() + " has no field " + name);
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
    return SetScalar(message, *field, value);
  Message& inner = Inner(message, *field, rest);
  if (!rest.empty()) return Set(inner, rest, value);
  DIALTONE_CHECK(inner.ParseFromString(FromHex(value)), "no " + inner.GetTypeName());
}

void SetAll(Message& message, const Section& section, std::string_view prefix) {
  for (const auto& [path, value] : section.lines) {
    const bool is_path = path.find('.') != std::string::npos;
    if (is_path && path.starts_with(prefix)) Set(message, path.substr(prefix.size()), value);
  }
}

}  // namespace dialtone::golden
