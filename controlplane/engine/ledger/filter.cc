#include "controlplane/engine/ledger/filter.h"

#include <algorithm>
#include <utility>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/mutation.h"

namespace dialtone::engine {

namespace {

using ledger::v1::Claim;
using ledger::v1::Entry;
using ledger::v1::FilterState;
using ledger::v1::Genesis;
using ledger::v1::Record;

std::string ExpectedFound(std::string_view what, std::string_view expected,
                          std::string_view found) {
  std::string text(what);
  return text.append(": expected ").append(expected).append(", found ").append(found);
}

std::string ExpectedFound(std::string_view what, std::uint64_t expected, std::uint64_t found) {
  return ExpectedFound(what, std::to_string(expected), std::to_string(found));
}

Stop LevelAhead(std::uint32_t mine, std::uint32_t found) {
  return {StopReason::kLevelAhead, "level of this program " + std::to_string(mine) +
                                       ", of the record " + std::to_string(found) +
                                       ": start a newer program"};
}

}  // namespace

std::string_view ToText(VoidReason reason) {
  switch (reason) {
    case VoidReason::kGenesisRepeated:
      return "genesis_repeated";
    case VoidReason::kTermOld:
      return "term_old";
    case VoidReason::kTermTooFar:
      return "term_too_far";
    case VoidReason::kOtherTerm:
      return "other_term";
    case VoidReason::kOtherWriter:
      return "other_writer";
    case VoidReason::kClosed:
      return "closed";
    case VoidReason::kIndexOld:
      return "index_old";
    case VoidReason::kIndexGap:
      return "index_gap";
    case VoidReason::kOtherHash:
      return "other_hash";
    case VoidReason::kMalformed:
      return "malformed";
  }
  CheckFailed(__FILE__, __LINE__, "a known reason", std::to_string(static_cast<int>(reason)));
}

std::string_view ToText(StopReason reason) {
  switch (reason) {
    case StopReason::kMalformed:
      return "malformed";
    case StopReason::kGenesisMissing:
      return "genesis_missing";
    case StopReason::kGenesisForeign:
      return "genesis_foreign";
    case StopReason::kLevelAhead:
      return "level_ahead";
  }
  CheckFailed(__FILE__, __LINE__, "a known reason", std::to_string(static_cast<int>(reason)));
}

Taken Filter::Take(std::string_view bytes) {
  tl::expected<Record, Malformed> record = ParseRecord(bytes);
  if (!record) {
    if (cluster_) return CountVoid(VoidReason::kMalformed);
    return Stop{StopReason::kMalformed, std::move(record.error().what)};
  }
  if (!cluster_ && !record->has_genesis()) {
    return Stop{StopReason::kGenesisMissing, "the log begins with another record"};
  }
  switch (record->record_case()) {
    case Record::kGenesis:
      return TakeGenesis(std::move(*record->mutable_genesis()), bytes);
    case Record::kClaim:
      return TakeClaim(std::move(*record->mutable_claim()), bytes);
    case Record::kEntry:
      return TakeEntry(std::move(*record->mutable_entry()), bytes);
    case Record::RECORD_NOT_SET:
      break;
  }
  CheckFailed(__FILE__, __LINE__, "ParseRecord names the kind", record->ShortDebugString());
}

Taken Filter::TakeGenesis(Genesis genesis, std::string_view bytes) {
  if (cluster_) return CountVoid(VoidReason::kGenesisRepeated);
  if (std::optional<std::string> difference = Foreign(genesis)) {
    return Stop{StopReason::kGenesisForeign, std::move(*difference)};
  }

  cluster_ = ClusterId::FromBytes(genesis.cluster_id());
  hash_ = Sha256(bytes);
  return genesis;
}

// A claim's hash joins the one before it: two owners that claim on different histories never get
// the same.
Taken Filter::TakeClaim(Claim claim, std::string_view bytes) {
  if (const std::optional<VoidReason> reason = WhyVoid(claim)) return CountVoid(*reason);
  if (claim.level() > reader_.level) return LevelAhead(reader_.level, claim.level());

  term_ = claim.term();
  writer_ = Writer::FromBytes(claim.writer());
  open_ = true;
  address_ = claim.address();
  hash_ = Sha256(AsBytes(hash_), bytes);
  return claim;
}

Taken Filter::TakeEntry(Entry entry, std::string_view bytes) {
  if (const std::optional<VoidReason> reason = WhyVoid(entry)) return CountVoid(*reason);
  if (entry.level() > reader_.level) return LevelAhead(reader_.level, entry.level());

  index_ = entry.index();
  hash_ = Sha256(bytes);
  open_ = !entry.closing();
  return entry;
}

void Filter::Advance(const OwnEntry& entry) {
  DIALTONE_CHECK(open_ && entry.index == index_ + 1,
                 "entry " + std::to_string(entry.index) + " behind " + std::to_string(index_));
  index_ = entry.index;
  hash_ = entry.hash;
  open_ = !entry.closing;
}

std::optional<std::string> Filter::Foreign(const Genesis& genesis) const {
  if (genesis.format_version() != kFormatVersion) {
    return ExpectedFound("format version", kFormatVersion, genesis.format_version());
  }
  if (genesis.hash_function() != kHashFunction) {
    return ExpectedFound("hash function", kHashFunction, genesis.hash_function());
  }
  if (genesis.partition() != reader_.partition) {
    return ExpectedFound("partition", reader_.partition, genesis.partition());
  }
  if (genesis.partition_count() != reader_.partition_count) {
    return ExpectedFound("partition count", reader_.partition_count, genesis.partition_count());
  }
  if (reader_.cluster && reader_.cluster->bytes() != genesis.cluster_id()) {
    return ExpectedFound("cluster", ToHex(reader_.cluster->bytes()), ToHex(genesis.cluster_id()));
  }
  return std::nullopt;
}

// The level is asked for only when a record counts: what is never folded cannot be folded wrongly.
std::optional<VoidReason> Filter::WhyVoid(const Claim& claim) const {
  if (claim.term() < term_) return VoidReason::kTermOld;
  if (claim.term() == term_ && !Mutant(Mutation::kTermAtLeast)) return VoidReason::kTermOld;
  if (claim.term() - term_ > kTermStepMax) return VoidReason::kTermTooFar;
  return std::nullopt;
}

std::optional<VoidReason> Filter::WhyVoid(const Entry& entry) const {
  if (entry.term() != term_) return VoidReason::kOtherTerm;
  if (entry.writer() != writer_.bytes()) return VoidReason::kOtherWriter;
  if (!open_) return VoidReason::kClosed;
  if (Mutant(Mutation::kIndexUnchecked)) return std::nullopt;
  if (entry.index() <= index_) return VoidReason::kIndexOld;
  if (entry.index() - index_ > 1) return VoidReason::kIndexGap;
  if (entry.previous_hash() != AsBytes(hash_)) return VoidReason::kOtherHash;
  return std::nullopt;
}

Taken Filter::CountVoid(VoidReason reason) {
  ++void_counts_[static_cast<std::size_t>(reason)];
  return Void{reason};
}

bool Filter::SameHead(const Filter& other) const {
  return term_ == other.term_ && writer_ == other.writer_ && open_ == other.open_ &&
         index_ == other.index_ && hash_ == other.hash_;
}

FilterState Filter::ToProto() const {
  FilterState state;
  if (!cluster_) return state;
  state.set_term(term_);
  state.set_writer(std::string(writer_.bytes()));
  state.set_open(open_);
  state.set_address(address_);
  state.set_index(index_);
  state.set_hash(std::string(AsBytes(hash_)));
  state.set_cluster_id(std::string(cluster_->bytes()));
  state.mutable_void_counts()->Assign(void_counts_.begin(), void_counts_.end());
  return state;
}

tl::expected<Filter, std::string> Filter::FromProto(const FilterState& state,
                                                    const Reader& reader) {
  Filter filter(reader);
  if (state.cluster_id().empty()) return filter;
  if (state.cluster_id().size() != ClusterId::kSize || state.writer().size() != Writer::kSize ||
      state.hash().size() != filter.hash_.size() ||
      state.void_counts_size() > static_cast<int>(kVoidReasons)) {
    return tl::unexpected("not a filter's state: " + state.ShortDebugString());
  }
  if (reader.cluster && reader.cluster->bytes() != state.cluster_id()) {
    return tl::unexpected(
        ExpectedFound("cluster", ToHex(reader.cluster->bytes()), ToHex(state.cluster_id())));
  }
  filter.term_ = state.term();
  filter.writer_ = Writer::FromBytes(state.writer());
  filter.open_ = state.open();
  filter.address_ = state.address();
  filter.index_ = state.index();
  std::copy(state.hash().begin(), state.hash().end(), filter.hash_.begin());
  filter.cluster_ = ClusterId::FromBytes(state.cluster_id());
  std::copy(state.void_counts().begin(), state.void_counts().end(), filter.void_counts_.begin());
  return filter;
}

Claim NextClaim(const Filter& head, const Writer& writer) {
  Claim claim;
  claim.set_term(head.term() + 1);
  claim.set_writer(std::string(writer.bytes()));
  return claim;
}

Entry NextEntry(const Filter& head) {
  Entry entry;
  entry.set_term(head.term());
  entry.set_writer(std::string(head.writer().bytes()));
  entry.set_index(head.index() + 1);
  entry.set_previous_hash(std::string(AsBytes(head.hash())));
  return entry;
}

}  // namespace dialtone::engine
