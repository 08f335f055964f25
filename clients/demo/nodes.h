// The servers of a demo: one on a ledger of its own, or two nodes of one ledger on Kafka.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "clients/demo/child_process.h"

namespace dialtone::clients::demo {

class Nodes {
 public:
  // `brokers` is HOST:PORT,… of Kafka, where the ledger gets a topic of its own; empty: the ledger
  // is embedded. Logs and folders of the nodes are below `data`.
  Nodes(std::filesystem::path data, std::string brokers);

  bool is_on_kafka() const { return !brokers_.empty(); }
  // Starts those that do not run. The error is a sentence.
  tl::expected<void, std::string> Start();
  // Of one that runs; of the others that do.
  const std::string& address(std::size_t node) const { return processes_[node]->address(); }
  std::vector<std::string> Others(std::size_t node) const;
  // Of all that run.
  std::vector<std::string> Addresses() const { return Others(processes_.size()); }
  // The one at this address.
  void Kill(const std::string& address);
  // Whom Kill was about last; the first, if nobody.
  std::size_t killed() const { return killed_; }
  // False: one of them did not end with 0.
  bool Stop();

 private:
  std::filesystem::path FolderOf(std::size_t node) const;
  std::vector<std::string> FlagsOf(std::size_t node) const;

  const std::filesystem::path data_;
  const std::string brokers_;
  const std::string topic_;
  std::vector<std::unique_ptr<ChildProcess>> processes_;  // null: does not run
  std::size_t killed_ = 0;
};

}  // namespace dialtone::clients::demo
