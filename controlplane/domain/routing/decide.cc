#include "controlplane/domain/routing/decide.h"

#include <algorithm>
#include <string>
#include <utility>

#include "controlplane/kernel/etag.h"
#include "controlplane/policy/policy.h"

namespace dialtone::routing {

namespace {

struct TrunkTag {
  static constexpr const char* kPrefix = "t";
};

tl::unexpected<Rejection> NoTrunk(const std::string& name) {
  return tl::unexpected(Reject(TRUNK_NOT_FOUND, Named{"trunk", name}));
}

// What the caller may say of a trunk.
void TakeOver(const Trunk& said, Trunk& trunk, Context& context) {
  trunk.set_uri(said.uri());
  trunk.set_priority(said.priority());
  trunk.set_weight(said.weight());
  trunk.set_drained(said.drained());
  trunk.set_etag(NewEtag(context));
}

bool AnyAssigned(const inventory::State& inventory) {
  return std::any_of(inventory.numbers.begin(), inventory.numbers.end(),
                     [](const auto& row) { return !row.second.assignee().empty(); });
}

}  // namespace

Verdict<Trunk> Decide(const CreateTrunkRequest& request, const Organization& organization,
                      Context& context) {
  const auto trunks = organization.routing.trunks.size();
  const auto trunks_max = context.policy().routing().trunks_max();

  Rules rules = context.rules();
  rules.Require(trunks < trunks_max, TOO_MANY_TRUNKS, Named{"trunks", trunks},
                Named{"max", trunks_max});
  if (!rules) return rules.refusal();

  TrunkCreated created;
  Trunk& trunk = *created.mutable_trunk();
  trunk.set_name(request.parent() + "/trunks/" + context.NewId<TrunkTag>().text());
  *trunk.mutable_create_time() = ToProto(context.now());
  TakeOver(request.trunk(), trunk, context);
  return Replied(created.trunk(), created);
}

Verdict<Trunk> Decide(const UpdateTrunkRequest& request, const Organization& organization,
                      Context& context) {
  const Trunk* const trunk = organization.routing.trunks.Find(request.name());
  if (trunk == nullptr) return NoTrunk(request.name());

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), trunk->etag());
  if (!rules) return rules.refusal();

  TrunkUpdated updated;
  *updated.mutable_trunk() = *trunk;
  TakeOver(request.trunk(), *updated.mutable_trunk(), context);
  return Replied(updated.trunk(), updated);
}

// Not the last one while a number is assigned: it would lead nowhere.
Verdict<DeleteTrunkResponse> Decide(const DeleteTrunkRequest& request,
                                    const Organization& organization, Context& context) {
  const Trunk* const trunk = organization.routing.trunks.Find(request.name());
  if (trunk == nullptr) return NoTrunk(request.name());
  const bool is_last = organization.routing.trunks.size() == 1;

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), trunk->etag())
      .Require(!is_last || !AnyAssigned(organization.inventory), LAST_TRUNK_STAYS,
               Named{"trunk", request.name()});
  if (!rules) return rules.refusal();

  TrunkDeleted deleted;
  deleted.set_trunk(request.name());
  return Replied(DeleteTrunkResponse(), std::move(deleted));
}

}  // namespace dialtone::routing
