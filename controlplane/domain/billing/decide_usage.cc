// Usage: where it comes from, that each record counts once, and what it costs.
#include <string>
#include <utility>
#include <vector>

#include "controlplane/domain/billing/bookkeeping.h"
#include "controlplane/domain/billing/decide.h"
#include "controlplane/domain/billing/recharge.h"
#include "controlplane/domain/billing/usage_rater.h"
#include "controlplane/kernel/sequence_window.h"
#include "controlplane/policy/policy.h"

namespace dialtone::billing {

namespace {

// Consecutive numbers of a source, put into its window as far as that goes.
struct Taken {
  SequenceWindow window;
  std::vector<std::uint32_t> places;  // those that were new, from 0
  std::uint64_t beyond = 0;           // the first that the window does not reach; 0: none
};

Taken Take(const UsageSource& source, std::uint64_t first, std::uint64_t count) {
  Taken taken{SequenceWindow::FromProto(source.window()), {}, 0};
  taken.places.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const SequenceWindow::Place place = taken.window.PlaceOf(first + i);
    if (place == SequenceWindow::Place::kBeyond) {
      taken.beyond = first + i;
      break;
    }
    if (place == SequenceWindow::Place::kDone) continue;
    taken.window.Take(first + i);
    taken.places.push_back(static_cast<std::uint32_t>(i));
  }
  return taken;
}

UsageSource With(const UsageSource& source, const SequenceWindow& window) {
  UsageSource after = source;
  *after.mutable_window() = window.ToProto();
  return after;
}

// The rules of a span of records: enum values 6 and 7. `take` is called if it is not too large.
Rules& RequireReach(Rules& rules, std::uint64_t count, std::uint64_t first,
                    const UsageSource& source, const Context& context, Taken& taken) {
  const std::uint32_t most = context.policy().rating().batch_records_max();
  rules.Require(count <= most, USAGE_BATCH_TOO_LARGE, Named{"records", count}, Named{"max", most});
  if (count <= most) taken = Take(source, first, count);
  const std::uint64_t low = source.window().low();
  return rules.Require(taken.beyond == 0, USAGE_SEQUENCE_BEYOND_WINDOW,
                       Named{"sequence", taken.beyond}, Named{"done_through", low},
                       Named{"window", SequenceWindow::kSpan});
}

// What the batch costs leaves the oldest lots.
void Charge(UsageRecorded& event, std::int64_t micros, const State& state, Bookkeeping& books) {
  if (micros == 0) return;
  books.Move(ACCOUNT_CREDITS, ACCOUNT_REVENUE, micros);
  books.WriteTo(event);
  const std::vector<LotPart> parts = OldestLots(state, micros);
  event.mutable_parts()->Assign(parts.begin(), parts.end());
}

}  // namespace

Verdict<UsageSource> Decide(const RegisterUsageSourceRequest& request,
                            const Organization& organization, Context& context) {
  UsageSourceRegistered registered;
  UsageSource& source = *registered.mutable_source();
  source.set_name(request.parent() + "/usageSources/" + request.usage_source_id());
  source.set_display_name(request.display_name());
  *source.mutable_create_time() = ToProto(context.now());
  const auto sources = organization.billing.sources.size();
  const auto sources_max = context.policy().rating().sources_max();

  Rules rules = context.rules();
  rules
      .Require(!organization.billing.sources.Has(source.name()), USAGE_SOURCE_EXISTS,
               Named{"source", source.name()})
      .Require(sources < sources_max, TOO_MANY_USAGE_SOURCES, Named{"sources", sources},
               Named{"max", sources_max});
  if (!rules) return rules.refusal();

  return Replied(registered.source(), registered);
}

// The hole is closed by what never came: the way on when records are lost for good.
Verdict<UsageSource> Decide(const SkipUsageRequest& request, const Organization& organization,
                            Context& context) {
  const UsageSource* const source = organization.billing.sources.Find(request.source());
  if (source == nullptr)
    return tl::unexpected(Reject(USAGE_SOURCE_NOT_FOUND, Named{"source", request.source()}));
  const std::uint64_t first = request.first_sequence();
  const std::uint64_t last = request.last_sequence();
  const std::uint64_t count = last < first ? 0 : last - first + 1;

  Rules rules = context.rules();
  Taken taken;
  RequireReach(rules, count, first, *source, context, taken)
      .Require(count > 0, USAGE_SPAN_EMPTY, Named{"first", first}, Named{"last", last});
  if (!rules) return rules.refusal();

  UsageSkipped skipped;
  *skipped.mutable_source() = With(*source, taken.window);
  skipped.set_first_sequence(request.first_sequence());
  skipped.set_last_sequence(request.last_sequence());
  skipped.set_reason(request.reason());
  return Replied(skipped.source(), skipped);
}

// ledger-protocol.md 5: up to the window's low a repeat, inside it by bit, beyond it refused as a
// whole, so that no answer is a guess.
Verdict<UsageBatchResult> Decide(const UsageBatch& batch, const Organization& organization,
                                 Context& context) {
  const UsageSource* const source = organization.billing.sources.Find(batch.source());
  if (source == nullptr)
    return tl::unexpected(Reject(USAGE_SOURCE_NOT_FOUND, Named{"source", batch.source()}));
  const auto count = static_cast<std::uint64_t>(batch.records_size());

  Rules rules = context.rules();
  Taken taken;
  RequireReach(rules, count, batch.first_sequence(), *source, context, taken);
  if (!rules) return rules.refusal();

  UsageRater rater(batch, organization, context, taken.places.size());
  for (const std::uint32_t place : taken.places) rater.Add(place);
  UsageRecorded recorded = rater.TakeEvent();
  *recorded.mutable_source() = With(*source, taken.window);
  Bookkeeping books(organization.billing.account.get());
  Charge(recorded, rater.charged_micros(), organization.billing, books);
  UsageBatchResult result = rater.TakeResult();
  result.set_first_sequence(batch.first_sequence());
  result.set_repeated_before(static_cast<std::uint32_t>(count - taken.places.size()));
  result.mutable_charged()->set_currency_code(recorded.currency_code());
  result.mutable_charged()->set_micros(rater.charged_micros());
  result.set_done_through(taken.window.low());
  if (taken.places.empty()) return Replied(std::move(result));
  auto decision = Replied(std::move(result));
  auto asked = Recharge(organization, books, context);
  decision.events.push_back(ToEvent(std::move(recorded)));
  if (asked) decision.events.push_back(ToEvent(std::move(*asked)));
  return decision;
}

}  // namespace dialtone::billing
