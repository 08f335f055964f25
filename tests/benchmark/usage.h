// Batches of usage, for the echo and for Dialtone alike.
#pragma once

#include <chrono>

#include "dialtone/billing/v1/billing_service.pb.h"
#include "tests/benchmark/names.h"

namespace dialtone::benchmark {

// A thousand calls of a minute each, to four countries.
inline billing::v1::UsageBatch MakeUsageBatch() {
  constexpr std::uint64_t kCalled[] = {12065550100, 442079460000, 4930123456, 33123456789};
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  billing::v1::UsageBatch batch;
  batch.add_users(kUserId);
  for (int i = 0; i < kRecordsInABatch; ++i) {
    auto& record = *batch.add_records();
    record.set_number(kCalled[i % 4] + static_cast<std::uint64_t>(i % 90));
    record.set_seconds(60);
    record.set_start_micros(now.count() - 3'600'000'000 + i * 1'000'000);
    record.set_call_type(billing::v1::CALL_TYPE_USER_OUT);
  }
  return batch;
}

}  // namespace dialtone::benchmark
