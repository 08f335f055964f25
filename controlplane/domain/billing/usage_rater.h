// Rates a batch of usage into one event: the fast path, so nothing is made per record but its place
// in the event's columns.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/billing/minute_pools.h"
#include "controlplane/domain/billing/months.h"
#include "controlplane/domain/billing/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/policy/policy.h"
#include "dialtone/billing/v1/billing_service.pb.h"

namespace dialtone::billing {

class UsageRater {
 public:
  // All of them outlive the rater. `records`: how many of the batch will be added.
  UsageRater(const UsageBatch& batch, const Organization& organization, const Context& context,
             std::size_t records);

  // The batch's record of that place, which has not counted before.
  void Add(std::uint32_t place);
  // What was added, without the source; and the answer.
  UsageRecorded TakeEvent();
  UsageBatchResult TakeResult() { return std::move(result_); }
  std::int64_t charged_micros() const { return charged_; }

 private:
  // What is known of one of the batch's users.
  struct UserFacts {
    bool is_resolved = false;
    const organizations::User* user = nullptr;
    const licensing::UserLicenses* licenses = nullptr;
    Timestamp pool_month;
    OpenPool* pool = nullptr;
    std::optional<bool> can_consume;
  };
  // What one record comes to.
  struct Rated {
    BillingRefusal refusal = BILLING_REFUSAL_UNSPECIFIED;
    std::uint32_t destination = 0;
    std::uint32_t pool_seconds = 0;
    std::uint32_t charged_seconds = 0;
    std::int64_t charge = 0;
  };

  Rated Rate(const UsageRecord& record);
  Rated Free(const char* destination);
  Rated Refused(BillingRefusal refusal);
  Rated RateAt(const policy::v1::Rate& rate, const UsageRecord& record, UserFacts& user,
               OpenPool* pool);
  BillingRefusal CheckForm(const UsageRecord& record) const;
  BillingRefusal CheckCredits(std::int64_t charge, UserFacts& user, std::uint32_t index);
  bool IsEmergencyNumber(std::uint64_t digits) const;
  // Null: the organization has no such user.
  UserFacts* FactsOf(std::uint32_t index);
  const std::string& NameOf(std::uint32_t index);
  const Month& MonthAt(Timestamp at);
  OpenPool* PoolOf(const UsageRecord& record, UserFacts& user);
  std::uint32_t DestinationOf(const policy::v1::Rate& rate);
  std::uint32_t DestinationOf(const char* name);
  std::uint32_t AddDestination(const std::string& name);
  void Refuse(std::uint32_t place, BillingRefusal refusal);
  void AppendColumns(const UsageRecord& record, const Rated& rated);

  const UsageBatch& batch_;
  const Organization& organization_;
  const Context& context_;
  const policy::Policy& policy_;
  const std::int64_t late_before_;
  OpenPools pools_;
  std::vector<UserFacts> users_;
  std::vector<std::uint64_t> emergency_numbers_;
  absl::flat_hash_map<const void*, std::uint32_t> destinations_;
  std::string name_;  // of a user, built anew
  std::size_t prefix_size_ = 0;
  Month month_{};
  std::optional<OpenPool*> dial_out_;  // of that month
  std::uint64_t last_start_ = 0;
  std::int64_t available_ = 0;
  std::int64_t charged_ = 0;
  std::optional<bool> are_credits_sold_;
  UsageRecorded event_;
  UsageBatchResult result_;
};

}  // namespace dialtone::billing
