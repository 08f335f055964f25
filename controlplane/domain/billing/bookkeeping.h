// The one way in which an organization's money moves: from account to account, so that whatever a
// decision does balances.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "controlplane/domain/billing/state.h"

namespace dialtone::billing {

// What a decision moves on top of an account, which has to outlive this.
class Bookkeeping {
 public:
  explicit Bookkeeping(const CreditAccount& before);

  // Debits one account and credits the other with the amount; nothing for 0. REQUIRES: it stays
  // above the floor of what is available and held.
  Bookkeeping& Move(Account debit, Account credit, std::int64_t micros);

  const CreditAccount& before() const { return before_; }
  // What this account has now.
  std::int64_t MicrosOf(Account account) const { return micros_.at(account); }
  // The credit account as it is now.
  CreditAccount After() const;
  // The balances as they are now, and what was moved. REQUIRES: E has balances and postings.
  template <class E>
  void WriteTo(E& event) const {
    *event.mutable_balances() = Balances();
    WritePostings(*event.mutable_postings());
  }
  void WritePostings(google::protobuf::RepeatedPtrField<Posting>& postings) const;

 private:
  struct Moved {
    Account account;
    std::int64_t micros;
  };

  void Post(Account account, std::int64_t micros);
  CreditBalances Balances() const;

  const CreditAccount& before_;
  std::array<std::int64_t, Account_ARRAYSIZE> micros_{};
  std::vector<Moved> moved_;
};

// The account has these balances from now on.
void Set(CreditAccount& account, const CreditBalances& balances);

// Parts of the oldest lots that come to the amount: domain.md 9. REQUIRES: so much is available.
std::vector<LotPart> OldestLots(const State& state, std::int64_t micros);

}  // namespace dialtone::billing
