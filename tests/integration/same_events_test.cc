// Whatever a ledger is kept in, the same commands lead to the same events: a script is played on
// the embedded ledger, and again on the ledger that this run is about, which is Kafka with
// DIALTONE_KAFKA, and else another embedded one. The two have other partitions, too.
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/embedded_ledger.h"
#include "controlplane/engine/ledger/kafka_ledger.h"
#include "controlplane/kernel/aggregate.h"
#include "controlplane/kernel/check.h"
#include "tests/integration/history.h"
#include "tests/integration/script.h"
#include "tests/integration/server_process.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::uint32_t kPartitions = 5;          // of the embedded ledger
constexpr std::uint32_t kPartitionsOfTheRun = 8;  // as ServerProcess has them, and dialtoned itself

std::uint64_t RandomBits() {
  static std::random_device random;
  return std::uniform_int_distribution<std::uint64_t>()(random);
}

History ReadEmbedded(const std::filesystem::path& data, std::uint32_t partitions) {
  const auto store = engine::EmbeddedLedgerStore::Open({data / "ledger", partitions}, RandomBits);
  DIALTONE_CHECK(store, ToText(store.error()));
  return HistoryOf(**store);
}

History ReadOfTheRun(const std::filesystem::path& data) {
  const char* const brokers = std::getenv("DIALTONE_KAFKA");
  if (brokers == nullptr) return ReadEmbedded(data, kPartitionsOfTheRun);
  engine::KafkaOptions options;
  options.brokers = brokers;
  options.topic = TopicOf(data);
  options.partition_count = kPartitionsOfTheRun;
  options.kind = engine::KafkaBrokers::kDevelopment;
  const auto store = engine::KafkaLedgerStore::Open(options, RandomBits);
  DIALTONE_CHECK(store, ToText(store.error()));
  return HistoryOf(**store);
}

History Play(LedgerOf ledger, std::chrono::seconds begin) {
  const TemporaryFolder folder;
  const auto data = folder.path() / "data";
  std::vector<std::string> flags = {"--clock", "simulated"};
  if (ledger == LedgerOf::kTheServer)
    flags.push_back("--partitions=" + std::to_string(kPartitions));
  ServerProcess server(data, flags, ledger);
  EXPECT_EQ(PlayScript({server.address(), folder.path(), begin}), "");
  EXPECT_EQ(server.Stop(), 0);
  return ledger == LedgerOf::kTheServer ? ReadEmbedded(data, kPartitions) : ReadOfTheRun(data);
}

// Noon of the day after tomorrow.
std::chrono::seconds Begin() {
  using std::chrono::days;
  const auto today = std::chrono::floor<days>(std::chrono::system_clock::now());
  return today.time_since_epoch() + days(2) + std::chrono::hours(12);
}

// The first lines that differ; empty: none do.
std::string Difference(const Tale& one, const Tale& other) {
  const auto [mine, theirs] = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
  if (mine == one.end() && theirs == other.end()) return "";
  const std::string end = "the end";
  return (mine == one.end() ? end : *mine) + "\n" + (theirs == other.end() ? end : *theirs);
}

std::string TextOf(const ledger::v1::Event& event) {
  std::string text;
  DIALTONE_CHECK(google::protobuf::TextFormat::PrintToString(event, &text), "an event");
  return text;
}

// Another value of the same type, both as text.
std::string OtherThan(const std::string& value) {
  if (value.front() == '"') return value.substr(0, value.size() - 1) + "x\"";
  if (value == "true") return "false";
  if (value == "false") return "true";
  if (std::isupper(static_cast<unsigned char>(value.front())) != 0) return "0";  // of an enum
  return value.substr(0, value.size() - 1) + (value.back() == '1' ? "2" : "1");
}

// The same event with another value in that line of its text; none: there is no value.
std::optional<ledger::v1::Event> WithOther(std::vector<std::string> lines, std::size_t line) {
  const auto colon = lines[line].find(": ");
  if (colon == std::string::npos) return std::nullopt;
  std::string& text = lines[line];
  text = text.substr(0, colon + 2) + OtherThan(text.substr(colon + 2));
  ledger::v1::Event changed;
  const bool is_read =
      google::protobuf::TextFormat::ParseFromString(absl::StrJoin(lines, "\n"), &changed);
  DIALTONE_CHECK(is_read, text);
  return changed;
}

Tale TaleOf(std::vector<Happened> happened) {
  return Tell({{"organizations/a", std::move(happened)}});
}

// The fields of which a change is told by nothing, with the names of what they stand in; of a list
// of values the first one is changed.
std::set<std::string> Unheard(const Happened& happened, int event) {
  const Tale before = TaleOf({happened});
  const std::vector<std::string> lines =
      absl::StrSplit(TextOf(happened.outcome.events(event)), '\n', absl::SkipWhitespace());
  std::set<std::string> unheard;
  std::vector<std::string> within;
  std::string last;
  for (std::size_t line = 0; line < lines.size(); ++line) {
    const std::string name(
        absl::StripAsciiWhitespace(lines[line].substr(0, lines[line].find_first_of(":{"))));
    const bool is_next_of_list = std::exchange(last, name) == name;
    if (name == "}") within.pop_back();
    if (absl::EndsWith(lines[line], "{")) within.push_back(name);
    const auto changed = is_next_of_list ? std::nullopt : WithOther(lines, line);
    if (!changed) continue;
    Happened other = happened;
    *other.outcome.mutable_events(event) = *changed;
    if (TaleOf({std::move(other)}) == before)
      unheard.insert(absl::EndsWith(within.back(), "_time") ? "a time"
                                                            : within.back() + "." + name);
  }
  return unheard;
}

