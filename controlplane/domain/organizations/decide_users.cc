#include <absl/strings/str_join.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/licensing/rules.h"
#include "controlplane/domain/organizations/decide.h"
#include "controlplane/domain/organizations/parts.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/kernel/etag.h"
#include "controlplane/kernel/item_status.h"
#include "controlplane/policy/policy.h"

namespace dialtone::organizations {

namespace {

// `existing`: who has the name already, or null.
tl::expected<User, Rejection> Create(const std::string& name, const User& asked,
                                     const User* existing, Context& context) {
  Rules rules = context.rules();
  rules.Require(existing == nullptr, USER_EXISTS, Named{"user", name})
      .Require(IsServed(asked.usage_location(), context), COUNTRY_NOT_SERVED,
               Named{"country", asked.usage_location()});
  if (!rules) return rules.refusal();

  User user = asked;
  user.set_name(name);
  *user.mutable_create_time() = ToProto(context.now());
  user.set_etag(NewEtag(context));
  return user;
}

std::string Licenses(const dialtone::Organization& organization, const std::string& user) {
  const auto* const licenses = licensing::LicensesOf(organization.licensing, user);
  return licenses == nullptr ? "" : absl::StrJoin(licenses->skus(), ", ");
}

std::string Numbers(const dialtone::Organization& organization, const std::string& user) {
  std::vector<std::string> numbers;
  for (const auto* number : inventory::NumbersOf(organization.inventory, user))
    numbers.push_back(number->e164());
  return absl::StrJoin(numbers, ", ");
}

}  // namespace

Verdict<User> Decide(const CreateUserRequest& request, const dialtone::Organization& organization,
                     Context& context) {
  const std::string name = UserName(request.parent(), request.user_id());
  auto user = Create(name, request.user(), FindUser(organization.organizations, name), context);
  if (!user) return tl::unexpected(std::move(user.error()));

  UsersCreated created;
  *created.add_users() = *user;
  return Replied(std::move(*user), std::move(created));
}

// Of two with one id, the first is created.
Verdict<BatchCreateUsersResponse> Decide(const BatchCreateUsersRequest& request,
                                         const dialtone::Organization& organization,
                                         Context& context) {
  std::map<std::string, User> created;
  BatchCreateUsersResponse response;
  for (const NewUser& asked : request.users()) {
    const std::string name = UserName(request.parent(), asked.user_id());
    const auto earlier = created.find(name);
    const User* const existing =
        earlier == created.end() ? FindUser(organization.organizations, name) : &earlier->second;
    auto user = Create(name, asked.user(), existing, context);
    NewUserResult& result = *response.add_results();
    if (user) {
      *result.mutable_user() = *user;
      created.emplace(name, std::move(*user));
    } else {
      *result.mutable_status() = ItemStatus<OrganizationsRefusal>(user.error());
    }
  }

  if (created.empty()) return Replied(std::move(response));
  UsersCreated event;
  for (auto& [name, user] : created) *event.add_users() = std::move(user);
  return Replied(std::move(response), std::move(event));
}

// A number belongs to its country, and a licence is sold in some: domain.md 1.1, 1.2, 2.2.
Verdict<User> Decide(const UpdateUserRequest& request, const dialtone::Organization& organization,
                     Context& context) {
  const User* const current = FindUser(organization.organizations, request.name());
  if (current == nullptr)
    return tl::unexpected(Reject(USER_NOT_FOUND, Named{"user", request.name()}));
  const User& asked = request.user();
  const std::string& location = asked.usage_location();
  const bool stays = location == current->usage_location();
  const std::string numbers = Numbers(organization, request.name());
  const std::string licenses =
      absl::StrJoin(licensing::LicensesNotIn(location, organization.licensing, request.name(),
                                             context.policy(), context.now()),
                    ", ");

  Rules rules = context.rules();
  RequireEtag(rules, asked.etag(), current->etag())
      .Require(stays || IsServed(location, context), COUNTRY_NOT_SERVED, Named{"country", location})
      .Require(stays || (numbers.empty() && licenses.empty()), USAGE_LOCATION_NEEDED,
               Named{"usage_location", current->usage_location()}, Named{"numbers", numbers},
               Named{"licenses", licenses});
  if (!rules) return rules.refusal();

  User user = asked;
  user.set_name(request.name());
  *user.mutable_create_time() = current->create_time();
  user.set_etag(NewEtag(context));
  UserUpdated updated;
  *updated.mutable_user() = user;
  return Replied(std::move(user), std::move(updated));
}

Verdict<DeleteUserResponse> Decide(const DeleteUserRequest& request,
                                   const dialtone::Organization& organization, Context& context) {
  const User* const current = FindUser(organization.organizations, request.name());
  if (current == nullptr)
    return tl::unexpected(Reject(USER_NOT_FOUND, Named{"user", request.name()}));
  const std::string numbers = Numbers(organization, request.name());
  const std::string licenses = Licenses(organization, request.name());

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), current->etag())
      .Require(numbers.empty() && licenses.empty(), USER_IN_USE, Named{"numbers", numbers},
               Named{"licenses", licenses});
  if (!rules) return rules.refusal();

  UserDeleted deleted;
  deleted.set_user(request.name());
  return Replied(DeleteUserResponse(), std::move(deleted));
}

}  // namespace dialtone::organizations
