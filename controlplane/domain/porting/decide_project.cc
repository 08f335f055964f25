// Orders that belong together: numbers of several accounts, carriers, countries and types.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "controlplane/domain/porting/decide.h"
#include "controlplane/domain/porting/require.h"
#include "controlplane/domain/porting/rules_project.h"
#include "controlplane/domain/porting/submission.h"
#include "controlplane/kernel/item_status.h"

namespace dialtone::porting {

namespace {

struct ProjectTag {
  static constexpr const char* kPrefix = "pp";
};

tl::unexpected<Rejection> NoProject(const std::string& name) {
  return tl::unexpected(Reject(PORT_PROJECT_NOT_FOUND, Named{"port_project", name}));
}

// As orders must be: by source, country and type; numbers sorted, each once.
using Groups = std::map<std::tuple<int, std::string, PortType>, std::set<std::string>>;

// Toll-free numbers of no one country are ported where the organization is.
Groups GroupsOf(const CreatePortProjectRequest& request, const Organization& organization,
                const policy::Policy& policy) {
  const std::string& home = organization.organizations.organization.get().country();
  Groups groups;
  for (int i = 0; i < request.sources_size(); ++i) {
    const PortSource& source = request.sources(i);
    for (const std::string& text : source.numbers()) {
      const E164 number = *E164::Parse(text);
      const PortType type =
          source.type() == PORT_TYPE_UNSPECIFIED ? TypeOf(number, policy) : source.type();
      const std::string country(policy.CountryOf(number));
      groups[{i, country.empty() ? home : country, type}].insert(text);
    }
  }
  return groups;
}

// What closes an account goes last, and alone does so.
PortExtent ExtentOf(const PortSource& source, const PortOrder& order, std::size_t orders) {
  const bool has_billing = IndexOf(order, source.losing_account().billing_number()) >= 0;
  const bool is_part = source.extent() == FULL && orders > 1 && !has_billing;
  return is_part ? PARTIAL : source.extent();
}

// No order is larger than what machines work on.
std::vector<PortOrder> OrdersOf(const CreatePortProjectRequest& request, const Groups& groups,
                                const policy::Policy& policy) {
  const auto size_max = static_cast<int>(policy.porting().self_service_max());
  std::vector<PortOrder> orders;
  std::vector<int> source_of;
  std::map<int, std::size_t> orders_of;
  for (const auto& [kind, numbers] : groups) {
    const auto& [source, country, type] = kind;
    int room = 0;
    for (const std::string& e164 : numbers) {
      if (room == 0) {
        PortOrder& order = orders.emplace_back();
        source_of.push_back(source);
        ++orders_of[source];
        room = size_max;
        order.set_country(country);
        order.set_type(type);
        *order.mutable_losing_account() = request.sources(source).losing_account();
      }
      PortNumber& number = *orders.back().add_numbers();
      number.set_e164(e164);
      number.set_state(PortNumber::WAITING);
      --room;
    }
  }
  for (std::size_t i = 0; i < orders.size(); ++i)
    orders[i].set_extent(
        ExtentOf(request.sources(source_of[i]), orders[i], orders_of[source_of[i]]));
  std::stable_partition(orders.begin(), orders.end(),
                        [](const PortOrder& order) { return order.extent() != FULL; });
  return orders;
}

// The first that comes twice; empty: none.
std::string AccountTwice(const CreatePortProjectRequest& request) {
  std::set<std::string> seen;
  for (const PortSource& source : request.sources()) {
    const LosingAccount& account = source.losing_account();
    if (!seen.insert(account.facts().account_key()).second) return account.carrier();
  }
  return "";
}

std::string NumberTwice(const CreatePortProjectRequest& request) {
  std::set<std::string> seen;
  for (const PortSource& source : request.sources()) {
    for (const std::string& number :
         std::set<std::string>(source.numbers().begin(), source.numbers().end())) {
      if (!seen.insert(number).second) return number;
    }
  }
  return "";
}

// Of the first account that is to be closed without its billing number; empty: none.
std::string BillingNumberLeft(const CreatePortProjectRequest& request) {
  for (const PortSource& source : request.sources()) {
    const std::string& billing = source.losing_account().billing_number();
    const auto& numbers = source.numbers();
    if (source.extent() == FULL &&
        std::find(numbers.begin(), numbers.end(), billing) == numbers.end())
      return billing;
  }
  return "";
}

void Draft(PortOrder& order, const CreatePortProjectRequest& request, const std::string& project,
           Context& context) {
  order.set_name(NewOrderName(request.parent(), context));
  order.set_state(PortOrder::DRAFT);
  order.set_display_name(request.display_name());
  order.set_requested_date(request.requested_date());
  order.set_project(project);
  order.set_etag(NewEtag(context));
  *order.mutable_create_time() = ToProto(context.now());
}

std::vector<PortOrder> OrdersOf(const PortProject& project, const State& state) {
  std::vector<PortOrder> orders;
  for (const std::string& name : project.port_orders()) orders.push_back(*state.orders.Find(name));
  return orders;
}

// The project as it is after its orders have changed, with what became of each.
template <class Response>
Decision<Response> Settled(const PortProject& project, std::vector<PortOrder> orders,
                           std::vector<Rejection> rejections, Events events) {
  Response response;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    PortProjectResult& result = *response.add_results();
    result.set_port_order(orders[i].name());
    result.mutable_status();
    if (!rejections[i].reason.empty())
      *result.mutable_status() = ItemStatus<PortingRefusal>(rejections[i]);
  }
  *response.mutable_port_project() = Shown(project, orders);
  return {std::move(events), std::move(response), {}};
}

}  // namespace

