#include "projections/inventory/inventory_queries.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include "controlplane/kernel/e164.h"
#include "projections/inventory/inventory_rows.h"
#include "projections/inventory/licensing_rows.h"
#include "projections/inventory/porting_rows.h"
#include "projections/kernel/organization_of.h"

namespace dialtone::projections {

namespace {

using namespace inventory::v1;
using namespace stock::v1;

// `organizations/contoso` of `organizations/contoso/numbers/12065550100`.
std::optional<E164> NumberOf(const std::string& name) {
  const auto number = E164::Parse("+" + name.substr(name.rfind('/') + 1));
  return number ? std::optional(*number) : std::nullopt;
}

bool IsSame(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool HasTag(const Number& number, const std::string& tag) {
  return std::any_of(number.tags().begin(), number.tags().end(),
                     [&](const std::string& one) { return IsSame(one, tag); });
}

bool IsBlocked(const Number& number, Timestamp now) {
  const AssignmentBlock& block = number.assignment_block();
  return number.has_assignment_block() &&
         (!block.has_end_time() || now < FromProto(block.end_time()));
}

// What the carrier was never asked for works as it came.
Activation::State ActivationOf(const Number& number) {
  return number.has_activation() ? number.activation().state() : Activation::ACTIVATED;
}

bool FitsNow(const Number& number, const ListNumbersRequest& request, Timestamp now) {
  const bool is_wanted = request.block() == ASSIGNMENT_BLOCKED;
  return (request.tag().empty() || HasTag(number, request.tag())) &&
         (request.activation() == Activation::STATE_UNSPECIFIED ||
          ActivationOf(number) == request.activation()) &&
         (request.block() == BLOCK_FILTER_UNSPECIFIED || IsBlocked(number, now) == is_wanted);
}

bool Fits(const Number& number, const ListNumbersRequest& request) {
  const std::string_view digits = std::string_view(number.e164()).substr(1);
  return (request.type() == NUMBER_TYPE_UNSPECIFIED || number.type() == request.type()) &&
         (request.state() == Number::STATE_UNSPECIFIED || number.state() == request.state()) &&
         (request.assignee().empty() || number.assignee() == request.assignee()) &&
         (request.country().empty() || number.area().country() == request.country()) &&
         digits.starts_with(request.prefix());
}

template <class Reply>
tl::expected<void, QueryError> Ended(const tl::expected<std::string, FieldError>& next,
                                     Reply& reply) {
  if (!next)
    return tl::unexpected(QueryError::BadField(next.error().path, next.error().description));
  reply.set_next_page_token(*next);
  return {};
}

}  // namespace

InventoryQueries::Answered InventoryQueries::GetNumber(const Snapshot& rows,
                                                       const GetNumberRequest& request,
                                                       Number& reply) const {
  const auto number = NumberOf(request.name());
  auto row = number ? rows.Get(kNumbers, Key(OrganizationOf(request.name()), number->digits()))
                    : std::optional<Number>();
  if (!row) return tl::unexpected(QueryError::NotFound(request.name()));
  reply = std::move(*row);
  return {};
}

InventoryQueries::Answered InventoryQueries::ListNumbers(const Snapshot& rows,
                                                         const ListNumbersRequest& request,
                                                         Timestamp now,
                                                         ListNumbersResponse& reply) const {
  const auto next = Page<Number>(
      rows, kNumbers, Key(request.parent()), request, pages(),
      [&](const Number& number) { return Fits(number, request) && FitsNow(number, request, now); },
      [&](const Number& number) { *reply.add_numbers() = number; });
  return Ended(next, reply);
}

porting::v1::PortOrder::State InventoryQueries::PortOrderOf(const Snapshot& rows,
                                                            const Number& number) const {
  if (number.source() != Number::PORTED) return porting::v1::PortOrder::STATE_UNSPECIFIED;
  const auto row = rows.Get(kPortOrders, Key(OrganizationOf(number.name()), number.hold()));
  return row ? row->port_order().state() : porting::v1::PortOrder::STATE_UNSPECIFIED;
}

InventoryQueries::Answered InventoryQueries::GetNumberSettings(
    const Snapshot& rows, const GetNumberSettingsRequest& request, NumberSettings& reply) const {
  reply.set_name(request.parent() + "/numberSettings");
  if (auto row = rows.Get(kNumberSettings, Key(request.parent()))) reply = std::move(*row);
  return {};
}

tl::expected<InventoryQueries::ActivationWatch, QueryError> InventoryQueries::WatchActivations(
    const WatchActivationsRequest& request, ShowNumber show) const {
  return ActivationWatch::Of(
      request, kActivations, [this] { return NewestComplete(); },
      [](const Number&) { return true; },
      [show](const Number& number, WatchActivationsResponse& item) {
        *item.mutable_number() = show(number);
      });
}

InventoryQueries::Answered InventoryQueries::ListNumberChanges(
    const Snapshot& rows, const ListNumberChangesRequest& request,
    ListNumberChangesResponse& reply) const {
  const auto number = NumberOf(request.name());
  if (!number) return tl::unexpected(QueryError::NotFound(request.name()));
  const std::string organization = OrganizationOf(request.name());
  const auto next = Page<NumberChange>(
      rows, kNumberChanges, Key(number->digits()), request, pages(),
      [&](const NumberChange& change) { return change.organization() == organization; },
      [&](const NumberChange& change) { *reply.add_changes() = change; });
  return Ended(next, reply);
}

InventoryQueries::Answered InventoryQueries::GetReservation(const Snapshot& rows,
                                                            const GetReservationRequest& request,
                                                            Reservation& reply) const {
  auto row = rows.Get(kReservations, Key(OrganizationOf(request.name()), request.name()));
  if (!row) return tl::unexpected(QueryError::NotFound(request.name()));
  reply = std::move(*row);
  return {};
}

InventoryQueries::Answered InventoryQueries::ListReservations(
    const Snapshot& rows, const ListReservationsRequest& request,
    ListReservationsResponse& reply) const {
  const auto next = Page<Reservation>(
      rows, kReservations, Key(request.parent()), request, pages(),
      [&](const Reservation& reservation) { *reply.add_reservations() = reservation; });
  return Ended(next, reply);
}

InventoryQueries::Answered InventoryQueries::ListNumberHolders(
    const Snapshot& rows, const ListNumberHoldersRequest& request,
    ListNumberHoldersResponse& reply) const {
  const auto number = E164::Parse(request.e164());
  if (!number) return tl::unexpected(QueryError::BadField("e164", number.error()));
  const auto next =
      Page<NumberChange>(rows, kNumberChanges, Key(number->digits()), request, pages(),
                         [&](const NumberChange& change) { *reply.add_changes() = change; });
  return Ended(next, reply);
}

InventoryQueries::QuotaBasis InventoryQueries::QuotaBasisOf(const Snapshot& rows,
                                                            const std::string& organization,
                                                            NumberType type) const {
  QuotaBasis basis;
  if (const auto row = rows.Get(kNumberCounts, Key(organization, type))) basis.held = row->held();
  rows.ForEach<Reservation>(kReservations, {Key(organization), "", ""},
                            [&](std::string_view, const Reservation& reservation) {
                              if (reservation.type() == type)
                                basis.reserved +=
                                    static_cast<std::uint64_t>(reservation.numbers_size());
                              return Walk::kOn;
                            });
  rows.ForEach<licensing::v1::LicensePool>(
      kLicensePools, {Key(organization), "", ""},
      [&](std::string_view, const licensing::v1::LicensePool& pool) {
        basis.pools.push_back(pool);
        return Walk::kOn;
      });
  return basis;
}

}  // namespace dialtone::projections
