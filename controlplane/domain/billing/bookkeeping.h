// The one way in which an organization's money moves: from account to account, so that whatever a
// decision does balances.
#pragma once

#include <cstdint>
#include <vector>

#include "controlplane/domain/billing/state.h"
#include "controlplane/kernel/money.h"

namespace dialtone::billing {

// A credit account in the making, and its postings.
class Bookkeeping {
 public:
  explicit Bookkeeping(CreditAccount account) : account_(std::move(account)) {}

  // Debits one account and credits the other with the amount; nothing for 0. REQUIRES: it stays
  // above the floor of what is available and held.
  Bookkeeping& Move(Account debit, Account credit, std::int64_t micros);

  const CreditAccount& account() const { return account_; }
  CreditAccount& account() { return account_; }
  // The account as it is now, and what was moved. REQUIRES: E has account and postings.
  template <class E>
  void WriteTo(E& event) const {
    *event.mutable_account() = account_;
    event.mutable_postings()->Assign(postings_.begin(), postings_.end());
  }

 private:
  void Post(Account account, std::int64_t micros);
  type::v1::Money& Balance(Account account);

  CreditAccount account_;
  std::vector<Posting> postings_;
};

// Parts of the oldest lots that come to the amount: domain.md 9. REQUIRES: so much is available.
std::vector<LotPart> OldestLots(const State& state, std::int64_t micros);

}  // namespace dialtone::billing
