// What is due when, derived from the rows: built again after they are read, never stored.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "controlplane/kernel/timestamp.h"

namespace dialtone {

class Deadlines {
 public:
  struct Next {
    Timestamp at;
    const std::string& what;
  };

  // `what` names the thing within its state, such as a resource name; a new time replaces the old
  // one.
  void Set(const std::string& what, Timestamp at) {
    Clear(what);
    by_name_[what] = at;
    by_time_.emplace(at, what);
  }
  void Clear(const std::string& what) {
    const auto found = by_name_.find(what);
    if (found == by_name_.end()) return;
    by_time_.erase({found->second, what});
    by_name_.erase(found);
  }
  void ClearAll() {
    by_name_.clear();
    by_time_.clear();
  }
  std::optional<Next> First() const {
    if (by_time_.empty()) return std::nullopt;
    return Next{by_time_.begin()->first, by_time_.begin()->second};
  }

 private:
  std::map<std::string, Timestamp> by_name_;
  std::set<std::pair<Timestamp, std::string>> by_time_;
};

// A slice's state for which things become due.
template <class Slice>
concept HasDeadlines = requires(const Slice& slice) {
  slice.deadlines.First();
};

}  // namespace dialtone
