// The fields of the ledger's envelope against ledger_v1.txt.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "dialtone/ledger/v1/event.pb.h"
#include "dialtone/ledger/v1/outcome.pb.h"
#include "dialtone/ledger/v1/record.pb.h"
#include "dialtone/ledger/v1/token.pb.h"
#include "tests/golden/vectors.h"

namespace dialtone::golden {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr char kFrozen[] =
    " The ledger's envelope is final (protos/dialtone/ledger/v1/README.md): ledgers that exist are "
    "never rewritten. Take the change back, and put what is new into a slice's event.";

std::string TypeOf(const FieldDescriptor& field) {
  const Descriptor* const message = field.message_type();
  if (message == nullptr) return field.type_name();
  const bool is_near = message->file()->package() == field.file()->package();
  return is_near ? message->name() : message->full_name();
}

std::string LabelOf(const FieldDescriptor& field) {
  if (field.is_map()) return "map";
  if (field.is_repeated()) return "repeated";
  if (field.real_containing_oneof() != nullptr)
    return "oneof " + field.real_containing_oneof()->name();
  return field.has_presence() && field.message_type() == nullptr ? "optional" : "single";
}

std::map<std::string, std::string> FieldsOf(const Descriptor& message) {
  std::map<std::string, std::string> fields;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    fields[message.name() + "." + field.name()] =
        std::to_string(field.number()) + " " + TypeOf(field) + " " + LabelOf(field);
  }
  return fields;
}

std::map<std::string, std::string> Fields() {
  std::map<std::string, std::string> all;
  for (const Descriptor* message :
       {ledger::v1::Record::descriptor(), ledger::v1::Genesis::descriptor(),
        ledger::v1::Claim::descriptor(), ledger::v1::Entry::descriptor(),
        ledger::v1::Batch::descriptor(), ledger::v1::InboxProgress::descriptor(),
        ledger::v1::Outcome::descriptor(), ledger::v1::Request::descriptor(),
        ledger::v1::Cause::descriptor(), ledger::v1::Answer::descriptor(),
        ledger::v1::Refusal::descriptor(), ledger::v1::Fact::descriptor(),
        ledger::v1::Event::descriptor(), ledger::v1::ConsistencyToken::descriptor(),
        ledger::v1::PartitionPosition::descriptor()}) {
    all.merge(FieldsOf(*message));
  }
  return all;
}

std::map<std::string, std::string> Frozen() {
  const Section section = SectionNamed("ledger_v1.txt", "fields");
  return {section.lines.begin(), section.lines.end()};
}

TEST(LedgerV1Fields, AreAllThereWithTheirNumberTypeAndLabel) {
  const auto fields = Fields();
  for (const auto& [name, frozen] : Frozen()) {
    const auto found = fields.find(name);
    if (found == fields.end()) {
      ADD_FAILURE() << name << " is gone; it was " << frozen << "." << kFrozen;
    } else {
      EXPECT_EQ(found->second, frozen) << name << " is another one now." << kFrozen;
    }
  }
}

// A slice's line in Event is the one thing that may come.
TEST(LedgerV1Fields, AreAllThatThereIsButForNewSlices) {
  const auto frozen = Frozen();
  for (const auto& [name, found] : Fields()) {
    const bool is_slice = name.starts_with("Event.") && found.ends_with(" oneof slice");
    EXPECT_TRUE(is_slice || frozen.contains(name))
        << name << " is new: " << found << "." << kFrozen;
  }
}

// Every message of these two files is part of the envelope: one that is new would be named nowhere.
TEST(LedgerV1Fields, AreOfAllMessagesOfTheEnvelope) {
  const auto fields = Fields();
  for (const google::protobuf::FileDescriptor* file :
       {ledger::v1::Record::descriptor()->file(), ledger::v1::Batch::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor& message = *file->message_type(i);
      EXPECT_TRUE(fields.contains(message.name() + "." + message.field(0)->name()))
          << message.full_name() << " is new." << kFrozen;
    }
  }
}

}  // namespace
}  // namespace dialtone::golden
