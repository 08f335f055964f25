// What happened in a simulated world, kept only when somebody wants to read it.
#pragma once

#include <deque>
#include <string>
#include <utility>

namespace dialtone::simulation {

class Story {
 public:
  explicit Story(std::size_t lines_max) : lines_max_(lines_max) {}

  // `tell` gives the line; it is not called when nobody reads.
  template <class Tell>
  void Add(Tell tell) {
    if (lines_max_ == 0) return;
    lines_.push_back(tell());
    if (lines_.size() > lines_max_) lines_.pop_front();
  }
  const std::deque<std::string>& lines() const { return lines_; }

 private:
  std::size_t lines_max_;
  std::deque<std::string> lines_;
};

}  // namespace dialtone::simulation
