#include "tests/golden/tale.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace dialtone::golden {

namespace {

constexpr std::size_t kLineMax = 240;  // of what a message says

std::filesystem::path FileOf(const std::string& name) {
  return std::filesystem::path(DIALTONE_GOLDEN) / "tales" / (name + ".txt");
}

using Field = google::protobuf::FieldDescriptor;

// What tells people nothing, or what was said a line before.
bool IsNoise(const Field& field) {
  static const std::set<std::string> noise{
      "parent",       "etag",         "area",           "type",       "source",
      "civic",        "blocks",       "currency_code",  "hold",       "block_areas",
      "display_name", "extent",       "losing_account", "activation", "allowed_actions",
      "order_counts", "number_counts"};
  return noise.contains(field.name()) ||
         (field.message_type() != nullptr &&
          field.message_type()->full_name() == "google.protobuf.Timestamp");
}

std::string ReasonOf(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  if (status.details().empty() || !status.details(0).UnpackTo(&info)) return "";
  std::string text = info.reason();
  const std::map<std::string, std::string> facts(info.metadata().begin(), info.metadata().end());
  for (const auto& [name, value] : facts) absl::StrAppend(&text, " ", name, "=", value);
  return text;
}

// Takes the noise out of the message, and refusals of its items, which it gives.
std::vector<std::string> TakeOut(google::protobuf::Message& message) {
  std::vector<std::string> refusals;
  std::vector<const Field*> fields;
  const auto& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const Field* const field : fields) {
    if (IsNoise(*field)) {
      reflection.ClearField(&message, field);
      continue;
    }
    if (field->message_type() == nullptr) continue;
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      auto& part = *(field->is_repeated() ? reflection.MutableRepeatedMessage(&message, field, i)
                                          : reflection.MutableMessage(&message, field));
      if (const auto* const status = dynamic_cast<const google::rpc::Status*>(&part)) {
        if (status->code() != 0) refusals.push_back(ReasonOf(*status));
        part.Clear();
        continue;
      }
      for (std::string& refusal : TakeOut(part)) refusals.push_back(std::move(refusal));
    }
  }
  return refusals;
}

// `organizations/contoso` is `contoso`.
std::string Short(const std::string& text) {
  return absl::StrReplaceAll(text, {{"organizations/", ""}});
}

// In one line.
std::string TextOf(const google::protobuf::Message& message) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseShortRepeatedPrimitives(true);
  printer.PrintToString(message, &text);
  text = Short(text);
  if (text.size() > kLineMax) text = text.substr(0, text.rfind(' ', kLineMax)) + " …";
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

// `inventory.numbers_reserved`.
std::string NameOf(const Event& event) {
  std::vector<const google::protobuf::FieldDescriptor*> slices;
  event.GetReflection()->ListFields(event, &slices);
  const auto& slice = event.GetReflection()->GetMessage(event, slices.at(0));
  std::vector<const google::protobuf::FieldDescriptor*> events;
  slice.GetReflection()->ListFields(slice, &events);
  return absl::StrCat(slices.at(0)->name(), ".", events.at(0)->name());
}

// ReserveNumbers, of ReserveNumbersRequest; answers of gateways have other names.
std::string CommandOf(const google::protobuf::Message& request) {
  std::string name = request.GetDescriptor()->name();
  const std::string ending = "Request";
  if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  return name;
}

}  // namespace

void Tale::Says(std::string_view sentence) {
  is_quiet_ = false;
  text_ += (text_.empty() ? "" : "\n") + std::string(sentence) + "\n";
}

void Tale::Wait(Duration span, std::string_view in_words) {
  story_.Wait(span);
  text_ += "  … " + std::string(in_words) + "\n";
  ToldEvents();
}

void Tale::Told(const google::protobuf::Message& request) {
  if (is_quiet_) return;
  absl::StrAppend(&text_, "  > ", CommandOf(request), " ", TextOf(request), "\n");
}

void Tale::Answered(google::protobuf::Message& reply) {
  if (is_quiet_) return;
  const auto refusals = TakeOut(reply);
  for (const std::string& refusal : refusals)
    absl::StrAppend(&text_, "    ! ", Short(refusal), "\n");
  const std::string text = refusals.empty() ? TextOf(reply) : "";
  if (!text.empty()) absl::StrAppend(&text_, "    = ", text, "\n");
  ToldEvents();
}

void Tale::Answered() {
  ASSERT_TRUE(story_.answer().has_value() && story_.answer()->has_refusal()) << text_;
  if (is_quiet_) return;
  absl::StrAppend(&text_, "    ! ", story_.answer()->refusal().reason());
  for (const auto& fact : story_.answer()->refusal().facts())
    absl::StrAppend(&text_, " ", fact.name(), "=", Short(fact.value()));
  text_ += "\n";
}

// Of many alike in a row, how many.
void Tale::ToldEvents() {
  const auto& events = story_.events();
  for (std::size_t i = 0; i < events.size();) {
    const std::string name = NameOf(events[i].second);
    std::size_t end = i;
    while (end < events.size() && events[end].first == events[i].first &&
           NameOf(events[end].second) == name)
      ++end;
    absl::StrAppend(&text_, "    * ", Short(events[i].first), ": ", name,
                    end - i > 1 ? absl::StrCat(" × ", end - i) : "", "\n");
    i = end;
  }
}

void Tale::End() {
  const auto file = FileOf(name_);
  const char* const write = std::getenv("DIALTONE_TALES");
  if (write != nullptr && std::string_view(write) == "write") {
    std::ofstream(file) << text_;
    return;
  }
  ASSERT_TRUE(std::filesystem::exists(file)) << "there is no such tale: see tests/golden/tale.h";
  std::ostringstream expected;
  expected << std::ifstream(file).rdbuf();
  EXPECT_EQ(text_, expected.str()) << "the code tells another story now; see tests/golden/tale.h";
}

}  // namespace dialtone::golden
