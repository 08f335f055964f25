#include "tests/integration/history.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>

#include <regex>
#include <utility>
#include <variant>

#include "controlplane/engine/ledger/filter.h"
#include "controlplane/kernel/check.h"
#include "controlplane/kernel/digest.h"

namespace dialtone::testing {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::size_t kBytesAtOnce = 1U << 20U;
constexpr std::int64_t kSecond = 1'000'000;

void Add(const ledger::v1::Entry& entry, History& history) {
  ledger::v1::Batch batch;
  DIALTONE_CHECK(batch.ParseFromString(entry.batch()), "a batch that cannot be read");
  for (ledger::v1::Outcome& outcome : *batch.mutable_outcomes()) {
    const std::string aggregate = outcome.aggregate();
    history[aggregate].push_back({Timestamp::Micros(entry.time_micros()), std::move(outcome)});
  }
}

void AddPartition(engine::Ledger& ledger, const engine::Reader& reader, History& history) {
  engine::Filter filter(reader);
  engine::Offset next = 0;
  while (next < ledger.End()) {
    engine::ReadResult read = ledger.Read(next, kBytesAtOnce, Duration::Seconds(1));
    for (const engine::StoredRecord& record : read.records) {
      const engine::Taken taken = filter.Take(record.bytes);
      DIALTONE_CHECK(!std::holds_alternative<engine::Stop>(taken), "a ledger of this program");
      if (const auto* const entry = std::get_if<ledger::v1::Entry>(&taken)) Add(*entry, history);
    }
    next = read.next;
  }
}

// Of those that are no Timestamp.
bool IsTime(const FieldDescriptor& field) {
  return absl::EndsWith(field.name(), "until_micros") ||
         field.full_name() == "dialtone.billing.v1.MinutePool.count_micros";
}

bool IsKeyedHash(const FieldDescriptor& field) {
  return field.full_name() == "dialtone.ledger.v1.Request.body_hash" ||
         field.full_name() == "dialtone.porting.v1.PortOutPin.hash";
}

class Teller {
 public:
  void Tell(const std::string& where, const Happened& happened) {
    now_ = happened.time;
    TellFields(where, happened.outcome);
  }
  Tale End() { return std::move(tale_); }

 private:
  void TellFields(const std::string& where, const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* const field : fields) {
      const std::string place = absl::StrCat(where, " ", field->name());
      if (!field->is_repeated()) {
        TellValue(place, message, *field, -1);
        continue;
      }
      const int size = message.GetReflection()->FieldSize(message, field);
      for (int i = 0; i < size; ++i)
        TellValue(absl::StrCat(place, "[", i, "]"), message, *field, i);
    }
  }

  // -1: the field is not repeated.
  void TellValue(const std::string& place, const Message& message, const FieldDescriptor& field,
                 int index) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
      return Add(place, Scalar(message, field, index));
    const auto& reflection = *message.GetReflection();
    const Message& inner = index < 0 ? reflection.GetMessage(message, &field)
                                     : reflection.GetRepeatedMessage(message, &field, index);
    if (const auto* const time = dynamic_cast<const google::protobuf::Timestamp*>(&inner))
      return Add(place, Time(time->seconds() * kSecond + time->nanos() / 1'000));
    // Where another aggregate's outcome stands is a place, as ids are.
    if (dynamic_cast<const ledger::v1::Cause*>(&inner) != nullptr) return Add(place, "another's");
    Add(place, "");
    TellFields(place, inner);
  }

  std::string Scalar(const Message& message, const FieldDescriptor& field, int index) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      std::string scratch;
      const auto& reflection = *message.GetReflection();
      const std::string& value =
          index < 0 ? reflection.GetStringReference(message, &field, &scratch)
                    : reflection.GetRepeatedStringReference(message, &field, index, &scratch);
      if (field.type() == FieldDescriptor::TYPE_BYTES) return Bytes(field, value);
      const bool is_drawn = field.full_name() == "dialtone.type.v1.Sealed.key_id";
      return is_drawn ? absl::StrCat("#", NumberOf(value)) : Text(value);
    }
    if (IsTime(field)) return Time(message.GetReflection()->GetInt64(message, &field));
    std::string value;
    google::protobuf::TextFormat::PrintFieldValueToString(message, &field, index, &value);
    return value;
  }

  std::string Time(std::int64_t micros) const {
    const std::int64_t later = micros - now_.micros();
    if (later == 0) return "now";
    if (micros % kSecond == 0) return absl::StrCat(micros / kSecond, " s");
    if (later > 0 && later % kSecond == 0) return absl::StrCat("in ", later / kSecond, " s");
    return later < 0 ? "earlier" : "later";
  }

  std::string Bytes(const FieldDescriptor& field, const std::string& value) {
    const std::string& whose = field.full_name();
    if (whose == "dialtone.ledger.v1.Answer.reply") return "given";
    if (field.name() == "request_id" || whose == "dialtone.ledger.v1.Request.id" ||
        absl::EndsWith(field.name(), "_key"))
      return absl::StrCat(value.size(), " bytes, #", NumberOf(value));
    if (IsKeyedHash(field) || whose == "dialtone.type.v1.Sealed.ciphertext")
      return absl::StrCat(value.size(), " bytes");
    return ToHex(value);
  }

  // `r3-1042-0` is `r#7`, wherever it stands in a text, and a request id `#8`.
  std::string Text(const std::string& value) {
    static const auto& made = *new std::regex(
        "\\b([a-z]+)[0-9]+-[0-9]+-[0-9]+\\b|\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b");
    std::string text;
    auto rest = value.cbegin();
    for (std::sregex_iterator id(value.begin(), value.end(), made), end; id != end; ++id) {
      text.append(rest, (*id)[0].first);
      absl::StrAppend(&text, (*id)[1].str(), "#", NumberOf(id->str()));
      rest = (*id)[0].second;
    }
    return text.append(rest, value.cend());
  }

  std::size_t NumberOf(const std::string& id) {
    return numbers_.try_emplace(id, numbers_.size() + 1).first->second;
  }

  void Add(const std::string& place, const std::string& value) {
    tale_.push_back(absl::StrCat(place, ": ", value));
  }

  Timestamp now_;
  std::map<std::string, std::size_t> numbers_;
  Tale tale_;
};

}  // namespace

History HistoryOf(engine::LedgerStore& store) {
  History history;
  for (std::uint32_t number = 0; number < store.partition_count(); ++number)
    AddPartition(store.partition(number), {number, store.partition_count(), {}, 0}, history);
  return history;
}

Tale Tell(const History& history) {
  Teller teller;
  for (const auto& [aggregate, all] : history) {
    for (std::size_t i = 0; i < all.size(); ++i)
      teller.Tell(absl::StrCat(aggregate, " ", i + 1, "."), all[i]);
  }
  return teller.End();
}

}  // namespace dialtone::testing
