// The inventory view: everything that an organization has. One file of rows a slice.
#pragma once

#include "projections/kernel/projection.h"

namespace dialtone::projections {

class InventoryProjection final : public Projection {
 public:
  std::string_view Name() const override { return "inventory"; }
  std::uint32_t Version() const override { return 6; }
  void Project(const ledger::v1::Outcome& outcome, Moment at, RowWriter& rows) const override;
};

}  // namespace dialtone::projections