// `payment_requested`
std::string KindOf(const ledger::v1::Event& event) {
  std::vector<const FieldDescriptor*> fields;
  event.GetReflection()->ListFields(event, &fields);
  const Message& slice = event.GetReflection()->GetMessage(event, fields.at(0));
  slice.GetReflection()->ListFields(slice, &fields);
  return fields.at(0)->name();
}

void ExpectEveryKindButThese(const History& history, const std::set<std::string>& others) {
  std::set<std::string> missing;
  const auto& slices = *ledger::v1::Event::descriptor();
  for (int i = 0; i < slices.field_count(); ++i) {
    const auto& events = *slices.field(i)->message_type();
    if (slices.field(i)->name() == "exercise") continue;
    for (int j = 0; j < events.field_count(); ++j) missing.insert(events.field(j)->name());
  }
  for (const auto& [aggregate, all] : history) {
    for (const Happened& happened : all) {
      for (const auto& event : happened.outcome.events()) missing.erase(KindOf(event));
    }
  }
  EXPECT_EQ(missing, others);
}

void ExpectEachValueToMatterButThese(const History& history, const std::set<std::string>& others) {
  std::set<std::string> unheard;
  for (const auto& [aggregate, all] : history) {
    for (const Happened& happened : all) {
      for (int event = 0; event < happened.outcome.events_size(); ++event)
        unheard.merge(Unheard(happened, event));
    }
  }
  EXPECT_EQ(unheard, others);
}

void ExpectNumberAndOrderToMatter(const History& history) {
  for (const auto& [aggregate, all] : history) {
    for (std::size_t i = 1; i < all.size(); ++i) {
      const Tale both = TaleOf({all[i - 1], all[i]});
      EXPECT_NE(both, TaleOf({all[i]}));
      EXPECT_NE(both, TaleOf({all[i], all[i - 1]})) << aggregate << " " << i;
    }
  }
}

// Of blocks in several partitions, whose answer comes first is nobody's to say.
void ExpectOnePartitionOf(std::initializer_list<const char*> blocks) {
  for (const std::uint32_t partitions : {kPartitions, kPartitionsOfTheRun}) {
    std::set<std::uint32_t> of;
    for (const char* const block : blocks) of.insert(AggregateKey(block).PartitionOf(partitions));
    EXPECT_EQ(of.size(), 1U) << partitions;
  }
}

// One test, so that the script is played twice and not eight times: what it asks of the script and
// of the tale is what makes their sameness say something.
TEST(SameEvents, ComeOfTheSameScript) {
  // The script ports numbers of these in one order.
  ExpectOnePartitionOf({"numberBlocks/1206555", "numberBlocks/1425555", "numberBlocks/1425578"});
  const auto begin = Begin();
  const History embedded = Play(LedgerOf::kTheServer, begin);
  const History of_the_run = Play(LedgerOf::kTheRun, begin);
  EXPECT_EQ(Difference(Tell(embedded), Tell(of_the_run)), "");

  // Some are of blocks that answer for what was given up meanwhile, or asked by a read model that
  // is not fresh. After the last a block is told, and nobody can await that: what the block is
  // asked next may come before it.
  ExpectEveryKindButThese(
      embedded, {"hold_failed", "numbers_returned", "port_numbers_returned", "release_forgotten"});
  // A time is told by what it is to its outcome's, and a key's id by its number.
  ExpectEachValueToMatterButThese(embedded,
                                  {"a time", "numbers_freed.cool_until_micros", "sealed.key_id"});
  ExpectNumberAndOrderToMatter(embedded);
}

TEST(SameEvents, AreNotSameIfSomethingEndsASecondLater) {
  Happened happened;
  happened.time = Timestamp::Micros(1'500'000);
  auto& reservation = *happened.outcome.add_events()
                           ->mutable_inventory()
                           ->mutable_numbers_reserved()
                           ->mutable_reservation();
  reservation.mutable_expire_time()->set_seconds(601);
  reservation.mutable_expire_time()->set_nanos(500'000'000);
  Happened later = happened;
  later.outcome.mutable_events(0)
      ->mutable_inventory()
      ->mutable_numbers_reserved()
      ->mutable_reservation()
      ->mutable_expire_time()
      ->set_seconds(602);
  EXPECT_NE(TaleOf({happened}), TaleOf({later}));
  later.time = Timestamp::Micros(2'500'000);
  EXPECT_EQ(TaleOf({happened}), TaleOf({later}));
}

}  // namespace
}  // namespace dialtone::testing
