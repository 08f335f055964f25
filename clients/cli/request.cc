#include "clients/cli/request.h"

#include <absl/strings/str_split.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>

#include "clients/cli/csv.h"
#include "clients/cli/fields.h"
#include "clients/cli/names.h"
#include "clients/cpp/methods.h"
#include "dialtone/type/v1/options.pb.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Done = tl::expected<void, std::string>;

constexpr std::size_t kWordsOfCommand = 2;

// organizations/{organization}/creditAccount: --org says it all.
bool IsOfOrganizationOnly(const std::string& pattern) {
  return std::count(pattern.begin(), pattern.end(), '{') == 1 &&
         pattern.rfind("organizations/{organization}", 0) == 0;
}

std::string Problem(const LeafField& leaf, const std::string& what) {
  return "--" + FlagNameOf(leaf.text()) + " " + what;
}

// What a name says that is of several kinds: users/ann | callQueues/sales.
tl::expected<std::string, std::string> WholeOf(const std::string& pattern, const std::string& text,
                                               const std::string& org) {
  if (pattern.find('|') == std::string::npos) return WholeName(pattern, text, org);
  const bool is_within = pattern.find("organizations/{organization}/") != std::string::npos;
  if (!is_within || text.rfind("organizations/", 0) == 0) return text;
  if (org.empty())
    return tl::unexpected<std::string>("needs an organization: --org or DIALTONE_ORG");
  return "organizations/" + org + "/" + text;
}

std::string WithPlus(const std::string& text) {
  const bool is_bare = !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) != 0;
  return is_bare ? "+" + text : text;
}

// One text of a field, as the field's rule wants it.
tl::expected<std::string, std::string> Completed(const FieldDescriptor& field,
                                                 const std::string& text, const std::string& org) {
  const auto& rule = field.options().GetExtension(type::v1::rule);
  if (rule.format() == type::v1::FORMAT_E164) return WithPlus(text);
  const std::string pattern = PatternOf(field);
  return pattern.empty() ? text : WholeOf(pattern, text, org);
}

// a,b,c; or @file.csv: the first column, under its name.
tl::expected<std::vector<std::string>, std::string> PartsOf(const std::string& text) {
  if (text.rfind('@', 0) != 0) return absl::StrSplit(text, ',', absl::SkipWhitespace());
  const auto content = ReadFile(text.substr(1));
  if (!content) return tl::unexpected("cannot be read: " + text.substr(1));
  std::vector<std::string> parts;
  const std::vector<CsvRow> rows = ParseCsv(*content);
  for (std::size_t i = 1; i < rows.size(); ++i) parts.push_back(rows[i].front());
  return parts;
}

Done Set(Message& request, const LeafField& leaf, const std::string& text, const std::string& org) {
  const FieldDescriptor& field = *leaf.path.back();
  std::vector<std::string> parts = {text};
  if (field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    auto listed = PartsOf(text);
    if (!listed) return tl::unexpected(Problem(leaf, listed.error()));
    parts = std::move(*listed);
  }
  for (const std::string& part : parts) {
    const auto whole = Completed(field, part, org);
    if (!whole) return tl::unexpected(Problem(leaf, whole.error()));
    if (auto set = SetField(request, leaf, *whole); !set)
      return tl::unexpected(Problem(leaf, set.error()));
  }
  return {};
}

bool IsSwitch(const LeafField& leaf) {
  const FieldDescriptor& field = *leaf.path.back();
  if (field.is_repeated()) return false;
  return field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL ||
         (field.message_type() != nullptr && field.message_type()->field_count() == 0);
}

