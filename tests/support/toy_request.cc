// What the clients of the toy machine send.
#include "controlplane/kernel/digest.h"
#include "tests/support/toy_machine.h"

namespace dialtone::testing {

using ledger::v1::ExerciseRequest;

AggregateKey AccountKey(std::uint64_t number) {
  return AggregateKey("accounts/" + std::to_string(number));
}

std::string ToyRequestId(Timestamp at, std::uint64_t salt) {
  const std::uint64_t millis = static_cast<std::uint64_t>(at.micros() / 1'000);
  std::string id(16, '\0');
  for (std::size_t i = 0; i < 6; ++i) id[i] = static_cast<char>(millis >> (40 - 8 * i) & 0xFFU);
  for (std::size_t i = 0; i < 8; ++i) id[8 + i] = static_cast<char>(salt >> (56 - 8 * i) & 0xFFU);
  id[6] = '\x70';
  return id;
}

ledger::v1::Request ToyRequest(std::string id, const ExerciseRequest& body) {
  ledger::v1::Request request;
  request.set_id(std::move(id));
  request.set_body_hash(std::string(AsBytes(Sha256(body.SerializeAsString())).substr(0, 16)));
  return request;
}

ExerciseRequest Transfer(const AggregateKey& to, std::int64_t amount) {
  ExerciseRequest request;
  request.mutable_transfer()->set_to(to.text());
  request.mutable_transfer()->set_amount(amount);
  return request;
}

ExerciseRequest SetTimer(const std::string& name, Duration span) {
  ExerciseRequest request;
  request.mutable_set_timer()->set_name(name);
  request.mutable_set_timer()->set_span_micros(span.micros());
  return request;
}

ExerciseRequest CountUsage(const std::string& source, std::uint64_t sequence, std::int64_t amount) {
  ExerciseRequest request;
  request.mutable_count_usage()->set_source(source);
  request.mutable_count_usage()->set_sequence(sequence);
  request.mutable_count_usage()->set_amount(amount);
  return request;
}

ExerciseRequest GetBalance() {
  ExerciseRequest request;
  request.mutable_get_balance();
  return request;
}

}  // namespace dialtone::testing
