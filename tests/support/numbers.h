// Makers of what stories about numbers are told with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controlplane/kernel/timestamp.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_event.pb.h"
#include "dialtone/organizations/v1/organizations_event.pb.h"
#include "dialtone/stock/v1/stock_event.pb.h"

namespace dialtone::testing {

organizations::v1::OrganizationCreated OrganizationCreated(std::string_view id);

// Bought, and assigned to that many users.
licensing::v1::LicensesBought LicensesAssigned(std::string_view sku, std::uint32_t count,
                                               std::string_view organization = "contoso");

// A range of subscriber numbers of one block, in Seattle.
stock::v1::NumbersLoaded StockLoaded(std::string_view first, std::string_view last);

inventory::v1::ReserveNumbersRequest Reserve(std::string_view organization,
                                             const std::vector<std::uint64_t>& blocks,
                                             std::uint32_t quantity);
inventory::v1::AcquireNumbersRequest Acquire(const inventory::v1::Reservation& reservation,
                                             const std::vector<std::string>& numbers = {});

// A UUIDv7 of that moment, 16 bytes.
std::string RequestIdAt(Timestamp at, std::uint64_t number);

}  // namespace dialtone::testing
