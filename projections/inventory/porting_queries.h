// Questions about port orders, and the carrier's list of what it is to work on.
#pragma once

#include <set>
#include <string>
#include <tl/expected.hpp>

#include "controlplane/kernel/query_error.h"
#include "dialtone/porting/v1/carrier_service.pb.h"
#include "dialtone/porting/v1/porting_service.pb.h"
#include "projections/kernel/queries.h"

namespace dialtone::projections {

// Orders come without their allowed actions: the service, which knows the rules, adds them.
class PortingQueries : public Queries {
 public:
  using Queries::Queries;
  using Found = tl::expected<void, QueryError>;
  using Listed = tl::expected<void, FieldError>;

  Found GetPortOrder(const Snapshot& rows, const porting::v1::GetPortOrderRequest& request,
                     porting::v1::PortOrder& order) const;
  Listed ListPortOrders(const Snapshot& rows, const porting::v1::ListPortOrdersRequest& request,
                        porting::v1::ListPortOrdersResponse& response) const;
  Listed ListPortTransitions(const Snapshot& rows,
                             const porting::v1::ListPortTransitionsRequest& request,
                             porting::v1::ListPortTransitionsResponse& response) const;

  // Those of the numbers that the organization holds, or ports already.
  std::set<std::string> Taken(const Snapshot& rows,
                              const porting::v1::CheckPortabilityRequest& request) const;

  // A WatchSource: tells each order that the carrier has something to do with, and again whenever
  // it has changed.
  class Orders {
   public:
    explicit Orders(const PortingQueries& queries) : queries_(&queries) {}
    tl::expected<bool, QueryError> Next(porting::v1::WatchOrdersResponse& item);
    void Heartbeat(porting::v1::WatchOrdersResponse& item) { item.Clear(); }
    std::string Resume() { return ""; }

   private:
    const PortingQueries* queries_;
    Positions seen_;              // of rows with nothing new
    std::set<std::string> told_;  // name, state and etag
  };
};

}  // namespace dialtone::projections
