// The stock view: what of the operator's numbers is free, where.
#pragma once

#include "projections/kernel/projection.h"

namespace dialtone::projections {

class StockProjection final : public Projection {
 public:
  std::string_view Name() const override { return "stock"; }
  std::uint32_t Version() const override { return 1; }
  void Project(const ledger::v1::Outcome& outcome, Moment at, RowWriter& rows) const override;
};

}  // namespace dialtone::projections
