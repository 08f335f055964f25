// Longest prefix of a number, in one binary search: each prefix is a span of numbers, and nested
// spans are cut flat.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace dialtone::policy {

template <class Row>
class PrefixTable {
 public:
  // A prefix is its digits as a number, the first not 0; no prefix twice.
  using Entry = std::pair<std::uint64_t, const Row*>;

  PrefixTable() = default;
  explicit PrefixTable(const std::vector<Entry>& entries) {
    std::vector<Span> spans;
    for (const auto& [prefix, row] : entries) {
      const std::uint64_t width = WidthOf(prefix);
      spans.push_back({prefix * width, (prefix + 1) * width, row});
    }
    // The wider span first, so that the narrower ones cut into it.
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
      return a.start != b.start ? a.start < b.start : a.end > b.end;
    });
    Flatten(spans);
  }

  // The row of the longest prefix that `digits` begin with; null: none. `digits`: 1 to 15, as a
  // number.
  const Row* Find(std::uint64_t digits) const {
    const std::uint64_t first = digits * WidthOf(digits);
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), first);
    if (after == starts_.begin()) return nullptr;
    return rows_[static_cast<std::size_t>(after - starts_.begin()) - 1];
  }

 private:
  struct Span {
    std::uint64_t start, end;
    const Row* row;
  };

  static constexpr std::uint64_t kFifteenDigits = 100'000'000'000'000;

  // How many numbers of 15 digits begin with these.
  static std::uint64_t WidthOf(std::uint64_t digits) {
    std::uint64_t width = 1;
    while (digits * width < kFifteenDigits) width *= 10;
    return width;
  }

  void Flatten(const std::vector<Span>& spans) {
    std::vector<Span> open;
    const auto close_before = [&](std::uint64_t start) {
      while (!open.empty() && open.back().end <= start) {
        const std::uint64_t end = open.back().end;
        open.pop_back();
        Cut(end, open.empty() ? nullptr : open.back().row);
      }
    };
    for (const Span& span : spans) {
      close_before(span.start);
      Cut(span.start, span.row);
      open.push_back(span);
    }
    close_before(10 * kFifteenDigits);
  }

  // From `start` on it is `row`.
  void Cut(std::uint64_t start, const Row* row) {
    if (!starts_.empty() && starts_.back() == start) {
      rows_.back() = row;
      return;
    }
    starts_.push_back(start);
    rows_.push_back(row);
  }

  std::vector<std::uint64_t> starts_;
  std::vector<const Row*> rows_;
};

}  // namespace dialtone::policy
