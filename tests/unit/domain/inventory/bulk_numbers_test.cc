#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "controlplane/domain/inventory/rules.h"
#include "dialtone/ledger/v1/runtime_refusal.pb.h"
#include "google/rpc/error_details.pb.h"
#include "tests/support/policies.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::inventory {
namespace {

using ::testing::ElementsAre;
using testing::Story;

const std::string kContoso = "organizations/contoso";

std::string UserNamed(const std::string& id) { return kContoso + "/users/" + id; }

// "" for each that is done, else the reason.
template <class Response>
std::vector<std::string> Reasons(const Response& response) {
  std::vector<std::string> reasons;
  for (const NumberResult& result : response.results()) {
    google::rpc::ErrorInfo info;
    if (result.status().code() != 0) info.ParseFromString(result.status().details(0).value());
    reasons.push_back(info.reason());
  }
  return reasons;
}

BatchAssignNumbersRequest AssignAll(const std::vector<std::array<std::string, 3>>& rows) {
  BatchAssignNumbersRequest request;
  request.set_parent(kContoso);
  for (const auto& [number, user, location] : rows) {
    auto& row = *request.add_assignments();
    row.set_number(number);
    row.set_user(user);
    row.set_location(location);
  }
  return request;
}

std::vector<std::string> Texts(const AcquireNumbersResponse& acquired) {
  std::vector<std::string> texts;
  for (const Number& number : acquired.numbers()) texts.push_back(number.e164());
  return texts;
}

const Number& Held(const Story& story, const std::string& e164) {
  return *FindNumber(story.organization().inventory, *E164::Parse(e164));
}

// Shows 3.6/bulk.
TEST(BatchAssignNumbers, DoesWhatIsRightAndTellsTheOthersWhyNot) {
  Story story;
  Prepare(story);
  story.Given(UserIn(kBob, "US"), Licensed(kBob, {"MCOEV", "MCOPSTN1"}),
              UserIn(UserNamed("eve"), "US"));
  const auto texts = Texts(AcquiredBy(story, "contoso", 5));
  story.When(Block(Held(story, texts[3])), kDecide).ThenOk();
  const auto response = story
                            .When(AssignAll({{texts[0], kAnn, kOffice},
                                             {texts[1], kAnn, kOffice},
                                             {texts[0], kBob, kOffice},
                                             {texts[1], UserNamed("eve"), kOffice},
                                             {texts[1], UserNamed("nobody"), kOffice},
                                             {"+12065550199", kBob, kOffice},
                                             {texts[2], kBob, ""},
                                             {texts[2], kBob, kOffice + "x"},
                                             {texts[3], kBob, kOffice},
                                             {texts[4], kBob, kOffice}}),
                                  kDecide)
                            .ThenReplied<BatchAssignNumbersResponse>();
  EXPECT_THAT(Reasons(response),
              ElementsAre("", "USER_HAS_NUMBER", "NUMBER_IN_USE", "USER_WITHOUT_LICENSE",
                          "USER_NOT_FOUND", "NUMBER_NOT_HELD", "NUMBER_LOCATION_MISSING",
                          "LOCATION_NOT_FOUND", "NUMBER_BLOCKED", ""));
  EXPECT_EQ(story.Count<NumbersAssigned>(), 1);
  EXPECT_EQ(Held(story, texts[0]).assignee(), kAnn);
  EXPECT_EQ(Held(story, texts[0]).location(), kOffice);
  EXPECT_EQ(Held(story, texts[0]).state(), Number::ASSIGNED);
  EXPECT_EQ(Held(story, texts[1]).assignee(), "");
  EXPECT_EQ(NumbersOf(story.organization().inventory, kBob).front()->e164(), texts[4]);
}

TEST(BatchAssignNumbers, IsNoEventIfNothingIsRight) {
  Story story;
  Prepare(story);
  const auto response = story.When(AssignAll({{"+12065550199", kAnn, kOffice}}), kDecide)
                            .ThenReplied<BatchAssignNumbersResponse>();
  EXPECT_THAT(Reasons(response), ElementsAre("NUMBER_NOT_HELD"));
  EXPECT_TRUE(story.events().empty());
}

// So many users with licences, and as many numbers that came with an order: a row for each.
std::vector<std::array<std::string, 3>> GivenUsers(Story& story, int count) {
  std::vector<std::array<std::string, 3>> rows;
  for (int i = 0; i < count; ++i) {
    const std::string user = UserNamed("a-user-of-contoso-" + std::to_string(i));
    const std::string e164 = "+1425555" + std::to_string(1000 + i);
    story.Given(Ported(story, e164), UserIn(user, "US"), Licensed(user, {"MCOEV", "MCOPSTN1"}));
    rows.push_back({e164, user, kOffice});
  }
  return rows;
}

// Shows 3.6/bulk.
// As large as a command may be: domain.md 3.6.
TEST(BatchNumbers, AreAThousandAtOnce) {
  Story story;
  Prepare(story);
  const auto rows = GivenUsers(story, 1000);
  std::vector<std::string> numbers;
  for (const auto& row : rows) numbers.push_back(row[0]);
  const std::vector<std::string> all_well(1000);
  const State& state = story.organization().inventory;
  EXPECT_EQ(Reasons(story.When(AssignAll(rows), kDecide).ThenReplied<BatchAssignNumbersResponse>()),
            all_well);
  EXPECT_EQ(state.assigned.size(), 1000U);
  EXPECT_EQ(Reasons(story.When(Naming<BatchUnassignNumbersRequest>(numbers), kDecide)
                        .ThenReplied<BatchUnassignNumbersResponse>()),
            all_well);
  EXPECT_TRUE(state.assigned.empty());
  EXPECT_EQ(Reasons(story.When(Naming<BatchReleaseNumbersRequest>(numbers), kDecide)
                        .ThenReplied<BatchReleaseNumbersResponse>()),
            all_well);
  EXPECT_TRUE(state.numbers.empty());
}

TEST(BatchUnassignNumbers, FreesWhatSomebodyHasOnce) {
  Story story;
  Prepare(story);
  const auto texts = Texts(AcquiredBy(story, "contoso", 2));
  story.When(AssignAll({{texts[0], kAnn, kOffice}}), kDecide).ThenOk();
  SetNumberSettingsRequest settings;
  settings.set_parent(kContoso);
  settings.set_cooling_off_days(7);
  story.When(settings, kDecide).ThenOk();
  const auto response =
      story
          .When(Naming<BatchUnassignNumbersRequest>({texts[0], texts[0], texts[1], "+12065550199"}),
                kDecide)
          .ThenReplied<BatchUnassignNumbersResponse>();
  EXPECT_THAT(Reasons(response),
              ElementsAre("", "NUMBER_NOT_ASSIGNED", "NUMBER_NOT_ASSIGNED", "NUMBER_NOT_HELD"));
  const Number& idle = Held(story, texts[0]);
  EXPECT_EQ(idle.assignee(), "");
  EXPECT_EQ(idle.state(), Number::UNASSIGNED);
  EXPECT_EQ(idle.location(), kOffice);
  EXPECT_EQ(idle.assignment_block().cause(), AssignmentBlock::COOLING_OFF);
  EXPECT_FALSE(Held(story, texts[1]).has_assignment_block());
  EXPECT_TRUE(story.organization().inventory.assigned.empty());
}

TEST(BatchReleaseNumbers, GivesUpWhatNobodyHasOnce) {
  Story story;
  Prepare(story);
  const auto texts = Texts(AcquiredBy(story, "contoso", 3));
  story.When(AssignAll({{texts[0], kAnn, kOffice}}), kDecide).ThenOk();
  const auto response =
      story
          .When(Naming<BatchReleaseNumbersRequest>({texts[0], texts[1], texts[1], texts[2]}),
                kDecide)
          .ThenReplied<BatchReleaseNumbersResponse>();
  EXPECT_THAT(Reasons(response), ElementsAre("NUMBER_IN_USE", "", "NUMBER_NOT_HELD", ""));
  EXPECT_EQ(response.release().numbers_size(), 2);
  EXPECT_EQ(story.block(kSeattle).stock.holders.size(), 1U);
  EXPECT_EQ(NumbersCounted(story.organization().inventory, SUBSCRIBER), 1U);
  story.When(Naming<RestoreNumbersRequest>({texts[1], texts[2]}), kDecide).ThenOk();
  EXPECT_EQ(story.block(kSeattle).stock.holders.size(), 3U);
}

TEST(BatchReleaseNumbers, IsNoReleaseIfNothingGoes) {
  Story story;
  Prepare(story);
  const auto response = story.When(Naming<BatchReleaseNumbersRequest>({"+12065550199"}), kDecide)
                            .ThenReplied<BatchReleaseNumbersResponse>();
  EXPECT_FALSE(response.has_release());
  EXPECT_TRUE(story.events().empty());
}

// A thousand refusals with their facts do not fit one outcome: the caller names fewer.
TEST(BatchNumbers, AreNothingAtAllIfTheirResultsDoNotFit) {
  Story story;
  Prepare(story);
  const auto held = Texts(AcquiredBy(story, "contoso", 1)).front();
  std::vector<std::string> numbers = {held};
  for (int i = 1; i < 1000; ++i) numbers.push_back("+1425555" + std::to_string(1000 + i));
  story.When(Naming<BatchReleaseNumbersRequest>(numbers), kDecide)
      .ThenRefused(ledger::v1::COMMAND_TOO_LARGE);
  EXPECT_EQ(story.organization().inventory.numbers.size(), 1U);
  numbers.resize(100);
  story.When(Naming<BatchReleaseNumbersRequest>(numbers), kDecide).ThenOk();
  EXPECT_TRUE(story.organization().inventory.numbers.empty());
}

TEST(BatchNumbers, AreRefusedAsAWholeIfTheyAreTooMany) {
  Story story(testing::PolicyWith(
      [](policy::v1::Policy& policy) { policy.mutable_number_lifecycle()->set_bulk_max(1); }));
  Prepare(story);
  const auto texts = Texts(AcquiredBy(story, "contoso", 2));
  const std::vector<Fact> facts = {{"asked", "2"}, {"max", "1"}};
  story.When(AssignAll({{texts[0], kAnn, kOffice}, {texts[1], kBob, kOffice}}), kDecide)
      .ThenRefused(TOO_MANY_NUMBERS_AT_ONCE, facts);
  story.When(Naming<BatchUnassignNumbersRequest>(texts), kDecide)
      .ThenRefused(TOO_MANY_NUMBERS_AT_ONCE, facts);
  story.When(Naming<BatchReleaseNumbersRequest>(texts), kDecide)
      .ThenRefused(TOO_MANY_NUMBERS_AT_ONCE, facts);
}

}  // namespace
}  // namespace dialtone::inventory
