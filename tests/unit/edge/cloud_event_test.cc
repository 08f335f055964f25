#include "controlplane/edge/events/cloud_event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "dialtone/ledger/v1/event.pb.h"

namespace dialtone::events {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

const std::string kSource = SourceOf(std::string(16, '\x0a'));

// Entry 7 of partition 3: two events of a request, then one of what followed elsewhere.
engine::FeedEntry SomeEntry() {
  auto batch = std::make_shared<ledger::v1::Batch>();
  ledger::v1::Outcome& asked = *batch->add_outcomes();
  asked.set_aggregate("organizations/contoso");
  asked.mutable_request()->set_id(std::string(16, '\x01'));
  asked.add_events()->mutable_inventory()->mutable_number_assigned()->mutable_number()->set_name(
      "organizations/contoso/numbers/14255550100");
  asked.add_events()->mutable_inventory()->mutable_hold_failed()->set_reservation("r-1");
  batch->add_outcomes()->set_aggregate("organizations/silent");
  ledger::v1::Outcome& caused = *batch->add_outcomes();
  caused.set_aggregate("numberBlocks/1425555");
  caused.mutable_cause()->set_index(4);
  caused.add_events()->mutable_inventory()->mutable_numbers_returned()->set_hold("h-1");
  return {{{3, 7}, Timestamp::Micros(1'700'000'000'250'000)}, batch, false, 100};
}

std::map<std::string, std::string> HeadersOf(const CloudEvent& event) {
  return {event.headers.begin(), event.headers.end()};
}

TEST(CloudEvent, TellsWhatHappenedWhereWhenAndOnWhoseRequest) {
  const CloudEvent first = CloudEventsOf(SomeEntry(), kSource).front();
  EXPECT_EQ(first.key, "organizations/contoso");
  const auto headers = HeadersOf(first);
  EXPECT_EQ(headers.at("ce_specversion"), "1.0");
  EXPECT_EQ(headers.at("ce_id"), "3/7/0");
  EXPECT_EQ(headers.at("ce_source"), "//dialtone/clusters/0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a");
  EXPECT_EQ(headers.at("ce_type"), "dialtone.inventory.v1.NumberAssigned");
  EXPECT_EQ(headers.at("ce_subject"), "organizations/contoso");
  EXPECT_EQ(headers.at("ce_partitionkey"), "organizations/contoso");
  EXPECT_EQ(headers.at("ce_time"), "2023-11-14T22:13:20.250Z");
  EXPECT_EQ(headers.at("ce_requestid"), "01010101010101010101010101010101");
  EXPECT_EQ(headers.at("content-type"), "application/protobuf");
}

TEST(CloudEvent, HoldsTheEventAsItsSliceDefinesIt) {
  inventory::v1::NumberAssigned assigned;
  ASSERT_TRUE(assigned.ParseFromString(CloudEventsOf(SomeEntry(), kSource).front().data));
  EXPECT_EQ(assigned.number().name(), "organizations/contoso/numbers/14255550100");
}

TEST(CloudEvent, IsMadeOfEachEventInTheirOrderAndOfNothingElse) {
  std::vector<std::string> ids;
  for (const CloudEvent& event : CloudEventsOf(SomeEntry(), kSource))
    ids.push_back(HeadersOf(event).at("ce_id"));
  EXPECT_THAT(ids, ElementsAre("3/7/0", "3/7/1", "3/7/2"));
}

TEST(CloudEvent, NamesNoRequestWhereNoneAsked) {
  const CloudEvent last = CloudEventsOf(SomeEntry(), kSource).back();
  EXPECT_THAT(last.headers, Not(Contains(Key("ce_requestid"))));
  EXPECT_THAT(last.headers, Contains(Pair("ce_subject", "numberBlocks/1425555")));
}

TEST(CloudEvent, HasAnIdThatTellsItsPlace) {
  EXPECT_EQ(PlaceOf(IdOf(3, {7, 2}), 3), (EventPlace{7, 2}));
  EXPECT_LT((EventPlace{7, 2}), (EventPlace{8, 0}));
  for (const char* const no_id :
       {"", "3", "3/7", "3/7/", "3//2", "4/7/2", "3/7/2/1", "3/x/2", "33/7/2"})
    EXPECT_EQ(PlaceOf(no_id, 3), std::nullopt) << no_id;
}

}  // namespace
}  // namespace dialtone::events
