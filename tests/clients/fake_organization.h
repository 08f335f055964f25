// An organization of a server that remembers the answer to each request id, and fails where a test
// tells it to.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"
#include "tests/clients/fake_server.h"

namespace dialtone::clients {

// The organization, with as many licences as `left` says.
class FakeOrganization {
 public:
  FakeOrganization();
  std::string address() const { return server_.address(); }
  std::vector<std::string> called() { return server_.called(); }

  std::map<std::string, organizations::v1::User> users;  // by name
  std::map<std::string, int> left;                       // licences by product
  std::vector<std::string> licensed;                     // users who are shown to have MCOEV
  std::map<std::string, std::string> numbers;            // by name, with whoever has it
  std::vector<organizations::v1::BatchCreateUsersRequest> creates;
  std::vector<licensing::v1::AssignLicensesRequest> assigns;
  std::vector<inventory::v1::BatchAssignNumbersRequest> number_batches;
  // Before anything is done: what is wrong with the request.
  std::function<grpc::Status(const organizations::v1::BatchCreateUsersRequest&)> refuse_create;
  std::function<grpc::Status(const licensing::v1::AssignLicensesRequest&)> refuse_assign;
  std::function<grpc::Status(const inventory::v1::BatchAssignNumbersRequest&)> refuse_numbers;
  std::string ledger = "c1";
  void Forget() { answers_.clear(); }

 private:
  void AnswerLists();
  // The first answer to a request id, or the one that is made now.
  template <class Reply>
  grpc::Status Once(const std::string& id, Reply& reply, std::function<grpc::Status()> answer);
  void Create(const organizations::v1::BatchCreateUsersRequest& request,
              organizations::v1::BatchCreateUsersResponse& reply);
  void Assign(const licensing::v1::AssignLicensesRequest& request,
              licensing::v1::AssignLicensesResponse& reply);
  void Give(const inventory::v1::BatchAssignNumbersRequest& request,
            inventory::v1::BatchAssignNumbersResponse& reply);

  std::map<std::string, std::pair<grpc::Status, std::string>> answers_;  // by request id
  FakeServer server_;
};

}  // namespace dialtone::clients
