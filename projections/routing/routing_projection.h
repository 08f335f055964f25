// The routing view: which trunks a number leads to.
#pragma once

#include "projections/kernel/projection.h"

namespace dialtone::projections {

class RoutingProjection final : public Projection {
 public:
  std::string_view Name() const override { return "routing"; }
  std::uint32_t Version() const override { return 1; }
  void Project(const ledger::v1::Outcome& outcome, Moment at, RowWriter& rows) const override;
};

}  // namespace dialtone::projections
