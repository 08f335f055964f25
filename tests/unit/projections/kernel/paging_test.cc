#include "projections/kernel/paging.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "dialtone/ledger/v1/exercise.pb.h"
#include "tests/support/memory_view.h"

namespace dialtone::projections {
namespace {

using google::protobuf::Message;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Row = ledger::v1::TransferStarted;

constexpr RowTable<Row> kRows{1};
constexpr std::int64_t kOfFabrikam = 100;
constexpr PageLimits kLimits{.size_default = 2, .size_max = 5};

// Two list requests of the same fields.
constexpr char kRequests[] = R"pb(
  name: "paging_test.proto"
  message_type {
    name: "ListRequest"
    field { name: "parent" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
    field { name: "page_size" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL }
    field { name: "page_token" number: 3 type: TYPE_STRING label: LABEL_OPTIONAL }
  }
  message_type {
    name: "OtherRequest"
    field { name: "parent" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
    field { name: "page_size" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL }
    field { name: "page_token" number: 3 type: TYPE_STRING label: LABEL_OPTIONAL }
  })pb";

struct Listed {
  std::vector<std::int64_t> amounts;
  std::string next;
};

class PagingTest : public testing::Test {
 protected:
  PagingTest() {
    google::protobuf::FileDescriptorProto file;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kRequests, &file));
    pool_.BuildFile(file);
    RowWriter writer;
    for (int amount = 1; amount <= 5; ++amount) {
      Row row;
      row.set_amount(amount);
      writer.Put(kRows, Key("contoso", amount), row);
      row.set_amount(kOfFabrikam + amount);
      writer.Put(kRows, Key("fabrikam", amount), row);
    }
    auto rows = std::make_shared<MemoryRows>();
    rows->Take(writer.changes());
    snapshot_ = std::make_unique<Snapshot>(rows, std::string(16, 'c'), Positions{1});
  }

  // `fields` in protobuf's text format.
  std::unique_ptr<Message> Request(const std::string& fields,
                                   const std::string& type = "ListRequest") {
    std::unique_ptr<Message> request(
        factory_.GetPrototype(pool_.FindMessageTypeByName(type))->New());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(fields, request.get()));
    return request;
  }

  tl::expected<Listed, FieldError> List(
      const Message& request, const std::string& parent = "contoso",
      absl::FunctionRef<bool(const Row&)> filter = [](const Row&) { return true; }) {
    Listed listed;
    const auto next = Page<Row>(*snapshot_, kRows, Key(parent), request, kLimits, filter,
                                [&](const Row& row) { listed.amounts.push_back(row.amount()); });
    if (!next) return tl::unexpected(next.error());
    listed.next = *next;
    return listed;
  }
  std::string ErrorOf(const Message& request) {
    const auto listed = List(request);
    return listed ? "" : listed.error().path + " " + listed.error().description;
  }

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  std::unique_ptr<Snapshot> snapshot_;
};

TEST_F(PagingTest, ShowsEachRowOnceOverAllPages) {
  const auto first = List(*Request("parent: 'contoso'"));
  EXPECT_THAT(first->amounts, ElementsAre(1, 2));
  const auto second = List(*Request("parent: 'contoso' page_token: '" + first->next + "'"));
  EXPECT_THAT(second->amounts, ElementsAre(3, 4));
  const auto third = List(*Request("parent: 'contoso' page_token: '" + second->next + "'"));
  EXPECT_THAT(third->amounts, ElementsAre(5));
  EXPECT_EQ(third->next, "");
}

TEST_F(PagingTest, EndsWithoutATokenWhenTheLastPageIsFull) {
  const auto listed = List(*Request("page_size: 5"));
  EXPECT_THAT(listed->amounts, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(listed->next, "");
}

TEST_F(PagingTest, MayChangeTheSizeBetweenPages) {
  const auto first = List(*Request("page_size: 1"));
  EXPECT_THAT(List(*Request("page_size: 3 page_token: '" + first->next + "'"))->amounts,
              ElementsAre(2, 3, 4));
}

TEST_F(PagingTest, FillsPagesBehindTheFilter) {
  const auto odd = [](const Row& row) { return row.amount() % 2 == 1; };
  const auto first = List(*Request(""), "contoso", odd);
  EXPECT_THAT(first->amounts, ElementsAre(1, 3));
  EXPECT_THAT(List(*Request("page_token: '" + first->next + "'"), "contoso", odd)->amounts,
              ElementsAre(5));
}

TEST_F(PagingTest, RefusesATokenOfAnotherQuery) {
  const std::string next = List(*Request("parent: 'contoso'"))->next;
  EXPECT_THAT(ErrorOf(*Request("parent: 'fabrikam' page_token: '" + next + "'")),
              HasSubstr("page_token was given for another request"));
}

TEST_F(PagingTest, RefusesATokenOfAnotherMethod) {
  const std::string next = List(*Request("parent: 'contoso'"))->next;
  EXPECT_THAT(ErrorOf(*Request("parent: 'contoso' page_token: '" + next + "'", "OtherRequest")),
              HasSubstr("page_token was given for another request"));
}

TEST_F(PagingTest, RefusesWhatIsNoToken) {
  EXPECT_THAT(ErrorOf(*Request("page_token: 'a b'")), HasSubstr("page_token is not"));
  EXPECT_THAT(ErrorOf(*Request("page_token: 'AAAA'")), HasSubstr("page_token is not"));
}

TEST_F(PagingTest, RefusesSizesOutOfBounds) {
  EXPECT_EQ(ErrorOf(*Request("page_size: -1")), "page_size must be 0 (then it is 2) to 5");
  EXPECT_EQ(ErrorOf(*Request("page_size: 6")), "page_size must be 0 (then it is 2) to 5");
}

TEST_F(PagingTest, ShowsNothingOfOthersToAForgedToken) {
  const PageQuery query = *ParsePage(*Request(""), kLimits);
  const auto behind = [&](const std::string& key) {
    return List(*Request("page_token: '" + NextPageToken(query, key) + "'"))->amounts;
  };
  EXPECT_THAT(behind(Key("contoso", 4)), ElementsAre(5));
  EXPECT_THAT(behind(Key("a")), ElementsAre(1, 2));
  EXPECT_THAT(behind(Key("fabrikam", 1)), IsEmpty());
  EXPECT_THAT(behind(Key("z")), IsEmpty());
}

}  // namespace
}  // namespace dialtone::projections
