#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/licensing/decide.h"
#include "controlplane/domain/licensing/license_set.h"
#include "controlplane/domain/licensing/pool.h"
#include "controlplane/domain/licensing/roster.h"
#include "controlplane/policy/policy.h"

namespace dialtone::licensing {

namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

Skus ToSkus(const Texts& texts) { return {texts.begin(), texts.end()}; }

// What is wrong with the request as a whole: domain.md 2.4 for the users at once.
std::optional<Rejection> CheckWhole(const Texts& users, const Wish& wish, Context& context) {
  const auto& policy = context.policy();
  const auto find = [](const Skus& skus, auto is_bad) {
    const auto found = std::find_if(skus.begin(), skus.end(), is_bad);
    return found == skus.end() ? std::string() : *found;
  };
  const auto is_unknown = [&](const std::string& sku) { return policy.Sku(sku) == nullptr; };
  const std::string unknown = find(wish.add, is_unknown);
  const std::string stranger = unknown.empty() ? find(wish.remove, is_unknown) : unknown;
  if (!stranger.empty()) return Reject(SKU_UNKNOWN, Named{"sku", stranger});
  const std::string unsold = find(
      wish.add, [&](const std::string& sku) { return !IsSold(*policy.Sku(sku), context.now()); });
  const std::string from = unsold.empty() ? std::string() : policy.Sku(unsold)->valid_from();
  const auto asked = static_cast<std::uint32_t>(users.size());
  const std::uint32_t max = policy.licensing().bulk_users_max();

  Rules rules = context.rules();
  rules.Require(unsold.empty(), SKU_NOT_SOLD_YET, Named{"sku", unsold}, Named{"valid_from", from})
      .Require(asked <= max, TOO_MANY_USERS_AT_ONCE, Named{"users", asked}, Named{"max", max});
  if (rules) return std::nullopt;
  return rules.refusal().value();
}

// The wish for each of the users, one after the other.
template <class E, class Response>
Verdict<Response> ChangeAll(const Texts& users, const Wish& wish, const Organization& organization,
                            Context& context) {
  if (auto refused = CheckWhole(users, wish, context)) return tl::unexpected(std::move(*refused));
  Roster roster(organization, context);
  Response response;
  for (const std::string& user : users) *response.add_results() = roster.Change(user, wish);

  if (!roster.is_changed()) return Replied(std::move(response));
  auto decision = Replied(std::move(response), roster.ToEvent<E>());
  if (!roster.unassigned().empty()) {
    decision.events.push_back(
        ToEvent(inventory::Unassign(roster.unassigned(), organization.inventory, context)));
  }
  return decision;
}

// What a removal entails: domain.md 2.5.
template <class Request>
Entailed EntailedBy(const Request& request) {
  return request.cascade() ? Entailed::kGoesAlong : Entailed::kInTheWay;
}

}  // namespace

Verdict<AssignLicensesResponse> Decide(const AssignLicensesRequest& request,
                                       const Organization& organization, Context& context) {
  const Wish wish{{}, ToSkus(request.skus()), {}, Entailed::kInTheWay};
  return ChangeAll<LicensesAssigned, AssignLicensesResponse>(request.users(), wish, organization,
                                                             context);
}

Verdict<UnassignLicensesResponse> Decide(const UnassignLicensesRequest& request,
                                         const Organization& organization, Context& context) {
  const Wish wish{ToSkus(request.skus()), {}, {}, EntailedBy(request)};
  return ChangeAll<LicensesUnassigned, UnassignLicensesResponse>(request.users(), wish,
                                                                 organization, context);
}

// In one step, or a number would be without its plan in between: domain.md 2.4.
Verdict<SwapLicensesResponse> Decide(const SwapLicensesRequest& request,
                                     const Organization& organization, Context& context) {
  const Skus remove = ToSkus(request.remove_skus());
  const Wish wish{remove, ToSkus(request.add_skus()), remove, EntailedBy(request)};
  return ChangeAll<LicensesSwapped, SwapLicensesResponse>(request.users(), wish, organization,
                                                          context);
}

}  // namespace dialtone::licensing
