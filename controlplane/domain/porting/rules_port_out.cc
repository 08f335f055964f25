#include "controlplane/domain/porting/rules_port_out.h"

#include <algorithm>

namespace dialtone::porting {

// Whoever was told no has seen it once the request is withdrawn. What is released and never taken
// can be kept after all, or its numbers could never be used again.
std::vector<PortOutAction> AllowedActions(PortOutRequest::State state) {
  switch (state) {
    case PortOutRequest::REQUESTED:
      return {RELEASE_PORT_OUT, REJECT_PORT_OUT, WITHDRAW_PORT_OUT};
    case PortOutRequest::RELEASED:
      return {REJECT_PORT_OUT, COMPLETE_PORT_OUT, WITHDRAW_PORT_OUT};
    case PortOutRequest::REJECTED:
      return {WITHDRAW_PORT_OUT};
    case PortOutRequest::COMPLETED:
    case PortOutRequest::WITHDRAWN:
    case PortOutRequest::STATE_UNSPECIFIED:
    case PortOutRequest_State_PortOutRequest_State_INT_MIN_SENTINEL_DO_NOT_USE_:
    case PortOutRequest_State_PortOutRequest_State_INT_MAX_SENTINEL_DO_NOT_USE_:
      return {};
  }
  return {};
}

PortOutRequest Shown(PortOutRequest request) {
  request.clear_allowed_actions();
  for (const PortOutAction action : AllowedActions(request.state()))
    request.add_allowed_actions(action);
  return request;
}

bool IsOpen(PortOutRequest::State state) {
  return state == PortOutRequest::REQUESTED || state == PortOutRequest::RELEASED;
}

bool SameSecret(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  unsigned differences = 0;
  for (std::size_t i = 0; i < one.size(); ++i)
    differences |= static_cast<unsigned char>(one[i]) ^ static_cast<unsigned char>(other[i]);
  return differences == 0;
}

}  // namespace dialtone::porting
