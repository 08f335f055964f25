// Real brokers for this process's tests, started by deploy/kafka/kafka when they are asked for, and
// stopped at its end.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

#include "controlplane/engine/ledger/kafka_options.h"

namespace dialtone::engine {

class Brokers {
 public:
  static const Brokers& One();
  static const Brokers& Three();
  ~Brokers();
  Brokers(const Brokers&) = delete;
  Brokers& operator=(const Brokers&) = delete;

  int count() const { return count_; }
  // Where all of them keep their files.
  const std::string& folder() const { return folder_; }
  // To the process of a broker, from 0 on.
  void Signal(int broker, int signal) const;
  // SIGKILL, or SIGTERM; returns when the process has ended.
  void End(int broker, int signal) const;
  // Starts those that do not run; returns when every one sees all.
  void StartAgain() const { Run("start"); }
  // The broker that leads this partition now; every partition has one soon.
  int LeaderOf(const KafkaOptions& options, std::uint32_t partition) const;
  // Until every partition of every topic has a leader, and all its replicas are in sync.
  void AwaitInSync() const;
  // Of a topic that no test has used.
  KafkaOptions NewTopic(std::uint32_t partition_count) const;
  // Makes that topic in another way than the ledger would: `settings` over what it asks for.
  void Make(const KafkaOptions& options, const std::map<std::string, std::string>& settings) const;
  void Delete(const KafkaOptions& options) const;

 private:
  explicit Brokers(int count);
  std::string Run(const std::string& verb) const;
  pid_t ProcessOf(int broker) const;
  KafkaOptions ClientOptions() const;

  const int count_;
  const std::string folder_;
  std::string bootstrap_;
};

}  // namespace dialtone::engine
