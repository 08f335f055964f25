// Questions about trunks, and where a number leads to.
#pragma once

#include <tl/expected.hpp>

#include "controlplane/kernel/query_error.h"
#include "dialtone/routing/v1/routing_service.pb.h"
#include "projections/kernel/queries.h"

namespace dialtone::projections {

class RoutingQueries : public Queries {
 public:
  using Queries::Queries;

  tl::expected<void, QueryError> GetTrunk(const Snapshot& rows,
                                          const routing::v1::GetTrunkRequest& request,
                                          routing::v1::Trunk& trunk) const;
  tl::expected<void, FieldError> ListTrunks(const Snapshot& rows,
                                            const routing::v1::ListTrunksRequest& request,
                                            routing::v1::ListTrunksResponse& response) const;
  // Not found: nobody here holds the number.
  tl::expected<void, QueryError> ResolveNumber(const Snapshot& rows,
                                               const routing::v1::ResolveNumberRequest& request,
                                               routing::v1::Route& route) const;
};

}  // namespace dialtone::projections
