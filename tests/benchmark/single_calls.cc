// Sets people up as a program would that knows no batches: CreateUser and AssignLicenses of one
// user after the other, over the C++ client library. Prints a line of JSON.
//   single_calls HOST:PORT ORGANIZATION PREFIX COUNT SKU...
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "clients/cpp/client.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"

namespace dialtone::clients {
namespace {

[[noreturn]] void Fail(const Failure& failure) {
  std::fprintf(stderr, "single_calls: %s %s\n", failure.reason.c_str(), failure.message.c_str());
  std::exit(1);
}

void SetUp(Client& client, const std::string& organization, const std::string& id, char** skus) {
  organizations::v1::CreateUserRequest create;
  create.set_parent(organization);
  create.set_user_id(id);
  create.mutable_user()->set_display_name("Person " + id);
  create.mutable_user()->set_email(id + "@contoso.com");
  create.mutable_user()->set_usage_location("US");
  const auto user = client.Call<organizations::v1::User>(create);
  if (!user) Fail(user.error());
  licensing::v1::AssignLicensesRequest assign;
  assign.set_parent(organization);
  assign.add_users(user->name());
  for (; *skus != nullptr; ++skus) assign.add_skus(*skus);
  const auto assigned = client.Call<licensing::v1::AssignLicensesResponse>(assign);
  if (!assigned) Fail(assigned.error());
  if (assigned->results(0).status().code() != 0) Fail(Failure::Of(assigned->results(0).status()));
}

int Main(char** words) {
  Settings settings;
  settings.server = words[1];
  Freshness freshness;
  Client client(settings, freshness);
  const int count = std::atoi(words[4]);
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) SetUp(client, words[2], words[3] + std::to_string(i), words + 5);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("{\"rows\":%d,\"seconds\":%.6f}\n", count, took.count());
  return 0;
}

}  // namespace
}  // namespace dialtone::clients

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fputs("usage: single_calls HOST:PORT ORGANIZATION PREFIX COUNT SKU...\n", stderr);
    return 2;
  }
  return dialtone::clients::Main(argv);
}
