#include "clients/cli/people_file.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "clients/cli/csv.h"
#include "clients/cli/names.h"

namespace dialtone::clients::cli {

namespace {

using Checked = tl::expected<void, std::string>;

constexpr char kLocationPattern[] =
    "organizations/{organization}/addresses/{address}/locations/{location}";
constexpr std::array kColumns = std::to_array<const char*>(
    {"user_id", "usage_location", "display_name", "email", "skus", "number", "location"});
constexpr std::size_t kColumnsDue = 2;  // the first of them
constexpr std::size_t kNumberDigitsMax = 15;

tl::unexpected<std::string> Wrong(std::size_t line, const std::string& column,
                                  const std::string& what) {
  return tl::unexpected(absl::StrCat("line ", line, ", column ", column, ": ", what));
}

// How many bytes the character has that begins here; 0: it is none.
std::size_t Utf8Length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = at(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0U) != 0x80U) return 0;
  }
  if (length < 3) return length;
  const bool is_overlong = (lead == 0xE0 && at(1) < 0xA0) || (lead == 0xF0 && at(1) < 0x90);
  const bool is_surrogate = lead == 0xED && at(1) >= 0xA0;
  const bool is_beyond = lead == 0xF4 && at(1) >= 0x90;
  return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

// Empty: the text may stand in a field.
std::string WrongText(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = Utf8Length(text.substr(i));
    if (length == 0) return "is not in UTF-8";
    if (static_cast<unsigned char>(text[i]) < 0x20) return "holds a line end or control character";
    i += length;
  }
  return "";
}

bool IsNumber(std::string_view text) {
  const bool has_plus = !text.empty() && text.front() == '+';
  const std::string_view digits = text.substr(has_plus ? 1 : 0);
  return digits.size() > 1 && digits.size() <= kNumberDigitsMax && digits.front() != '0' &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> SkusOf(const std::string& text) {
  const std::set<std::string> skus =
      absl::StrSplit(text, absl::ByAnyChar("|; "), absl::SkipEmpty());
  return {skus.begin(), skus.end()};
}

class PeopleReader {
 public:
  explicit PeopleReader(const std::string& org) : org_(org) {}

  Checked ReadHeader(const CsvRecord& header);
  tl::expected<Person, std::string> Read(const CsvRecord& record);

 private:
  std::string Take(const CsvRecord& record, const std::string& column) const;
  Checked CheckOnce(const Person& person);
  Checked CheckPlace(Person& person) const;

  const std::string& org_;
  CsvRow header_;
  std::map<std::string, std::size_t> users_;  // the line of each
  std::map<std::string, std::size_t> numbers_;
};

Checked PeopleReader::ReadHeader(const CsvRecord& header) {
  std::set<std::string> seen;
  for (const std::string& column : header.fields) {
    if (std::find(kColumns.begin(), kColumns.end(), column) == kColumns.end())
      return Wrong(header.line, column, "there is no such column");
    if (!seen.insert(column).second) return Wrong(header.line, column, "is there twice");
  }
  for (std::size_t i = 0; i < kColumnsDue; ++i) {
    if (!seen.contains(kColumns[i])) return Wrong(header.line, kColumns[i], "is missing");
  }
  header_ = header.fields;
  return {};
}

std::string PeopleReader::Take(const CsvRecord& record, const std::string& column) const {
  const auto place = std::find(header_.begin(), header_.end(), column) - header_.begin();
  return static_cast<std::size_t>(place) == header_.size()
             ? ""
             : record.fields[static_cast<std::size_t>(place)];
}

tl::expected<Person, std::string> PeopleReader::Read(const CsvRecord& record) {
  if (record.fields.size() != header_.size()) {
    const std::size_t last = std::min(record.fields.size(), header_.size());
    const std::string column = last < header_.size() ? header_[last] : absl::StrCat(last + 1);
    return Wrong(record.line, column,
                 absl::StrCat("the line has ", record.fields.size(), " fields, the first line ",
                              header_.size()));
  }
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (const std::string wrong = WrongText(record.fields[i]); !wrong.empty())
      return Wrong(record.line, header_[i], wrong);
  }
  for (std::size_t i = 0; i < kColumnsDue; ++i) {
    if (Take(record, kColumns[i]).empty()) return Wrong(record.line, kColumns[i], "is empty");
  }
  Person person;
  person.line = record.line;
  person.user_id = Take(record, "user_id");
  person.display_name = Take(record, "display_name");
  person.email = Take(record, "email");
  person.usage_location = Take(record, "usage_location");
  person.skus = SkusOf(Take(record, "skus"));
  person.number = Take(record, "number");
  person.location = Take(record, "location");
  if (auto checked = CheckPlace(person); !checked) return tl::unexpected(checked.error());
  if (auto checked = CheckOnce(person); !checked) return tl::unexpected(checked.error());
  return person;
}

Checked PeopleReader::CheckPlace(Person& person) const {
  if (!person.number.empty() && !IsNumber(person.number))
    return Wrong(person.line, "number", person.number + " is no number in E.164");
  if (!person.number.empty() && person.number.front() != '+') person.number.insert(0, 1, '+');
  if (person.location.empty()) return {};
  if (person.number.empty())
    return Wrong(person.line, "location", "is where help is sent to a number, and there is none");
  auto whole = WholeName(kLocationPattern, person.location, org_);
  if (!whole) return Wrong(person.line, "location", whole.error());
  person.location = std::move(*whole);
  return {};
}

Checked PeopleReader::CheckOnce(const Person& person) {
  const auto [user, is_new_user] = users_.emplace(person.user_id, person.line);
  if (!is_new_user) {
    return Wrong(person.line, "user_id",
                 absl::StrCat(person.user_id, " is in line ", user->second, " already"));
  }
  if (person.number.empty()) return {};
  const auto [number, is_new_number] = numbers_.emplace(person.number, person.line);
  if (is_new_number) return {};
  return Wrong(person.line, "number",
               absl::StrCat(person.number, " is in line ", number->second, " already"));
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

tl::expected<People, std::string> ReadPeople(std::string_view text, const std::string& org) {
  const auto records = ReadCsv(text);
  if (!records) return tl::unexpected(records.error());
  if (records->size() < 2) return tl::unexpected<std::string>("the file lists nobody");
  PeopleReader reader(org);
  if (auto read = reader.ReadHeader(records->front()); !read) return tl::unexpected(read.error());
  People people;
  people.digest = Sha256(text);
  for (auto record = records->begin() + 1; record != records->end(); ++record) {
    auto person = reader.Read(*record);
    if (!person) return tl::unexpected(std::move(person.error()));
    people.rows.push_back(std::move(*person));
  }
  return people;
}

}  // namespace dialtone::clients::cli
