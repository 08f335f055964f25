#include "projections/kernel/view.h"

#include <future>
#include <utility>

#include "projections/kernel/view_store.h"
#include "projections/kernel/view_writer.h"

namespace dialtone::projections {

namespace {

// Rows of another ledger, or of more than this ledger has, are the operator's to clear up.
tl::expected<void, std::string> CheckSource(const ledger::v1::ViewState& state,
                                            const ViewSource& source) {
  if (state.cluster_id() != source.cluster_id)
    return tl::unexpected<std::string>("holds rows of another ledger");
  if (static_cast<std::size_t>(state.partitions_size()) != source.feeds.size()) {
    return tl::unexpected("holds rows of " + std::to_string(state.partitions_size()) +
                          " partitions, the ledger has " + std::to_string(source.feeds.size()));
  }
  for (const engine::Feed* const feed : source.feeds) {
    const Position shown{feed->partition(),
                         state.partitions(static_cast<int>(feed->partition())).index()};
    if (shown.index > feed->IndexMax()) {
      return tl::unexpected("shows entry " + ToText(shown) + ", the ledger ends at " +
                            ToText(Position{shown.partition, feed->IndexMax()}));
    }
  }
  return {};
}

// The build to go on with: the latest complete one of this version, else the latest begun; null if
// there is none. The others are dropped.
tl::expected<std::shared_ptr<Build>, std::string> ChooseBuild(
    const std::vector<std::shared_ptr<Build>>& builds, std::uint32_t version,
    const ViewSource& source) {
  std::shared_ptr<Build> chosen;
  for (const std::shared_ptr<Build>& build : builds) {
    if (!build->state().cluster_id().empty()) {
      if (auto checked = CheckSource(build->state(), source); !checked)
        return tl::unexpected(checked.error());
    }
    const bool fits = build->name().version == version && !build->state().cluster_id().empty();
    const bool is_better =
        fits && (!chosen || (build->state().complete() && !chosen->state().complete()));
    if (is_better) chosen = build;
  }
  for (const std::shared_ptr<Build>& build : builds)
    if (build != chosen) build->Drop();
  return chosen;
}

}  // namespace

tl::expected<std::unique_ptr<View>, std::string> View::Open(
    const std::filesystem::path& folder, std::unique_ptr<const Projection> projection,
    ViewSource source, ViewLimits limits) {
  const std::filesystem::path own = folder / projection->Name();
  auto opened = ViewStore::Open(own, limits.memtable_bytes);
  if (!opened) return tl::unexpected(opened.error());
  auto build = ChooseBuild(opened->builds, projection->Version(), source);
  opened->builds.clear();
  if (build && !*build) {
    build = opened->store->NewBuild(projection->Version());
    if (build) {
      if (auto begun = (*build)->Begin(source.cluster_id, source.feeds.size()); !begun)
        build = tl::unexpected(begun.error());
    }
  }
  if (!build) return tl::unexpected(own.string() + ": " + build.error());
  auto writer = std::make_unique<Writer>(std::move(projection), std::move(source), limits,
                                         std::move(opened->store), std::move(*build));
  return std::unique_ptr<View>(new View(std::move(writer)));
}

View::View(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
View::~View() = default;

std::string_view View::name() const { return writer_->name(); }

void View::WhenReached(const ConsistencyToken& token, Deadline deadline,
                       absl::AnyInvocable<void(Reached)> done) {
  writer_->WhenReached(token, deadline, std::move(done));
}

Reached View::WaitFor(const ConsistencyToken& token, Deadline deadline) {
  std::promise<Reached> promise;
  WhenReached(token, deadline, [&](Reached reached) { promise.set_value(std::move(reached)); });
  return promise.get_future().get();
}

Snapshot View::TakeSnapshot() const { return writer_->TakeSnapshot(); }

void View::Rebuild(absl::AnyInvocable<void(tl::expected<void, std::string>)> done) {
  writer_->Rebuild(std::move(done));
}

ViewStatus View::Status() const { return writer_->Status(); }

}  // namespace dialtone::projections
