// The billing view: credits, usage, statements and invoices, as they are read.
#pragma once

#include "projections/kernel/projection.h"

namespace dialtone::projections {

class BillingProjection final : public Projection {
 public:
  std::string_view Name() const override { return "billing"; }
  std::uint32_t Version() const override { return 1; }
  void Project(const ledger::v1::Outcome& outcome, Moment at, RowWriter& rows) const override;
};

}  // namespace dialtone::projections
