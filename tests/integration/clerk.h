// A clerk sets up one organization by the five commands, without end, and knows what must have come
// of it. The server may die at any moment: the clerk then asks again under the same request id.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "tests/integration/journal.h"
#include "tests/integration/whereabouts.h"
#include "tests/support/caller.h"

namespace dialtone::testing {

class Clerk {
 public:
  // What was acknowledged, and so must be there.
  struct Ledger {
    std::uint32_t licenses = 0;
    std::int64_t consumed_micros = 0;
    std::map<std::string, std::string> numbers;  // by name: the location, or empty
    std::vector<std::string> port_orders;        // that were submitted
    std::vector<std::string> drafts;             // that were not
  };
  // Of each command, how many were accepted.
  using Counts = std::map<std::string, int>;

  // Sets its organization up. The server lives meanwhile.
  Clerk(int index, Caller& caller, Whereabouts& server, Journal& journal);

  // One of the five commands, or what must go before it; returns when it is answered.
  void Step();

  const std::string& organization() const { return organization_; }
  const Ledger& ledger() const { return ledger_; }
  const Counts& accepted() const { return accepted_; }
  // With which codes it was told to ask again, and in which words last.
  const std::map<grpc::StatusCode, std::string>& asked_again() const { return asked_again_; }
  std::int64_t funded_micros() const;

 private:
  template <class Reply, class Request>
  tl::expected<Reply, std::string> Ask(Request request);
  int Draw(int below);

  void Buy();
  void Consume();
  void TakeNumber();
  void Locate(const std::string& number);
  void PortNumber();

  const int index_;
  Whereabouts& server_;
  Journal& journal_;
  std::mt19937_64 chance_;
  std::string organization_;
  std::string user_;
  std::string location_;
  int ports_ = 0;
  Ledger ledger_;
  Counts accepted_;
  std::map<grpc::StatusCode, std::string> asked_again_;
};

}  // namespace dialtone::testing
