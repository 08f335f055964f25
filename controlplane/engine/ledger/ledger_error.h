// Why a ledger cannot be opened, or must not be used: what a person reads when a start is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "controlplane/engine/ledger/ledger.h"

namespace dialtone::engine {

enum class LedgerFault : std::uint8_t {
  kInUse,          // another process owns it
  kForeign,        // of another shape than asked for, or of a program that this one does not know
  kDamaged,        // not what was written
  kSystem,         // the file system refuses
  kUnreachable,    // brokers do not answer, or refuse
  kMisconfigured,  // would not keep what it is given
};

struct RecordPlace {
  std::uint32_t partition = 0;
  Offset offset = 0;
  friend bool operator==(const RecordPlace&, const RecordPlace&) = default;
};

struct LedgerError {
  LedgerFault fault = LedgerFault::kSystem;
  std::optional<RecordPlace> place;  // where, if it is one record
  std::string what;
  std::string expected;  // may be empty, like `found`
  std::string found;
  std::string remedy = {};  // may be empty
};

template <class T>
using LedgerExpected = tl::expected<T, LedgerError>;

inline tl::unexpected<LedgerError> Refuse(LedgerFault fault, std::string what) {
  return tl::unexpected(LedgerError{fault, std::nullopt, std::move(what), {}, {}});
}

inline tl::unexpected<LedgerError> Damaged(const RecordPlace& place, std::string what,
                                           std::string expected, std::string found) {
  return tl::unexpected(LedgerError{LedgerFault::kDamaged, place, std::move(what),
                                    std::move(expected), std::move(found)});
}

// "partition 3, offset 17: the record was changed: expected seal 0a1b…, found 2c3d…"
inline std::string ToText(const LedgerError& error) {
  std::string text;
  if (error.place) {
    text = "partition " + std::to_string(error.place->partition) + ", offset " +
           std::to_string(error.place->offset) + ": ";
  }
  text += error.what;
  if (!error.expected.empty()) text += ": expected " + error.expected + ", found " + error.found;
  if (!error.remedy.empty()) text += "; " + error.remedy;
  return text;
}

}  // namespace dialtone::engine