// One flag with its value; `next` moves past what it took.
Done TakeFlag(Message& request, const std::vector<std::string>& words, std::size_t& next,
              const std::string& org) {
  const std::string& word = words[next++];
  const auto equals = word.find('=');
  const std::string flag = word.substr(2, equals == std::string::npos ? equals : equals - 2);
  const auto leaf = FindLeaf(*request.GetDescriptor(), FieldNameOf(flag));
  if (!leaf)
    return tl::unexpected("--" + flag + " is no flag of this command, or of more than one field");
  if (equals != std::string::npos) return Set(request, *leaf, word.substr(equals + 1), org);
  if (IsSwitch(*leaf)) return Set(request, *leaf, "true", org);
  if (next == words.size()) return tl::unexpected("--" + flag + " needs a value");
  return Set(request, *leaf, words[next++], org);
}

Done TakeWords(const Command& command, const Arguments& arguments, Message& request) {
  const auto positionals = PositionalsOf(command);
  std::size_t position = 0;
  for (std::size_t next = kWordsOfCommand; next < arguments.rest.size();) {
    if (arguments.rest[next].rfind("--", 0) == 0) {
      if (auto taken = TakeFlag(request, arguments.rest, next, arguments.org); !taken) return taken;
      continue;
    }
    if (position == positionals.size())
      return tl::unexpected("nothing is expected where it says " + arguments.rest[next]);
    const LeafField leaf{{positionals[position++]}};
    if (auto set = Set(request, leaf, arguments.rest[next++], arguments.org); !set) return set;
  }
  return {};
}

// What --org says where nobody said anything else.
void FillOrganization(Message& request, const std::string& org) {
  const auto& type = *request.GetDescriptor();
  for (int i = 0; i < type.field_count() && !org.empty(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string pattern = PatternOf(field);
    if (field.is_repeated() || !IsOfOrganizationOnly(pattern)) continue;
    if (!request.GetReflection()->GetString(request, &field).empty()) continue;
    if (const auto whole = WholeName(pattern, org, org))
      request.GetReflection()->SetString(&request, &field, *whole);
  }
}

Done TakeFile(const Arguments& arguments, Message& request) {
  if (arguments.file.empty()) return {};
  const auto text = ReadFile(arguments.file);
  if (!text) return tl::unexpected("--file cannot be read: " + arguments.file);
  const auto status = google::protobuf::util::JsonStringToMessage(*text, &request);
  if (!status.ok()) return tl::unexpected("--file is no such request: " + status.ToString());
  return {};
}

Done TakeGlobals(const Arguments& arguments, Message& request) {
  const auto& type = *request.GetDescriptor();
  const auto& of = *request.GetReflection();
  if (!arguments.request_id.empty()) {
    const auto* const field = type.FindFieldByName("request_id");
    if (field == nullptr)
      return tl::unexpected<std::string>("--request-id: this command changes nothing");
    of.SetString(&request, field, arguments.request_id);
  }
  if (arguments.dry_run == DryRun::kYes) {
    const auto* const field = type.FindFieldByName("validate_only");
    if (field == nullptr)
      return tl::unexpected<std::string>("--dry-run: this command has nothing to try");
    of.SetBool(&request, field, true);
  }
  return {};
}

}  // namespace

std::vector<const FieldDescriptor*> PositionalsOf(const Command& command) {
  std::vector<const FieldDescriptor*> fields;
  const auto& type = *command.method->input_type();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const auto& rule = field.options().GetExtension(type::v1::rule);
    const bool is_nested = field.message_type() != nullptr && !IsValue(*field.message_type());
    const bool is_implied = field.name() != "name" && IsOfOrganizationOnly(PatternOf(field));
    if (rule.required() && !is_nested && !is_implied) fields.push_back(&field);
  }
  return fields;
}

tl::expected<RequestPtr, std::string> BuildRequest(const Command& command,
                                                   const Arguments& arguments) {
  RequestPtr request = NewMessage(*command.method->input_type());
  if (auto done = TakeFile(arguments, *request); !done) return tl::unexpected(done.error());
  if (auto done = TakeWords(command, arguments, *request); !done)
    return tl::unexpected(done.error());
  if (auto done = TakeGlobals(arguments, *request); !done) return tl::unexpected(done.error());
  FillOrganization(*request, arguments.org);
  return request;
}

}  // namespace dialtone::clients::cli
