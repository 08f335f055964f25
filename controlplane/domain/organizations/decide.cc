#include "controlplane/domain/organizations/decide.h"

#include <string>
#include <utility>

#include "controlplane/domain/billing/rules.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/organizations/parts.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/domain/porting/rules.h"
#include "controlplane/kernel/etag.h"
#include "controlplane/policy/policy.h"

namespace dialtone::organizations {

namespace {

v1::Organization Changed(const dialtone::Organization& organization, Context& context) {
  v1::Organization changed = organization.organizations.organization.get();
  changed.set_etag(NewEtag(context));
  return changed;
}

template <class E>
E With(v1::Organization organization) {
  E event;
  *event.mutable_organization() = std::move(organization);
  return event;
}

std::uint64_t LicensesBought(const dialtone::Organization& organization) {
  std::uint64_t count = 0;
  for (const auto& [sku, pool] : organization.licensing.pools) count += pool.bought();
  return count;
}

std::uint64_t OpenPortOrders(const dialtone::Organization& organization, Timestamp now) {
  std::uint64_t count = 0;
  for (const auto& [name, order] : organization.porting.orders)
    count += porting::StandsInLine(porting::StateAt(order, now)) ? 1 : 0;
  return count;
}

}  // namespace

// The currency is the one that calls are rated in: nothing here changes money.
Verdict<v1::Organization> Decide(const CreateOrganizationRequest& request,
                                 const dialtone::Organization& organization, Context& context) {
  const auto& existing = organization.organizations.organization;
  const auto& asked = request.organization();
  const auto& currency = context.policy().rating().currency_code();
  v1::Organization created = asked;
  created.set_name("organizations/" + request.organization_id());
  if (asked.currency_code().empty()) created.set_currency_code(currency);

  Rules rules = context.rules();
  rules
      .Require(!existing.exists(), ORGANIZATION_EXISTS, Named{"organization", created.name()},
               Named{"state", existing.get().state()})
      .Require(IsServed(asked.country(), context), COUNTRY_NOT_SERVED,
               Named{"country", asked.country()})
      .Require(created.currency_code() == currency, CURRENCY_NOT_SERVED,
               Named{"currency", created.currency_code()}, Named{"served", currency});
  if (!rules) return rules.refusal();

  created.set_state(v1::Organization::ACTIVE);
  *created.mutable_create_time() = ToProto(context.now());
  created.set_etag(NewEtag(context));
  return Replied(created, With<OrganizationCreated>(created));
}

Verdict<v1::Organization> Decide(const UpdateOrganizationRequest& request,
                                 const dialtone::Organization& organization, Context& context) {
  const auto& asked = request.organization();
  const auto& current = organization.organizations.organization.get();
  const bool stays = asked.country() == current.country();

  Rules rules = context.rules();
  RequireEtag(rules, asked.etag(), current.etag())
      .Require(stays || IsServed(asked.country(), context), COUNTRY_NOT_SERVED,
               Named{"country", asked.country()});
  if (!rules) return rules.refusal();

  v1::Organization changed = Changed(organization, context);
  changed.set_display_name(asked.display_name());
  changed.set_country(asked.country());
  return Replied(changed, With<OrganizationUpdated>(changed));
}

Verdict<v1::Organization> Decide(const SuspendOrganizationRequest&,
                                 const dialtone::Organization& organization, Context& context) {
  v1::Organization changed = Changed(organization, context);
  changed.set_state(v1::Organization::SUSPENDED);
  return Replied(changed, With<OrganizationSuspended>(changed));
}

Verdict<v1::Organization> Decide(const ResumeOrganizationRequest& request,
                                 const dialtone::Organization& organization, Context& context) {
  const auto state = organization.organizations.organization.get().state();

  Rules rules = context.rules();
  rules.Require(state == v1::Organization::SUSPENDED, ORGANIZATION_NOT_SUSPENDED,
                Named{"organization", request.name()});
  if (!rules) return rules.refusal();

  v1::Organization changed = Changed(organization, context);
  changed.set_state(v1::Organization::ACTIVE);
  return Replied(changed, With<OrganizationResumed>(changed));
}

// What costs, or is held in number blocks, has its own way out: nothing goes in silence.
Verdict<v1::Organization> Decide(const DeleteOrganizationRequest& request,
                                 const dialtone::Organization& organization, Context& context) {
  const auto& current = organization.organizations.organization.get();
  const auto users = organization.organizations.users.size();
  const auto licenses = LicensesBought(organization);
  const auto numbers = organization.inventory.numbers.size();
  const auto reservations = inventory::OpenReservations(organization.inventory);
  const auto restorations = inventory::PendingRestorations(organization.inventory);
  const auto port_orders = OpenPortOrders(organization, context.now());
  const auto addresses = organization.emergency.addresses.size();
  const auto trunks = organization.routing.trunks.size();
  const auto payments = billing::PendingPayments(organization.billing);
  const std::size_t accounts = billing::HoldsCredits(organization.billing) ? 1 : 0;
  const auto all = users + licenses + numbers + reservations + restorations + port_orders +
                   addresses + trunks + payments + accounts;

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), current.etag())
      .Require(all == 0, ORGANIZATION_NOT_EMPTY, Named{"users", users}, Named{"licenses", licenses},
               Named{"numbers", numbers}, Named{"reservations", reservations},
               Named{"restorations", restorations}, Named{"port_orders", port_orders},
               Named{"addresses", addresses}, Named{"trunks", trunks}, Named{"payments", payments},
               Named{"funded_accounts", accounts});
  if (!rules) return rules.refusal();

  v1::Organization changed = Changed(organization, context);
  changed.set_state(v1::Organization::DELETED);
  return Replied(changed, With<OrganizationDeleted>(changed));
}

}  // namespace dialtone::organizations
