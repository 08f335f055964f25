// What decides as one: an organization, or a number block. It lives in one partition, found by the
// hash of its key.
#pragma once

#include <absl/functional/function_ref.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "controlplane/kernel/digest.h"
#include "controlplane/kernel/table.h"
#include "controlplane/kernel/timestamp.h"

namespace dialtone {

// Its resource name, `organizations/contoso` or `numberBlocks/1206555`, with the hash that its
// partition follows from.
class AggregateKey {
 public:
  AggregateKey() = default;
  explicit AggregateKey(std::string text) : text_(std::move(text)), hash_(KeyHash(text_)) {}
  const std::string& text() const { return text_; }
  std::uint64_t hash() const { return hash_; }
  std::uint32_t PartitionOf(std::uint32_t count) const {
    return static_cast<std::uint32_t>(hash_ % count);
  }
  friend bool operator==(const AggregateKey& a, const AggregateKey& b) {
    return a.text_ == b.text_;
  }

 private:
  std::string text_;
  std::uint64_t hash_ = 0;
};

// A key whose kind of aggregate the compiler knows.
template <class A>
struct KeyOf {
  AggregateKey key;
};

// One table of one slice, by numbers that never change.
struct TableId {
  std::uint8_t slice = 0;
  std::uint8_t table = 0;
  friend auto operator<=>(const TableId&, const TableId&) = default;
};

class Aggregate {
 public:
  using VisitTable = absl::FunctionRef<void(TableId, AnyTable&)>;

  virtual ~Aggregate() = default;
  virtual void ForEachTable(VisitTable visit) = 0;
  // The rows were read: builds again what is derived from them.
  virtual void Derive() = 0;
  // The earliest thing that is due, whatever the slice.
  virtual std::optional<Timestamp> NextDeadline() const = 0;
};

}  // namespace dialtone
