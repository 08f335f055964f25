// JSON, laid out: output.h.
#include <nlohmann/json.hpp>

#include "clients/cli/output.h"

namespace dialtone::clients::cli {

namespace {

using Json = nlohmann::ordered_json;

// A text that YAML would read as something else is quoted as JSON does, which YAML reads too.
std::string ScalarYaml(const Json& value) {
  if (!value.is_string()) return value.dump();
  const std::string& text = value.get_ref<const std::string&>();
  const bool is_plain =
      !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
      text.find_first_of(":#{}[],&*!|>'\"%@`\n\t\\") == std::string::npos && text.back() != ' ';
  for (const char* const word : {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}) {
    if (text == word) return value.dump();
  }
  return is_plain ? text : value.dump();
}

void AddYaml(const Json& value, const std::string& indent, std::string& text) {
  if (value.empty() && value.is_structured()) {
    text += " " + value.dump() + '\n';
    return;
  }
  if (value.is_object()) {
    bool is_inline = !text.empty() && text.back() == '-';  // the first key stands behind its dash
    if (!is_inline && !text.empty() && text.back() != '\n') text += '\n';
    for (const auto& [key, inner] : value.items()) {
      text += (is_inline ? " " : indent) + key + ":";
      is_inline = false;
      AddYaml(inner, indent + "  ", text);
    }
  } else if (value.is_array()) {
    if (!text.empty() && text.back() != '\n') text += '\n';
    for (const Json& item : value) {
      text += indent + "-";
      AddYaml(item, indent + "  ", text);
    }
  } else {
    text += " " + ScalarYaml(value) + '\n';
  }
}

}  // namespace

std::string YamlOf(const std::string& json) {
  std::string text;
  AddYaml(Json::parse(json), "", text);
  return text.rfind(' ', 0) == 0 ? text.substr(1) : text;
}

std::string IndentedJson(const std::string& json) { return Json::parse(json).dump(2); }

}  // namespace dialtone::clients::cli
