#include "controlplane/edge/rpc/read_answer.h"

#include <memory>
#include <tl/expected.hpp>
#include <utility>

#include "controlplane/edge/rpc/counting.h"
#include "controlplane/edge/rpc/status.h"

namespace dialtone::edge {

namespace {

using Read = tl::expected<grpc::Status, vault::MissingKey>;

Read ReadReply(const std::string& bytes, const AnswerReading& reading) {
  if (!reading.reply.ParseFromString(bytes)) return EdgeStatus(type::v1::ANSWER_UNREADABLE, {});
  if (const vault::SealPlan* const seal = reading.method.reply_seal) {
    if (auto unsealed = seal->Unseal(reading.reply, reading.keys); !unsealed)
      return tl::unexpected(unsealed.error());
  }
  CountItems(reading.parts, reading.method, reading.reply);
  return grpc::Status::OK;
}

}  // namespace

Read ReadAtHand(const ledger::v1::Answer& answer, const AnswerReading& reading) {
  switch (answer.result_case()) {
    case ledger::v1::Answer::kReply:
      return ReadReply(answer.reply(), reading);
    case ledger::v1::Answer::kRefusal:
      return ToStatus(answer.refusal(), reading.resource);
    case ledger::v1::Answer::RESULT_NOT_SET:
      return grpc::Status::OK;  // a dry run of what would stay open
  }
  return grpc::Status::OK;
}

namespace {

// A key that was waited for is at hand, or known to be gone.
grpc::Status ReadWhenKnown(const ledger::v1::Answer& answer, const AnswerReading& reading) {
  while (true) {
    Read read = ReadAtHand(answer, reading);
    if (read) return std::move(*read);
    const auto& [subject, key_id] = read.error();
    const vault::FoundKey found = reading.parts.keys.Find(subject, key_id);
    if (found || found.error() == vault::NoKey::kGone) continue;
    reading.reply.Clear();
    return KeyAwayStatus(subject);
  }
}

}  // namespace

void ReadLater(const ledger::v1::Answer& answer, const AnswerReading& reading, WaitPool& pool,
               absl::AnyInvocable<void(grpc::Status)> done) {
  reading.reply.Clear();
  const auto shared = std::make_shared<absl::AnyInvocable<void(grpc::Status)>>(std::move(done));
  absl::AnyInvocable<void()> task = [answer, reading, shared] {
    (*shared)(ReadWhenKnown(answer, reading));
  };
  // The command is decided: whoever asks again must do so with the same request id.
  if (!pool.Run(task))
    (*shared)(EdgeStatus(type::v1::KEYS_UNAVAILABLE, {{"cause", "too many wait"}}));
}

}  // namespace dialtone::edge
