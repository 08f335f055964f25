#include "tests/support/numbers.h"

#include "controlplane/kernel/e164.h"

namespace dialtone::testing {

namespace {

std::string Organization(std::string_view id) { return "organizations/" + std::string(id); }

}  // namespace

organizations::v1::OrganizationCreated OrganizationCreated(std::string_view id) {
  organizations::v1::OrganizationCreated created;
  auto& organization = *created.mutable_organization();
  organization.set_name(Organization(id));
  organization.set_display_name(std::string(id));
  organization.set_country("US");
  organization.set_currency_code("USD");
  organization.set_state(organizations::v1::Organization::ACTIVE);
  return created;
}

licensing::v1::LicensesBought LicensesAssigned(std::string_view sku, std::uint32_t count,
                                               std::string_view organization) {
  licensing::v1::LicensesBought bought;
  auto& pool = *bought.mutable_pool();
  pool.set_name(Organization(organization) + "/licensePools/" + std::string(sku));
  pool.set_sku(std::string(sku));
  pool.set_bought(count);
  pool.set_assigned(count);
  bought.set_quantity(count);
  return bought;
}

stock::v1::NumbersLoaded StockLoaded(std::string_view first, std::string_view last) {
  const E164 from = *E164::Parse(first);
  stock::v1::NumbersLoaded loaded;
  loaded.set_block(from.block());
  loaded.set_type(inventory::v1::SUBSCRIBER);
  loaded.mutable_area()->set_country("US");
  loaded.mutable_area()->set_region("WA");
  loaded.mutable_area()->set_city("Seattle");
  loaded.set_first(from.place());
  loaded.set_last(E164::Parse(last)->place());
  return loaded;
}

inventory::v1::ReserveNumbersRequest Reserve(std::string_view organization,
                                             const std::vector<std::uint64_t>& blocks,
                                             std::uint32_t quantity) {
  inventory::v1::ReserveNumbersRequest request;
  request.set_parent(Organization(organization));
  request.set_type(inventory::v1::SUBSCRIBER);
  request.mutable_area()->set_country("US");
  request.mutable_area()->set_city("Seattle");
  request.set_quantity(quantity);
  for (const std::uint64_t block : blocks) request.add_blocks(block);
  return request;
}

inventory::v1::AcquireNumbersRequest Acquire(const inventory::v1::Reservation& reservation,
                                             const std::vector<std::string>& numbers) {
  inventory::v1::AcquireNumbersRequest request;
  request.set_reservation(reservation.name());
  for (const std::string& number : numbers) request.add_numbers(number);
  return request;
}

std::string RequestIdAt(Timestamp at, std::uint64_t number) {
  std::string id(16, '\0');
  const auto millis = static_cast<std::uint64_t>(at.micros() / 1'000);
  for (std::size_t i = 0; i < 6; ++i) id[i] = static_cast<char>(millis >> (40 - 8 * i) & 0xFFU);
  id[6] = '\x70';
  for (std::size_t i = 0; i < 8; ++i) id[8 + i] = static_cast<char>(number >> (56 - 8 * i) & 0xFFU);
  return id;
}

}  // namespace dialtone::testing
