// Decides about organizations and the people who work there: domain.md sections 1.1 and 12.
#pragma once

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/organizations/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"

namespace dialtone::organizations {

// In this slice `v1::Organization` is the resource, and `dialtone::Organization` what decides.

Verdict<v1::Organization> Decide(const CreateOrganizationRequest& request,
                                 const dialtone::Organization& organization, Context& context);
Verdict<v1::Organization> Decide(const UpdateOrganizationRequest& request,
                                 const dialtone::Organization& organization, Context& context);
Verdict<v1::Organization> Decide(const DeleteOrganizationRequest& request,
                                 const dialtone::Organization& organization, Context& context);
Verdict<v1::Organization> Decide(const SuspendOrganizationRequest& request,
                                 const dialtone::Organization& organization, Context& context);
Verdict<v1::Organization> Decide(const ResumeOrganizationRequest& request,
                                 const dialtone::Organization& organization, Context& context);

Verdict<User> Decide(const CreateUserRequest& request, const dialtone::Organization& organization,
                     Context& context);
Verdict<BatchCreateUsersResponse> Decide(const BatchCreateUsersRequest& request,
                                         const dialtone::Organization& organization,
                                         Context& context);
Verdict<User> Decide(const UpdateUserRequest& request, const dialtone::Organization& organization,
                     Context& context);
Verdict<DeleteUserResponse> Decide(const DeleteUserRequest& request,
                                   const dialtone::Organization& organization, Context& context);

inline constexpr auto kDecide = [](const auto& command, const dialtone::Organization& organization,
                                   Context& context) {
  return Decide(command, organization, context);
};

}  // namespace dialtone::organizations
