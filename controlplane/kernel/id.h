// Names that Dialtone gives: made of the position where the thing came to be, so that every replay
// gives the same.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>

namespace dialtone {

// The last segment of a resource's name: `r-…` in `organizations/contoso/reservations/r-…`. The tag
// tells kinds apart.
template <class Tag>
class Id {
 public:
  explicit Id(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::string text_;
};

}  // namespace dialtone
