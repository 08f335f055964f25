// The largest port order: wherever it stands, it can be left, though an entry of the ledger has
// room for 64 KiB.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/ports.h"

namespace dialtone::porting {
namespace {

using testing::Of;
using testing::Story;

constexpr int kNumbers = 1'300;
constexpr std::uint64_t kFirst = 493012345670000;  // of Berlin: the longest numbers

CreatePortOrderRequest TheLargestOrder(Story& story) {
  story.Wait(Duration::Days(1'600));
  std::vector<std::string> numbers;
  const auto count = policy::BuiltIn()->porting().order_numbers_max();
  for (std::uint64_t i = 0; i < count; ++i) numbers.push_back("+" + std::to_string(kFirst + i));
  auto request = testing::PortIn(numbers);
  request.set_country("DE");
  request.set_display_name(std::string(1'024, 'd'));
  request.mutable_losing_account()->set_carrier(std::string(100, 'c'));
  request.mutable_losing_account()->mutable_sealed()->set_ciphertext(std::string(1'024, 's'));
  request.set_requested_date("2023-05-16");
  return request;
}

std::size_t HeldIn(const Story& story) { return story.block(kFirst / 10'000).stock.holders.size(); }

PortOrder Does(Story& story, const auto& request) {
  const auto order = story.When(request, kDecide).template ThenReplied<PortOrder>();
  EXPECT_EQ(order.numbers_size(), kNumbers);
  return order;
}

TEST(TheLargestPortOrder, IsCancelledBeforeAndAfterItIsSubmitted) {
  Story story;
  const auto draft = testing::Drafted(story, TheLargestOrder(story));
  Does(story, Of<CancelPortOrderRequest>(draft));
  auto edit = Of<UpdatePortOrderRequest>(draft);
  edit.set_display_name("Once more");
  Does(story, edit);
  Does(story, testing::Submit(draft));
  EXPECT_EQ(HeldIn(story), std::size_t{kNumbers});
  EXPECT_EQ(Does(story, Of<CancelPortOrderRequest>(draft)).state(), PortOrder::CANCELLED);
  EXPECT_EQ(HeldIn(story), 0U);
}

TEST(TheLargestPortOrder, IsRejectedResubmittedAndRejectedOnceMore) {
  Story story;
  const auto submitted = testing::Submitted(story, TheLargestOrder(story));
  const auto accepted = Does(story, testing::Accept(submitted));
  Does(story, testing::Reject(accepted, ACCOUNT_MISMATCH));
  EXPECT_EQ(HeldIn(story), 0U);
  const auto again =
      Does(story, testing::Accept(Does(story, Of<ResubmitPortOrderRequest>(submitted))));
  const auto approved = Does(story, testing::Confirm(again, story.now() + Duration::Days(20)));
  EXPECT_EQ(HeldIn(story), std::size_t{kNumbers});
  Does(story, testing::Reject(approved, NUMBER_INACTIVE));
  EXPECT_EQ(HeldIn(story), 0U);
}

TEST(TheLargestPortOrder, IsLockedAndSettledNumberByNumber) {
  Story story;
  const auto order = testing::Locked(story, TheLargestOrder(story));
  EXPECT_EQ(order.state(), PortOrder::TRANSFER_PENDING);
  EXPECT_EQ(order.numbers_size(), kNumbers);
  Does(story, testing::Complete(order, order.numbers(0).e164()));
  Does(story, testing::Fail(order, order.numbers(kNumbers - 1).e164(), NUMBER_INACTIVE));
  EXPECT_EQ(HeldIn(story), std::size_t{kNumbers - 1});
}

TEST(TheLargestPortOrder, WaitsInLineAndGoesOnByItself) {
  Story story;
  auto small = testing::PortIn({"+4930123499999"});
  const auto request = TheLargestOrder(story);
  small.set_country("DE");
  small.set_requested_date(request.requested_date());
  *small.mutable_losing_account()->mutable_facts() = request.losing_account().facts();
  const auto ahead = testing::Submitted(story, small);
  const auto waiting = testing::Submitted(story, request);
  ASSERT_EQ(waiting.state(), PortOrder::QUEUED);
  story.When(Of<CancelPortOrderRequest>(ahead), kDecide).ThenOk();
  EXPECT_EQ(story.organization().porting.orders.Find(waiting.name())->state(),
            PortOrder::PROCESSING);
  EXPECT_EQ(HeldIn(story), std::size_t{kNumbers});
}

}  // namespace
}  // namespace dialtone::porting
