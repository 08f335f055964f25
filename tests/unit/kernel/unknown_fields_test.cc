#include "controlplane/kernel/unknown_fields.h"

#include <gtest/gtest.h>

#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone {
namespace {

void AddTo(google::protobuf::Message& message, int number) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(number, 1);
}

TEST(FirstUnknownField, IsFoundAtAnyDepth) {
  ledger::v1::Batch batch;
  batch.add_outcomes();
  batch.add_outcomes()->add_events()->mutable_exercise()->mutable_timer_set();
  EXPECT_FALSE(FirstUnknownField(batch).has_value());
  AddTo(*batch.mutable_outcomes(1)->mutable_events(0)->mutable_exercise()->mutable_timer_set(), 99);
  const auto found = FirstUnknownField(batch);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->around, "outcomes[1].events[0].exercise.timer_set");
  EXPECT_EQ(found->number, 99);
}

TEST(FirstUnknownField, MayStandInTheMessageItself) {
  ledger::v1::Batch batch;
  AddTo(batch, 7);
  const auto found = FirstUnknownField(batch);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->around, "");
  EXPECT_EQ(found->number, 7);
}

}  // namespace
}  // namespace dialtone
