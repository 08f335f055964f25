// What a batch of 1,000 usage records costs the loop: Decide, Evolve and the event's bytes; and the
// read model behind it.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/billing/decide.h"
#include "controlplane/domain/billing/evolve.h"
#include "controlplane/kernel/check.h"
#include "controlplane/policy/loader.h"
#include "projections/billing/billing_projection.h"
#include "tests/support/memory_view.h"

namespace dialtone::billing {
namespace {

constexpr std::uint32_t kRecords = 1'000;
constexpr char kOrganization[] = "organizations/contoso";
const Timestamp kNow = Timestamp::Micros(1'543'622'400'000'000);
const Moment kMoment{{0, 1}, kNow};

std::string UserId(std::uint32_t user) { return "user-" + std::to_string(user); }

void AddUsers(Organization& organization, std::uint32_t users) {
  for (std::uint32_t i = 0; i < users; ++i) {
    const std::string name = std::string(kOrganization) + "/users/" + UserId(i);
    auto& user = organization.organizations.users.Put(name);
    user.set_name(name);
    user.set_usage_location("US");
    auto& licenses = organization.licensing.users.Put(name);
    licenses.set_user(name);
    for (const char* const sku : {"ENTERPRISEPREMIUM", "MCOPSTN1", "MCOPSTNPP"})
      licenses.add_skus(sku);
  }
  auto& pool = organization.licensing.pools.Put("MCOPSTN1");
  pool.set_sku("MCOPSTN1");
  pool.set_assigned(users);
}

std::unique_ptr<Organization> NewOrganization(std::uint32_t users) {
  auto organization = std::make_unique<Organization>();
  auto& row = organization->organizations.organization.Put();
  row.set_name(kOrganization);
  row.set_country("US");
  row.set_currency_code("USD");
  AddUsers(*organization, users);
  BillingEvent event;
  CreditsFunded& funded = *event.mutable_credits_funded();
  funded.mutable_account()->set_name(std::string(kOrganization) + "/creditAccount");
  funded.mutable_account()->set_currency_code("USD");
  funded.mutable_account()->mutable_available()->set_micros(1'000'000'000'000'000'000);
  funded.mutable_account()->set_lots_booked(1);
  funded.mutable_lot()->set_number(1);
  funded.mutable_lot()->set_name("lot");
  funded.mutable_lot()->mutable_remaining()->set_micros(1'000'000'000'000'000'000);
  Evolve(organization->billing, event, kMoment);
  event.mutable_usage_source_registered()->mutable_source()->set_name(std::string(kOrganization) +
                                                                      "/usageSources/s");
  Evolve(organization->billing, event, kMoment);
  return organization;
}

// Calls at home and abroad, of so many users.
UsageBatch NewBatch(std::uint32_t users) {
  UsageBatch batch;
  batch.set_source(std::string(kOrganization) + "/usageSources/s");
  for (std::uint32_t i = 0; i < users && i < kRecords; ++i) batch.add_users(UserId(i));
  for (std::uint32_t i = 0; i < kRecords; ++i) {
    UsageRecord& record = *batch.add_records();
    record.set_user(i * 7 % static_cast<std::uint32_t>(batch.users_size()));
    record.set_number((i % 4 == 0 ? 442079460000U : 12065550000U) + i);
    record.set_seconds(30 + i % 600);
    record.set_start_micros((kNow - Duration::Minutes(i)).micros());
    record.set_call_type(CALL_TYPE_USER_OUT);
  }
  return batch;
}

Decision<UsageBatchResult> DecideOnce(const UsageBatch& batch, const Organization& organization) {
  static const auto policy = policy::BuiltIn();
  IdSource ids{{0, 1}, 0};
  Context context(kNow, Actor{}, RequestId(), *policy, ids, nullptr);
  auto verdict = Decide(batch, organization, context);
  DIALTONE_CHECK(verdict.has_value(), "refused");
  return std::move(*verdict);
}

void DecideAndEvolve(benchmark::State& state) {
  const auto users = static_cast<std::uint32_t>(state.range(0));
  const auto organization = NewOrganization(users);
  UsageBatch batch = NewBatch(users);
  std::uint64_t next = 1;
  std::size_t bytes = 0;
  for (auto turn : state) {
    batch.set_first_sequence(next);
    next += kRecords;
    const auto decision = DecideOnce(batch, *organization);
    for (const Event& event : decision.events) {
      Evolve(organization->billing, event.billing(), kMoment);
      bytes = event.SerializeAsString().size();
    }
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.counters["event_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(DecideAndEvolve)->Arg(10)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

void Project(benchmark::State& state) {
  const auto users = static_cast<std::uint32_t>(state.range(0));
  const auto organization = NewOrganization(users);
  UsageBatch batch = NewBatch(users);
  batch.set_first_sequence(1);
  ledger::v1::Outcome outcome;
  outcome.set_aggregate(kOrganization);
  for (const Event& event : DecideOnce(batch, *organization).events) *outcome.add_events() = event;
  const projections::BillingProjection projection;
  projections::MemoryView view(projection);
  std::uint64_t index = 0;
  for (auto turn : state) view.Project(outcome, {{0, ++index}, kNow});
  state.SetItemsProcessed(state.iterations() * kRecords);
}
BENCHMARK(Project)->Arg(10)->Arg(1'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dialtone::billing

BENCHMARK_MAIN();
