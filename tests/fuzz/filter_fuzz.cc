// Feeds the filter logs that nobody would write: any bytes as a record, and records that almost
// count. Whatever comes, the filter neither crashes nor breaks what its readers build on. Run:
// cmake --preset asan -DDIALTONE_FUZZ=ON && ninja -C build/asan filter_fuzz &&
// build/asan/bin/filter_fuzz -max_total_time=60
#include <fuzzer/FuzzedDataProvider.h>

#include <string>
#include <variant>

#include "controlplane/engine/ledger/filter.h"
#include "controlplane/kernel/check.h"

namespace dialtone::engine {
namespace {

using ledger::v1::Claim;
using ledger::v1::Entry;

const Reader kReader{3, 8, std::nullopt, 4};

std::string AlmostTheNextClaim(const Filter& head, FuzzedDataProvider& input) {
  Claim claim =
      NextClaim(head, Writer::FromBytes(std::string(Writer::kSize, input.ConsumeIntegral<char>())));
  if (input.ConsumeBool()) claim.set_term(claim.term() + input.ConsumeIntegral<std::int16_t>());
  if (input.ConsumeBool()) claim.set_level(input.ConsumeIntegral<std::uint8_t>());
  return ClaimRecord(claim);
}

std::string AlmostTheNextEntry(const Filter& head, FuzzedDataProvider& input) {
  Entry entry = NextEntry(head);
  if (input.ConsumeBool()) entry.set_index(entry.index() + input.ConsumeIntegral<std::int8_t>());
  if (input.ConsumeBool()) entry.set_closing(true);
  if (input.ConsumeBool()) entry.mutable_previous_hash()->front() ^= input.ConsumeIntegral<char>();
  entry.set_batch(input.ConsumeRandomLengthString(64));
  return EntryRecord(entry);
}

std::string NextRecord(const Filter& head, FuzzedDataProvider& input) {
  switch (input.ConsumeIntegralInRange(0, 3)) {
    case 0:
      return GenesisRecord(ClusterId(), input.ConsumeIntegralInRange(2, 3), 8);
    case 1:
      return AlmostTheNextClaim(head, input);
    case 2:
      return AlmostTheNextEntry(head, input);
    default:
      return input.ConsumeRandomLengthString(512);
  }
}

void CheckStep(const Filter& before, const Taken& taken, const Filter& after) {
  const bool counted = !std::holds_alternative<Void>(taken) && !std::holds_alternative<Stop>(taken);
  DIALTONE_CHECK(counted != after.SameHead(before), "the head moves exactly with what counts");
  DIALTONE_CHECK(after.term() >= before.term(), "the term never falls");
  const auto* const stop = std::get_if<Stop>(&taken);
  DIALTONE_CHECK(stop == nullptr || !before.cluster() || stop->reason == StopReason::kLevelAhead,
                 "behind genesis only a newer program stops a reader");
  DIALTONE_CHECK(after.index() == before.index() + (std::holds_alternative<Entry>(taken) ? 1 : 0),
                 "the index is dense");
  const auto loaded = Filter::FromProto(after.ToProto(), kReader);
  DIALTONE_CHECK(
      loaded && loaded->ToProto().SerializeAsString() == after.ToProto().SerializeAsString(),
      "the state survives being saved");
}

}  // namespace
}  // namespace dialtone::engine

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialtone::engine;
  FuzzedDataProvider input(data, size);
  Filter filter(kReader);
  while (input.remaining_bytes() > 0) {
    const Filter before = filter;
    const std::string record = NextRecord(filter, input);
    CheckStep(before, filter.Take(record), filter);
  }
  return 0;
}
