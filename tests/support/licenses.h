// Makers of what stories about users and their licences are told with, all of `contoso`.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "controlplane/kernel/rules.h"
#include "dialtone/inventory/v1/inventory_event.pb.h"
#include "dialtone/licensing/v1/licensing_event.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/organizations/v1/organizations_event.pb.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace dialtone::testing {

inline std::string UserOf(std::string_view id) {
  return "organizations/contoso/users/" + std::string(id);
}

inline organizations::v1::UsersCreated UsersCreated(const std::vector<std::string>& ids,
                                                    std::string_view usage_location = "US") {
  organizations::v1::UsersCreated created;
  for (const std::string& id : ids) {
    auto& user = *created.add_users();
    user.set_name(UserOf(id));
    user.set_usage_location(std::string(usage_location));
    user.set_etag("e-" + id);
  }
  return created;
}

// Bought, and assigned to nobody yet.
inline licensing::v1::LicensesBought PoolBought(const std::string& sku, std::uint32_t count) {
  licensing::v1::LicensesBought bought;
  auto& pool = *bought.mutable_pool();
  pool.set_name("organizations/contoso/licensePools/" + sku);
  pool.set_sku(sku);
  pool.set_bought(count);
  bought.set_quantity(count);
  return bought;
}

// The user's number, which came with a reservation that is over.
inline inventory::v1::NumbersAcquired NumberHeld(std::string_view user, const std::string& e164) {
  inventory::v1::NumbersAcquired acquired;
  acquired.mutable_reservation()->set_name("organizations/contoso/reservations/r0");
  auto& number = *acquired.add_numbers();
  number.set_name("organizations/contoso/numbers/" + e164.substr(1));
  number.set_e164(e164);
  number.set_type(inventory::v1::SUBSCRIBER);
  number.set_source(inventory::v1::Number::STOCK);
  number.set_assignee(UserOf(user));
  return acquired;
}

inline licensing::v1::BuyLicensesRequest Buy(const std::string& sku, std::uint32_t quantity) {
  licensing::v1::BuyLicensesRequest request;
  request.set_parent("organizations/contoso");
  request.set_sku(sku);
  request.set_quantity(quantity);
  return request;
}

inline licensing::v1::CancelLicensesRequest Cancel(const std::string& sku, std::uint32_t quantity) {
  licensing::v1::CancelLicensesRequest request;
  request.set_parent("organizations/contoso");
  request.set_sku(sku);
  request.set_quantity(quantity);
  return request;
}

using Texts = std::vector<std::string>;

inline licensing::v1::AssignLicensesRequest Assign(const Texts& users, const Texts& skus) {
  licensing::v1::AssignLicensesRequest request;
  request.set_parent("organizations/contoso");
  for (const std::string& user : users) request.add_users(UserOf(user));
  for (const std::string& sku : skus) request.add_skus(sku);
  return request;
}

inline licensing::v1::UnassignLicensesRequest Unassign(const Texts& users, const Texts& skus) {
  licensing::v1::UnassignLicensesRequest request;
  request.set_parent("organizations/contoso");
  for (const std::string& user : users) request.add_users(UserOf(user));
  for (const std::string& sku : skus) request.add_skus(sku);
  return request;
}

// With all that cannot stay without them.
inline licensing::v1::UnassignLicensesRequest UnassignAlong(const Texts& users, const Texts& skus) {
  auto request = Unassign(users, skus);
  request.set_cascade(true);
  return request;
}

inline licensing::v1::SwapLicensesRequest Swap(const Texts& users, const Texts& remove,
                                               const Texts& add) {
  licensing::v1::SwapLicensesRequest request;
  request.set_parent("organizations/contoso");
  for (const std::string& user : users) request.add_users(UserOf(user));
  for (const std::string& sku : remove) request.add_remove_skus(sku);
  for (const std::string& sku : add) request.add_add_skus(sku);
  return request;
}

// `NO_LICENSE_LEFT` of an item that was refused; empty: it went well.
inline std::string ReasonOf(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  if (status.code() == 0) return "";
  EXPECT_EQ(status.details_size(), 1);
  EXPECT_TRUE(status.details(0).UnpackTo(&info));
  return info.reason();
}

// A fact of an item that was refused.
inline std::string FactOf(const google::rpc::Status& status, const std::string& name) {
  google::rpc::ErrorInfo info;
  if (status.details_size() != 1 || !status.details(0).UnpackTo(&info)) return "(no ErrorInfo)";
  const auto found = info.metadata().find(name);
  return found == info.metadata().end() ? "(not told)" : found->second;
}

// The reasons of the rules as a dry run saw them, in the order in which they were asked.
template <class Refusals>
std::vector<int> OrderOf(const std::vector<RuleTrace>& trace) {
  std::vector<int> order;
  for (const RuleTrace& rule : trace) {
    const auto* const value =
        google::protobuf::GetEnumDescriptor<Refusals>()->FindValueByName(rule.rejection.reason);
    EXPECT_NE(value, nullptr) << rule.rejection.reason;
    if (value != nullptr) order.push_back(value->index());
  }
  return order;
}

}  // namespace dialtone::testing
