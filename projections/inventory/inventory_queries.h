// Questions to the inventory view about numbers and reservations. Each is about one organization,
// and shows nothing of another.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/kernel/query_error.h"
#include "controlplane/kernel/timestamp.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/inventory/v1/provisioning_service.pb.h"
#include "dialtone/licensing/v1/license.pb.h"
#include "dialtone/porting/v1/port_order.pb.h"
#include "dialtone/stock/v1/stock_service.pb.h"
#include "projections/kernel/queries.h"
#include "projections/kernel/waiting.h"

namespace dialtone::projections {

// Numbers come without their allowed actions: the service, which knows the rules, adds them.
class InventoryQueries : public Queries {
 public:
  using Queries::Queries;
  using Answered = tl::expected<void, QueryError>;

  Answered GetNumber(const Snapshot& rows, const inventory::v1::GetNumberRequest& request,
                     inventory::v1::Number& reply) const;
  // `now`: a block that has run out counts as none.
  Answered ListNumbers(const Snapshot& rows, const inventory::v1::ListNumbersRequest& request,
                       Timestamp now, inventory::v1::ListNumbersResponse& reply) const;
  // Of the order that the number came with; unspecified: it came with none.
  porting::v1::PortOrder::State PortOrderOf(const Snapshot& rows,
                                            const inventory::v1::Number& number) const;
  // Nothing is set unless the organization has set it.
  Answered GetNumberSettings(const Snapshot& rows,
                             const inventory::v1::GetNumberSettingsRequest& request,
                             inventory::v1::NumberSettings& reply) const;
  Answered ListNumberChanges(const Snapshot& rows,
                             const inventory::v1::ListNumberChangesRequest& request,
                             inventory::v1::ListNumberChangesResponse& reply) const;
  Answered GetReservation(const Snapshot& rows, const inventory::v1::GetReservationRequest& request,
                          inventory::v1::Reservation& reply) const;
  Answered ListReservations(const Snapshot& rows,
                            const inventory::v1::ListReservationsRequest& request,
                            inventory::v1::ListReservationsResponse& reply) const;
  // The operator's: of whichever organizations.
  Answered ListNumberHolders(const Snapshot& rows,
                             const stock::v1::ListNumberHoldersRequest& request,
                             stock::v1::ListNumberHoldersResponse& reply) const;

  // Each number that the carrier has something to do with, and again when something else is asked;
  // `show` makes of it what the carrier gets.
  using ActivationWatch =
      WaitingWatch<inventory::v1::Number, inventory::v1::WatchActivationsResponse>;
  using ShowNumber = inventory::v1::Number (*)(inventory::v1::Number);
  tl::expected<ActivationWatch, QueryError> WatchActivations(
      const inventory::v1::WatchActivationsRequest& request, ShowNumber show) const;

  // What a quota of user or service numbers is made of, and what counts against it.
  struct QuotaBasis {
    std::vector<licensing::v1::LicensePool> pools;
    std::uint64_t held = 0;  // from stock
    std::uint64_t reserved = 0;
  };
  QuotaBasis QuotaBasisOf(const Snapshot& rows, const std::string& organization,
                          inventory::v1::NumberType type) const;
};

}  // namespace dialtone::projections
