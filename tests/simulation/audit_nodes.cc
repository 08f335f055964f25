// What nodes tell, against what the logs say.
#include "controlplane/kernel/context.h"
#include "dialtone/ledger/v1/runtime_refusal.pb.h"
#include "tests/simulation/audit.h"

namespace dialtone::simulation {

using engine::RequestKey;
using ledger::v1::Answer;

namespace {

bool Is(const Answer& answer, ledger::v1::RuntimeRefusal reason) {
  return answer.refusal().reason() == ledger::v1::RuntimeRefusal_Name(reason);
}

}  // namespace

// I2, I4 and I9: whatever is told stands in the log already, and is the one answer to the request.
void Audit::CheckAnswer(const AggregateKey& aggregate, const ledger::v1::Request& request,
                        const Answer& answer) {
  CatchUp();
  const Part& part = parts_[aggregate.PartitionOf(options_.partition_count)];
  const auto taken = taken_.find(RequestOf(aggregate.text(), request.id()));
  const auto told = answers_.find(RequestOf(aggregate.text(), request.id()));
  if (Is(answer, ledger::v1::REQUEST_ID_REUSED)) {
    if (taken == taken_.end() || taken->second == request.body_hash())
      complaints_.Say("I9: a request id is called reused before it was used");
  } else if (Is(answer, ledger::v1::REQUEST_TOO_OLD)) {
    if (engine::IssueTime(request.id()) > part.fold->requests().floor())
      complaints_.Say("I9: a request above the floor is called too old");
  } else if (told == answers_.end()) {
    complaints_.Say("I9: an answer left before its entry was valid: " + answer.ShortDebugString());
  } else if (told->second != answer.SerializeAsString() || taken->second != request.body_hash()) {
    complaints_.Say("I2: another answer left than the one in the log: " +
                    answer.ShortDebugString());
  }
}

// I9: it shows nothing that was not valid at some time.
void Audit::CheckDryRun(const AggregateKey& aggregate, const Answer& answer) {
  CatchUp();
  if (answer.result_case() != Answer::kReply) return;
  ledger::v1::ExerciseReply reply;
  reply.ParseFromString(answer.reply());
  const bool is_known =
      reply.balance() == 0 || balances_[aggregate.text()].contains(reply.balance());
  if (!is_known)
    complaints_.Say("I9: a dry run shows a balance of " + std::to_string(reply.balance()) +
                    ", which " + aggregate.text() + " never had");
}

// I5 and I6.
void Audit::CheckFold(std::uint32_t partition, std::uint64_t index, const engine::Fold& fold,
                      std::string_view whose) {
  CatchUp();
  const Part& part = parts_[partition];
  if (complaints_.any()) return;
  const std::string what = std::string(whose) + " at " + ToText(Position{partition, index});
  if (index >= part.digests.size()) return complaints_.Say("I6: " + what + " is ahead of the log");
  if (fold.ContentDigest() != part.digests[index])
    return complaints_.Say("I5, I6: " + what + " is not what the log adds up to");
  if (index + 1 == part.digests.size() &&
      fold.machine().NextDeadline() != part.fold->machine().NextDeadline())
    complaints_.Say("I6: " + what + " derives another deadline");
}

void Audit::CheckHead(std::uint32_t partition, const engine::Filter& filter,
                      std::string_view whose) {
  CatchUp();
  const Part& part = parts_[partition];
  if (filter.index() == 0 || complaints_.any()) return;
  const auto known = part.hash_at.find(filter.index());
  if (known == part.hash_at.end())
    complaints_.Say("I2: " + std::string(whose) + " believes in entry " +
                    ToText(Position{partition, filter.index()}) + ", which does not count");
}

// I7 and I10: no money is lost, no step is left.
void Audit::CheckSettled() {
  CatchUp();
  if (complaints_.any()) return;
  std::int64_t held = 0;
  for (const auto& [name, balances] : balances_) {
    const AggregateKey key(name);
    const testing::Account& account =
        AccountOf(parts_[key.PartitionOf(options_.partition_count)], key);
    held += account.balance();
    if (account.on_its_way() != 0)
      complaints_.Say("I10: money of " + name + " is on its way for ever");
  }
  if (held != deposited_)
    complaints_.Say("I7: of " + std::to_string(deposited_) + " there are " + std::to_string(held));
  for (const Part& part : parts_) {
    if (!part.steps.empty()) complaints_.Say("I10: a step is never taken");
  }
  for (const auto& [request, hash] : taken_) {
    if (!answers_.contains(request)) complaints_.Say("a request is never answered");
  }
}

}  // namespace dialtone::simulation
