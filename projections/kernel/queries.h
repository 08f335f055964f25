// What the questions to a view have in common: where they read, and how long their pages are.
#pragma once

#include <optional>
#include <utility>

#include "projections/kernel/paging.h"
#include "projections/kernel/view.h"

namespace dialtone::projections {

// A slice's questions are members of its <slice>_queries.h:
//   tl::expected<void, QueryError> GetNumber(const Snapshot&, const GetNumberRequest&, Number&)
//   const;
class Queries {
 public:
  // The view outlives the queries; null: the rows are always handed in, as tests do.
  Queries(View* view, PageLimits pages) : view_(view), pages_(pages) {}

  // As the door asks: View::WhenReached.
  void WhenReached(const ConsistencyToken& token, Deadline deadline,
                   absl::AnyInvocable<void(Reached)> done) const {
    view_->WhenReached(token, deadline, std::move(done));
  }

 protected:
  // The newest rows: for hints.
  Snapshot Newest() const { return view_->TakeSnapshot(); }
  // The same for a watch: none while the view is built, for its rows are of long ago.
  std::optional<Snapshot> NewestComplete() const {
    std::optional<Snapshot> rows;
    view_->WhenReached(ConsistencyToken(), Deadline::min(), [&rows](Reached reached) {
      if (reached) rows = std::move(*reached);
    });
    return rows;
  }
  const PageLimits& pages() const { return pages_; }

 private:
  View* view_;
  PageLimits pages_;
};

}  // namespace dialtone::projections