Verdict<PortProject> Decide(const CreatePortProjectRequest& request,
                            const Organization& organization, Context& context) {
  const auto& policy = context.policy();
  const auto& limits = policy.porting();
  const Groups groups = GroupsOf(request, organization, policy);
  std::vector<PortOrder> orders = OrdersOf(request, groups, policy);
  std::vector<const PortOrder*> drafts;
  std::size_t numbers = 0;
  for (const PortOrder& order : orders) {
    drafts.push_back(&order);
    numbers += static_cast<std::size_t>(order.numbers_size());
  }
  const std::string account = AccountTwice(request);
  const std::string number = NumberTwice(request);
  const std::string unclosed = BillingNumberLeft(request);

  Rules rules = context.rules();
  rules
      .Require(
          numbers <= limits.project_numbers_max() && orders.size() <= limits.project_orders_max(),
          PORT_PROJECT_TOO_LARGE, Named{"numbers", numbers},
          Named{"numbers_max", limits.project_numbers_max()}, Named{"orders", orders.size()},
          Named{"orders_max", limits.project_orders_max()})
      .Require(account.empty(), PORT_ACCOUNT_TWICE, Named{"carrier", account})
      .Require(number.empty(), PORT_NUMBER_TWICE, Named{"number", number});
  RequirePortable(rules, drafts, policy, context.now());
  rules.Require(unclosed.empty(), BILLING_NUMBER_NOT_PORTED, Named{"billing_number", unclosed});
  RequireRoomForDrafts(rules, organization.porting, policy, orders.size());
  if (!rules) return rules.refusal();

  PortProjectCreated event;
  PortProject& project = *event.mutable_project();
  project.set_name(request.parent() + "/portProjects/" + context.NewId<ProjectTag>().text());
  project.set_display_name(request.display_name());
  project.set_requested_date(request.requested_date());
  *project.mutable_create_time() = ToProto(context.now());
  for (PortOrder& order : orders) {
    Draft(order, request, project.name(), context);
    project.add_port_orders(order.name());
    *event.add_port_orders() = order;
  }
  PortProject reply = Shown(project, orders);
  return Replied(std::move(reply), std::move(event));
}

// Each waits for its turn, which comes at once where nobody stands ahead: so nobody waits here for
// the blocks of hundreds of numbers.
Verdict<SubmitPortProjectResponse> Decide(const SubmitPortProjectRequest& request,
                                          const Organization& organization, Context& context) {
  const State& state = organization.porting;
  const PortProject* const project = state.projects.Find(request.name());
  if (project == nullptr) return NoProject(request.name());

  std::vector<PortOrder> orders = OrdersOf(*project, state);
  std::vector<Rejection> rejections(orders.size());
  std::map<std::string, Line> lines;
  Events events;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    PortOrder& order = orders[i];
    const std::string& account = order.losing_account().facts().account_key();
    Line& line = lines.try_emplace(account, LineOf(order, state)).first->second;
    Rules rules = context.rules();
    RequireAllowed(rules, order, order.state() == PortOrder::ERROR ? RESUBMIT : SUBMIT,
                   context.now());
    RequireReady(rules, order, organization, context);
    RequireAccountLeft(rules, order, orders);
    RequireRoomInLine(rules, line, context.policy());
    if (!rules) {
      rejections[i] = rules.refusal().value();
      continue;
    }
    auto [queued, event] = ChangeTo<PortOrderQueued>(Queued(line, order, context), context);
    line.emplace(queued.queue_ticket(), queued.name());
    order = std::move(queued);
    events.push_back(ToEvent(std::move(event)));
  }
  return Settled<SubmitPortProjectResponse>(*project, std::move(orders), std::move(rejections),
                                            std::move(events));
}

Verdict<CancelPortProjectResponse> Decide(const CancelPortProjectRequest& request,
                                          const Organization& organization, Context& context) {
  const State& state = organization.porting;
  const PortProject* const project = state.projects.Find(request.name());
  if (project == nullptr) return NoProject(request.name());

  std::vector<PortOrder> orders = OrdersOf(*project, state);
  std::vector<Rejection> rejections(orders.size());
  Events events;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    Rules rules = context.rules();
    RequireAllowed(rules, orders[i], CANCEL, context.now());
    if (!rules) {
      rejections[i] = rules.refusal().value();
      continue;
    }
    auto [cancelled, event] = Cancelled(orders[i], context);
    orders[i] = std::move(cancelled);
    events.push_back(ToEvent(std::move(event)));
  }
  return Settled<CancelPortProjectResponse>(*project, std::move(orders), std::move(rejections),
                                            std::move(events));
}

}  // namespace dialtone::porting
