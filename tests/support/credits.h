// Makers of what stories about credits and usage are told with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controlplane/domain/billing/decide.h"
#include "dialtone/billing/v1/billing_service.pb.h"
#include "dialtone/licensing/v1/licensing_event.pb.h"
#include "dialtone/organizations/v1/organizations_event.pb.h"
#include "tests/support/story.h"

namespace dialtone::testing {

inline constexpr std::int64_t kUnit = 1'000'000;  // micro-units
inline constexpr char kSource[] = "organizations/contoso/usageSources/switch-1";

inline std::string UserName(std::string_view id) {
  return "organizations/contoso/users/" + std::string(id);
}

inline organizations::v1::UsersCreated Users(const std::vector<std::string>& ids,
                                             std::string_view location = "US") {
  organizations::v1::UsersCreated created;
  for (const std::string& id : ids) {
    auto& user = *created.add_users();
    user.set_name(UserName(id));
    user.set_usage_location(std::string(location));
  }
  return created;
}

// Each of the users has just these; no other user has them.
inline licensing::v1::LicensesAssigned Licensed(const std::vector<std::string>& ids,
                                                const std::vector<std::string>& skus) {
  licensing::v1::LicensesAssigned assigned;
  for (const std::string& id : ids) {
    auto& user = *assigned.add_users();
    user.set_user(UserName(id));
    user.mutable_skus()->Assign(skus.begin(), skus.end());
  }
  for (const std::string& sku : skus) {
    auto& pool = *assigned.add_pools();
    pool.set_sku(sku);
    pool.set_assigned(static_cast<std::uint32_t>(ids.size()));
  }
  return assigned;
}

inline type::v1::Money Usd(std::int64_t micros) { return ToProto(Money(micros, Currency("USD"))); }

inline billing::v1::FundCreditsRequest Fund(std::int64_t units) {
  billing::v1::FundCreditsRequest request;
  request.set_parent(std::string(kContoso));
  *request.mutable_amount() = Usd(units * kUnit);
  return request;
}

inline billing::v1::CompletePaymentRequest Complete(
    const std::string& payment,
    billing::v1::CompletePaymentRequest::Result result =
        billing::v1::CompletePaymentRequest::ACCEPTED,
    std::string_view reference = "ref-1") {
  billing::v1::CompletePaymentRequest request;
  request.set_name(payment);
  request.set_result(result);
  request.set_reference(std::string(reference));
  return request;
}

// Credits are bought, and the provider accepts at once.
inline billing::v1::Payment Funded(Story& story, std::int64_t units) {
  const auto payment =
      story.When(Fund(units), billing::kDecide).ThenReplied<billing::v1::Payment>();
  return story.When(Complete(payment.name()), billing::kDecide).ThenReplied<billing::v1::Payment>();
}

inline billing::v1::ConsumeCreditsRequest Consume(std::string_view user, std::int64_t micros) {
  billing::v1::ConsumeCreditsRequest request;
  request.set_parent(std::string(kContoso));
  request.set_user(UserName(user));
  *request.mutable_amount() = Usd(micros);
  return request;
}

inline billing::v1::ConsumeCreditsRequest ConsumeCall(std::string_view user,
                                                      std::string_view destination,
                                                      std::uint32_t seconds) {
  billing::v1::ConsumeCreditsRequest request;
  request.set_parent(std::string(kContoso));
  request.set_user(UserName(user));
  request.mutable_call()->set_destination(std::string(destination));
  request.mutable_call()->set_seconds(seconds);
  return request;
}

inline billing::v1::PlaceHoldRequest Hold(std::string_view user, std::int64_t micros) {
  billing::v1::PlaceHoldRequest request;
  request.set_parent(std::string(kContoso));
  request.set_user(UserName(user));
  *request.mutable_amount() = Usd(micros);
  return request;
}

inline billing::v1::SetAutoRechargeRequest AutoRechargeAt(std::int64_t trigger_units,
                                                          std::int64_t amount_units) {
  billing::v1::SetAutoRechargeRequest request;
  request.set_name("organizations/contoso/creditAccount");
  auto& recharge = *request.mutable_auto_recharge();
  recharge.set_enabled(true);
  *recharge.mutable_trigger() = Usd(trigger_units * kUnit);
  *recharge.mutable_amount() = Usd(amount_units * kUnit);
  return request;
}

inline billing::v1::RegisterUsageSourceRequest RegisterSource() {
  billing::v1::RegisterUsageSourceRequest request;
  request.set_parent(std::string(kContoso));
  request.set_usage_source_id("switch-1");
  return request;
}

inline billing::v1::UsageBatch Batch(std::uint64_t first_sequence,
                                     const std::vector<std::string>& users) {
  billing::v1::UsageBatch batch;
  batch.set_source(kSource);
  batch.set_first_sequence(first_sequence);
  batch.mutable_users()->Assign(users.begin(), users.end());
  return batch;
}

inline void AddCall(billing::v1::UsageBatch& batch, std::uint32_t user, std::uint64_t number,
                    std::uint32_t seconds, Timestamp start,
                    billing::v1::CallType type = billing::v1::CALL_TYPE_USER_OUT) {
  auto& record = *batch.add_records();
  record.set_user(user);
  record.set_number(number);
  record.set_seconds(seconds);
  record.set_start_micros(start.micros());
  record.set_call_type(type);
}

}  // namespace dialtone::testing
