#include <gtest/gtest.h>

#include "controlplane/domain/routing/decide.h"
#include "dialtone/type/v1/common_refusal.pb.h"
#include "tests/support/numbers.h"
#include "tests/support/precedence.h"
#include "tests/support/story.h"

namespace dialtone::routing {
namespace {

using testing::Story;

CreateTrunkRequest NewTrunk(std::string_view uri = "sips:sbc.contoso.example") {
  CreateTrunkRequest request;
  request.set_parent("organizations/contoso");
  request.mutable_trunk()->set_uri(std::string(uri));
  return request;
}

UpdateTrunkRequest Drained(const Trunk& trunk) {
  UpdateTrunkRequest request;
  request.set_name(trunk.name());
  *request.mutable_trunk() = trunk;
  request.mutable_trunk()->set_drained(true);
  request.set_etag(trunk.etag());
  return request;
}

DeleteTrunkRequest Delete(const Trunk& trunk) {
  DeleteTrunkRequest request;
  request.set_name(trunk.name());
  return request;
}

inventory::v1::NumberAssigned Assigned() {
  inventory::v1::NumberAssigned assigned;
  assigned.mutable_number()->set_name("organizations/contoso/numbers/12065550100");
  assigned.mutable_number()->set_e164("+12065550100");
  assigned.mutable_number()->set_assignee("organizations/contoso/users/ann");
  return assigned;
}

TEST(UpdateTrunk, IsRefusedToWhomReadItBeforeAnotherChangedIt) {
  Story story;
  const auto trunk = story.When(NewTrunk(), kDecide).ThenReplied<Trunk>();
  EXPECT_TRUE(story.When(Drained(trunk), kDecide).ThenReplied<Trunk>().drained());
  story.When(Drained(trunk), kDecide)
      .ThenRefused(type::v1::ETAG_MISMATCH, {{"etag", trunk.etag()}});
}

TEST(UpdateTrunk, IsRefusedForATrunkThatIsNotThere) {
  Story story;
  UpdateTrunkRequest request;
  request.set_name("organizations/contoso/trunks/none");
  story.When(request, kDecide)
      .ThenRefused(TRUNK_NOT_FOUND, {{"trunk", "organizations/contoso/trunks/none"}});
}

TEST(CreateTrunk, IsRefusedBeyondTheLimit) {
  Story story;
  const auto most = story.policy().routing().trunks_max();
  for (std::uint32_t i = 0; i < most; ++i) story.When(NewTrunk(), kDecide).ThenOk();
  story.When(NewTrunk(), kDecide).ThenRefused(TOO_MANY_TRUNKS, {{"trunks", std::to_string(most)}});
}

TEST(Routing, ChecksWhatIsCommonBeforeItsOwnRules) {
  Story story;
  const auto trunk = story.When(NewTrunk(), kDecide).ThenReplied<Trunk>();
  auto remove = Delete(trunk);
  remove.set_etag("e-old");
  story.Given(Assigned());
  story.When(remove, kDecide).ThenRefused(type::v1::ETAG_MISMATCH);
  testing::ExpectInOrder<RoutingRefusal>(story, remove, kDecide, 1);
  testing::ExpectInOrder<RoutingRefusal>(story, NewTrunk(), kDecide, 1);
  remove.set_name("organizations/contoso/trunks/none");
  story.When(remove, kDecide).ThenRefused(TRUNK_NOT_FOUND);
}

TEST(DeleteTrunk, LeavesTheLastOneWhileANumberIsAssigned) {
  Story story;
  const auto first = story.When(NewTrunk(), kDecide).ThenReplied<Trunk>();
  const auto second =
      story.When(NewTrunk("sip:backup.contoso.example"), kDecide).ThenReplied<Trunk>();
  story.Given(Assigned());
  story.When(Delete(first), kDecide).ThenOk();
  story.When(Delete(second), kDecide).ThenRefused(LAST_TRUNK_STAYS);
}

}  // namespace
}  // namespace dialtone::routing
