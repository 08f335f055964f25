// Questions about port orders, and the carrier's list of what it is to work on.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/kernel/query_error.h"
#include "dialtone/porting/v1/carrier_service.pb.h"
#include "dialtone/porting/v1/porting_service.pb.h"
#include "projections/kernel/queries.h"
#include "projections/kernel/waiting.h"

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

  // Each order that the carrier has something to do with, and again whenever it has changed;
  // `show` makes of it what the carrier gets.
  using OrderWatch = WaitingWatch<porting::v1::PortOrder, porting::v1::WatchOrdersResponse>;
  using ShowOrder = porting::v1::PortOrder (*)(porting::v1::PortOrder);
  tl::expected<OrderWatch, QueryError> WatchOrders(const porting::v1::WatchOrdersRequest& request,
                                                   ShowOrder show) const;

  // `show` derives from a project's orders what is shown of it.
  using ShowProject = porting::v1::PortProject (*)(porting::v1::PortProject,
                                                   const std::vector<porting::v1::PortOrder>&);
  Found GetPortProject(const Snapshot& rows, const porting::v1::GetPortProjectRequest& request,
                       ShowProject show, porting::v1::PortProject& project) const;
  Listed ListPortProjects(const Snapshot& rows, const porting::v1::ListPortProjectsRequest& request,
                          ShowProject show, porting::v1::ListPortProjectsResponse& response) const;

  Found GetPortOutRequest(const Snapshot& rows,
                          const porting::v1::GetPortOutRequestRequest& request,
                          porting::v1::PortOutRequest& port_out) const;
  Listed ListPortOutRequests(const Snapshot& rows,
                             const porting::v1::ListPortOutRequestsRequest& request,
                             porting::v1::ListPortOutRequestsResponse& response) const;
  // Each request that the gaining carrier has something to do with, and again whenever it changed.
  using PortOutWatch =
      WaitingWatch<porting::v1::PortOutRequest, porting::v1::WatchPortOutsResponse>;
  using ShowPortOut = porting::v1::PortOutRequest (*)(porting::v1::PortOutRequest);
  tl::expected<PortOutWatch, QueryError> WatchPortOuts(
      const porting::v1::WatchPortOutsRequest& request, ShowPortOut show) const;
};

// How many there are, of all organizations: for metrics.
std::map<porting::v1::PortOrder::State, std::uint64_t> PortOrdersByState(const Snapshot& rows);

}  // namespace dialtone::projections
