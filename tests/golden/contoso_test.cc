// Old ledgers stay readable: contoso_ledger.txt is folded by the program of today.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "controlplane/domain/aggregates/number_block.h"
#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/organizations/rules.h"
#include "tests/golden/contoso_ledger.h"
#include "tests/golden/vectors.h"

namespace dialtone::golden {
namespace {

// Before anything is tested: what follows tests what was written.
class WriteFirst : public ::testing::Environment {
 public:
  void SetUp() override {
    const char* const what = std::getenv("DIALTONE_GOLDEN_WRITE");
    if (what == nullptr) return;
    const std::string asked = what;
    ASSERT_TRUE(asked == "digest" || asked == "ledger") << "DIALTONE_GOLDEN_WRITE=" << asked;
    WriteLedger(asked == "digest" ? ReadLedger() : PlayContoso());
  }
};
const auto* const kWriteFirst = ::testing::AddGlobalTestEnvironment(new WriteFirst);

class GoldenLedger : public ::testing::Test {
 protected:
  GoldenLedger() : ledger_(ReadLedger()) { ledger_.Settle(Timestamp()); }

  const Organization& Contoso() const {
    return static_cast<const Organization&>(
        ledger_.partition().fold().machine().Get(AggregateKey("organizations/contoso")));
  }

  OnePartition ledger_;
};

TEST_F(GoldenLedger, IsReadToItsEnd) {
  const Section about = SectionNamed(kLedgerFile, "ledger");
  ASSERT_EQ(ledger_.partition().stop_reason(), "");
  const engine::Filter& filter = ledger_.partition().filter();
  EXPECT_EQ(std::to_string(filter.index()), about.At("index"));
  EXPECT_EQ(ToHex(AsBytes(filter.hash())), about.At("hash"));
  EXPECT_FALSE(filter.open()) << "its owner has left";
}

TEST_F(GoldenLedger, IsFoldedToTheSameContent) {
  EXPECT_EQ(ledger_.Digest(), SectionNamed(kLedgerFile, "ledger").At("digest"))
      << "This program folds an old ledger differently. An event's meaning never changes: give the "
         "new meaning a new event or field. If only rows changed, on purpose, and before release "
         "1.0: DIALTONE_GOLDEN_WRITE=digest "
         "build/dev/bin/golden_tests notes the new digest.";
}

TEST_F(GoldenLedger, SaysWhoHasWhat) {
  const Organization& contoso = Contoso();
  EXPECT_EQ(organizations::OrganizationName(contoso.organizations), "organizations/contoso");
  EXPECT_EQ(contoso.licensing.pools.size(), 3U);
  const std::string ann = "organizations/contoso/users/ann";
  ASSERT_EQ(inventory::NumbersOf(contoso.inventory, ann).size(), 1U);
  EXPECT_EQ(inventory::NumbersOf(contoso.inventory, ann)[0]->e164(), "+12065550100");
  EXPECT_EQ(inventory::OpenReservations(contoso.inventory), 0U) << "one was acquired, one expired";
  EXPECT_EQ(contoso.porting.orders.size(), 1U);
}

TEST_F(GoldenLedger, HasAnEventOfEverySlice) {
  std::set<Event::SliceCase> seen;
  for (const std::string& bytes : ReadLedger()) {
    ledger::v1::Batch batch;
    ASSERT_TRUE(batch.ParseFromString(engine::ParseRecord(bytes)->entry().batch()));
    for (const auto& outcome : batch.outcomes()) {
      for (const Event& event : outcome.events()) seen.insert(event.slice_case());
    }
  }
  EXPECT_EQ(seen, (std::set<Event::SliceCase>{
                      Event::kOrganizations, Event::kLicensing, Event::kInventory, Event::kStock,
                      Event::kPorting, Event::kEmergency, Event::kRouting, Event::kBilling}));
}

TEST(GoldenScript, IsPlayedByTheProgramOfToday) {
  const Records played = PlayContoso();
  OnePartition folded(played);
  folded.Settle(Timestamp());
  EXPECT_EQ(folded.partition().stop_reason(), "");
  EXPECT_EQ(folded.records(), played);
  EXPECT_EQ(PlayContoso(), played) << "the same script, the same bytes";
}

}  // namespace
}  // namespace dialtone::golden
