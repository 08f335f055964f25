#include "controlplane/edge/rpc/refusals.h"

#include <gmock/gmock.h>

#include "controlplane/edge/rpc/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace dialtone::edge {
namespace {

using testing::HasSubstr;

TEST(RefusalCatalogue, KnowsTheRefusalsOfRuntimeDoorAndSlices) {
  const auto& catalogue = RefusalCatalogue::OfThisBinary();
  for (const char* const reason : {"QUEUE_FULL", "MALFORMED_REQUEST", "QUOTA_EXCEEDED"})
    EXPECT_NE(catalogue.Find(reason), nullptr) << reason;
  EXPECT_EQ(catalogue.Find("NO_SUCH_REASON"), nullptr);
}

TEST(RefusalCatalogue, HasARemedyForEachReason) {
  for (const KnownRefusal& one : RefusalCatalogue::OfThisBinary().all()) {
    EXPECT_FALSE(one.remedy.empty()) << one.reason;
    EXPECT_NE(one.code, grpc::StatusCode::OK) << one.reason;
  }
}

TEST(RefusalCatalogue, IsAPageWithARowForEachReason) {
  const std::string page = RefusalCatalogue::OfThisBinary().Markdown();
  EXPECT_THAT(page, HasSubstr("## dialtone.ledger.v1.RuntimeRefusal"));
  EXPECT_THAT(page, HasSubstr("| `QUEUE_FULL` | RESOURCE_EXHAUSTED | Ask again"));
}

ledger::v1::Refusal Refusal(const std::string& reason) {
  ledger::v1::Refusal refusal;
  refusal.set_reason(reason);
  ledger::v1::Fact& fact = *refusal.add_facts();
  fact.set_name("quota");
  fact.set_value("65");
  return refusal;
}

template <class Detail>
int CountOf(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  int count = 0;
  for (const auto& any : details.details()) count += any.Is<Detail>() ? 1 : 0;
  return count;
}

TEST(StatusOfARefusal, HasExactlyOneErrorInfoAndWhatFitsItsCode) {
  const grpc::Status status = ToStatus(Refusal("QUOTA_EXCEEDED"), "organizations/contoso");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("QUOTA_EXCEEDED (quota 65): "));
  EXPECT_EQ(CountOf<google::rpc::ErrorInfo>(status), 1);
  EXPECT_EQ(CountOf<google::rpc::QuotaFailure>(status), 1);
  EXPECT_EQ(CountOf<google::rpc::RetryInfo>(status), 0) << "no time mends a quota";
}

TEST(StatusOfARefusal, SaysWhenToAskAgainWhereTimeHelps) {
  EXPECT_EQ(CountOf<google::rpc::RetryInfo>(ToStatus(Refusal("QUEUE_FULL"), "")), 1);
  EXPECT_EQ(CountOf<google::rpc::RetryInfo>(ToStatus(Refusal("NOT_THE_OWNER"), "")), 1);
}

TEST(StatusOfARefusal, IsInternalForAReasonThatNobodyKnows) {
  const grpc::Status status = ToStatus(Refusal("FROM_A_LATER_VERSION"), "");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(CountOf<google::rpc::ErrorInfo>(status), 1);
}

TEST(StatusOfTheDoor, TellsToAskElsewhereOrLaterWhenTheServerIsInTrouble) {
  for (const auto trouble : {type::v1::KEYS_UNAVAILABLE, type::v1::ANSWER_UNREADABLE}) {
    const grpc::Status status = EdgeStatus(trouble, {{"cause", "a disk"}});
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_THAT(status.error_message(), HasSubstr(type::v1::EdgeRefusal_Name(trouble)));
    EXPECT_EQ(CountOf<google::rpc::ErrorInfo>(status), 1);
  }
}

TEST(StatusOfAQuestion, FollowsItsKind) {
  EXPECT_EQ(ToStatus(QueryError::NotFound("a/b")).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ToStatus(QueryError::BadField("page_token", "is of another query")).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ToStatus(QueryError::Behind({{0, 3}})).error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace dialtone::edge
