#include "tests/clients/fake_organization.h"

#include "dialtone/admin/v1/admin_service.pb.h"
#include "dialtone/policy/v1/catalog_service.pb.h"

namespace dialtone::clients {

using grpc::StatusCode;
using inventory::v1::BatchAssignNumbersRequest;
using inventory::v1::BatchAssignNumbersResponse;
using inventory::v1::Number;
using licensing::v1::AssignLicensesRequest;
using licensing::v1::AssignLicensesResponse;
using organizations::v1::BatchCreateUsersRequest;
using organizations::v1::BatchCreateUsersResponse;
using organizations::v1::User;

FakeOrganization::FakeOrganization() {
  server_.On<admin::v1::GetStatusRequest, admin::v1::ServerStatus>(
      [&](const auto&, admin::v1::ServerStatus& reply) {
        reply.set_cluster_id(ledger);
        return grpc::Status::OK;
      });
  server_.On<BatchCreateUsersRequest, BatchCreateUsersResponse>(
      [&](const BatchCreateUsersRequest& request, BatchCreateUsersResponse& reply) {
        creates.push_back(request);
        if (refuse_create) {
          if (const grpc::Status refused = refuse_create(request); !refused.ok()) return refused;
        }
        return Once(request.request_id(), reply, [&] {
          Create(request, reply);
          return grpc::Status::OK;
        });
      });
  server_.On<AssignLicensesRequest, AssignLicensesResponse>(
      [&](const AssignLicensesRequest& request, AssignLicensesResponse& reply) {
        assigns.push_back(request);
        if (refuse_assign) {
          if (const grpc::Status refused = refuse_assign(request); !refused.ok()) return refused;
        }
        return Once(request.request_id(), reply, [&] {
          Assign(request, reply);
          return grpc::Status::OK;
        });
      });
  server_.On<BatchAssignNumbersRequest, BatchAssignNumbersResponse>(
      [&](const BatchAssignNumbersRequest& request, BatchAssignNumbersResponse& reply) {
        number_batches.push_back(request);
        if (refuse_numbers) {
          if (const grpc::Status refused = refuse_numbers(request); !refused.ok()) return refused;
        }
        return Once(request.request_id(), reply, [&] {
          Give(request, reply);
          return grpc::Status::OK;
        });
      });
  server_.On<organizations::v1::GetUserRequest, User>(
      [&](const organizations::v1::GetUserRequest& request, User& reply) {
        reply = users[request.name()];
        return grpc::Status::OK;
      });
  server_.On<inventory::v1::GetNumberRequest, Number>(
      [&](const inventory::v1::GetNumberRequest& request, Number& reply) {
        reply.set_name(request.name());
        reply.set_location("organizations/contoso/addresses/a1/locations/default");
        return grpc::Status::OK;
      });
  AnswerLists();
}

void FakeOrganization::AnswerLists() {
  server_.On<policy::v1::ListSkusRequest, policy::v1::ListSkusResponse>(
      [](const auto&, policy::v1::ListSkusResponse& reply) {
        reply.add_skus()->mutable_sku()->set_sku("MCOPSTNPP");
        reply.mutable_skus(0)->mutable_sku()->set_unlimited(true);
        return grpc::Status::OK;
      });
  server_.On<licensing::v1::ListLicensePoolsRequest, licensing::v1::ListLicensePoolsResponse>(
      [&](const auto&, licensing::v1::ListLicensePoolsResponse& reply) {
        for (const auto& [sku, count] : left) {
          auto& pool = *reply.add_license_pools();
          pool.set_sku(sku);
          pool.set_bought(100 + static_cast<std::uint32_t>(count));
          pool.set_assigned(100);
        }
        return grpc::Status::OK;
      });
  server_.On<licensing::v1::ListUserLicensesRequest, licensing::v1::ListUserLicensesResponse>(
      [&](const auto&, licensing::v1::ListUserLicensesResponse& reply) {
        for (const std::string& user : licensed) {
          auto& shown = *reply.add_user_licenses();
          shown.set_user(user);
          shown.add_skus("MCOEV");
        }
        return grpc::Status::OK;
      });
  // A page each.
  server_.On<inventory::v1::ListNumbersRequest, inventory::v1::ListNumbersResponse>(
      [&](const inventory::v1::ListNumbersRequest& request,
          inventory::v1::ListNumbersResponse& reply) {
        const auto number = numbers.upper_bound(request.page_token());
        if (number == numbers.end()) return grpc::Status::OK;
        auto& shown = *reply.add_numbers();
        shown.set_e164("+" + number->first.substr(number->first.rfind('/') + 1));
        shown.set_assignee(number->second);
        reply.set_next_page_token(number->first);
        return grpc::Status::OK;
      });
}

template <class Reply>
grpc::Status FakeOrganization::Once(const std::string& id, Reply& reply,
                                    std::function<grpc::Status()> answer) {
  const auto known = answers_.find(id);
  if (known != answers_.end()) {
    reply.ParseFromString(known->second.second);
    return known->second.first;
  }
  const grpc::Status status = answer();
  answers_[id] = {status, reply.SerializeAsString()};
  return status;
}

void FakeOrganization::Create(const BatchCreateUsersRequest& request,
                              BatchCreateUsersResponse& reply) {
  for (const auto& one : request.users()) {
    const std::string name = request.parent() + "/users/" + one.user_id();
    auto& result = *reply.add_results();
    if (users.contains(name)) {
      *result.mutable_status() =
          RefusalOf(StatusCode::ALREADY_EXISTS, "USER_EXISTS", {{"user", name}});
    } else if (!request.validate_only()) {
      users[name] = one.user();
    }
  }
}

void FakeOrganization::Assign(const AssignLicensesRequest& request, AssignLicensesResponse& reply) {
  for (int i = 0; i < request.users_size(); ++i) {
    auto& result = *reply.add_results();
    for (const std::string& sku : request.skus()) {
      if (left[sku]-- <= 0)
        *result.mutable_status() =
            RefusalOf(StatusCode::FAILED_PRECONDITION, "NO_LICENSE_LEFT", {{"sku", sku}});
    }
  }
}

void FakeOrganization::Give(const BatchAssignNumbersRequest& request,
                            BatchAssignNumbersResponse& reply) {
  for (const auto& row : request.assignments()) {
    std::string& holder = numbers[request.parent() + "/numbers/" + row.number().substr(1)];
    auto& result = *reply.add_results();
    if (holder.empty()) {
      holder = row.user();
    } else {
      *result.mutable_status() = RefusalOf(StatusCode::FAILED_PRECONDITION, "NUMBER_IN_USE",
                                           {{"number", row.number()}, {"assignee", holder}});
    }
  }
}

}  // namespace dialtone::clients
