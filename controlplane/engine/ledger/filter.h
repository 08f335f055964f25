// Which records of a partition's log count: one pure function for owner, followers, replay and
// audit. A log stores what anybody appends, stale owners too, perhaps twice, perhaps late; the
// filter makes of it one chain of entries that all readers agree on. ledger-protocol.md section 2
// is the rule, filter_test.cc is the rule in sentences.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>

#include "controlplane/engine/ledger/record.h"
#include "controlplane/kernel/digest.h"
#include "dialtone/ledger/v1/checkpoint.pb.h"

namespace dialtone::engine {

// The furthest that a claim may raise the term: a claim with a wild term must not use up the terms.
inline constexpr std::uint64_t kTermStepMax = 1'000;

// Why a record does not count; the first of them that holds. Kept in checkpoints: the order is
// frozen, new ones go to the end.
enum class VoidReason : std::uint8_t {
  kGenesisRepeated,  // only the first record can be one
  kTermOld,          // a claim that came too late: its term is taken
  kTermTooFar,       // a claim beyond kTermStepMax
  kOtherTerm,        // an entry of an owner that is deposed, or was never one
  kOtherWriter,      // the same, of the same term
  kClosed,           // behind the owner's closing entry
  kIndexOld,         // an entry that counted before: stored twice
  kIndexGap,         // an entry before it was lost
  kOtherHash,        // the index fits, what the writer saw before it does not
  kMalformed,        // not a record: somebody else's, for the format has no other kinds (ADR 0009)
};
inline constexpr std::size_t kVoidReasons = 10;
std::string_view ToText(VoidReason reason);

// Why nothing behind a record can be read by this program.
enum class StopReason : std::uint8_t {
  kMalformed,       // the first record is none: this is no ledger
  kGenesisMissing,  // the log does not begin with it
  kGenesisForeign,  // of another cluster, partition, partition count, hash function or format
  kLevelAhead,      // written by a newer program, which folds differently
};
std::string_view ToText(StopReason reason);

struct Void {
  VoidReason reason;
};
struct Stop {
  StopReason reason;
  std::string detail;  // expected and found
};

// A record that counts, one that does not, or the end of what can be read.
using Taken = std::variant<ledger::v1::Genesis, ledger::v1::Claim, ledger::v1::Entry, Void, Stop>;

// What a reader knows about a log before it reads it.
struct Reader {
  std::uint32_t partition = 0;
  std::uint32_t partition_count = 0;
  std::optional<ClusterId> cluster;  // none: whatever the genesis record says
  std::uint32_t level = 0;           // of this program: ledger-protocol.md section 2
};

// A value: copies go their own ways. Equal filters have taken logs that are equal as far as they
// count.
class Filter {
 public:
  // Before the first record.
  explicit Filter(const Reader& reader) : reader_(reader) {}
  // Where a filter stood when ToProto was called.
  static tl::expected<Filter, std::string> FromProto(const ledger::v1::FilterState& state,
                                                     const Reader& reader);
  ledger::v1::FilterState ToProto() const;

  // Takes the log's next record, as its bytes stand there. A Stop leaves the filter as it was.
  Taken Take(std::string_view bytes);

  // Takes an entry by its maker, who knows what Take would find out: it is the current owner's,
  // comes next, and stands where the log goes on.
  struct OwnEntry {
    std::uint64_t index = 0;
    Digest hash{};  // of its bytes
    bool closing = false;
  };
  void Advance(const OwnEntry& entry);

  std::uint64_t term() const { return term_; }
  const Writer& writer() const { return writer_; }
  bool open() const { return open_; }
  // Where the writer's claim says that it is asked. No part of the head.
  const std::string& address() const { return address_; }
  std::uint64_t index() const { return index_; }
  const Digest& hash() const { return hash_; }
  const std::optional<ClusterId>& cluster() const {
    return cluster_;
  }  // none before the genesis record
  std::uint64_t void_count(VoidReason reason) const {
    return void_counts_[static_cast<std::size_t>(reason)];
  }

  // The head of the chain is the same: term, writer, open, index and hash.
  bool SameHead(const Filter& other) const;

 private:
  Taken TakeGenesis(ledger::v1::Genesis genesis, std::string_view bytes);
  Taken TakeClaim(ledger::v1::Claim claim, std::string_view bytes);
  Taken TakeEntry(ledger::v1::Entry entry, std::string_view bytes);
  std::optional<std::string> Foreign(const ledger::v1::Genesis& genesis) const;
  std::optional<VoidReason> WhyVoid(const ledger::v1::Claim& claim) const;
  std::optional<VoidReason> WhyVoid(const ledger::v1::Entry& entry) const;
  Taken CountVoid(VoidReason reason);

  Reader reader_;
  std::uint64_t term_ = 0;
  Writer writer_;
  bool open_ = false;
  std::string address_;
  std::uint64_t index_ = 0;
  Digest hash_{};
  std::optional<ClusterId> cluster_;
  std::array<std::uint64_t, kVoidReasons> void_counts_{};  // for metrics: no part of any digest
};

// The claim and the entry that would count next, with what only the filter knows: term, writer,
// index, previous hash.
ledger::v1::Claim NextClaim(const Filter& head, const Writer& writer);
ledger::v1::Entry NextEntry(const Filter& head);

}  // namespace dialtone::engine
