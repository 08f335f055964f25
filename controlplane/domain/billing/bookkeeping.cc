#include "controlplane/domain/billing/bookkeeping.h"

#include <algorithm>
#include <string>

#include "controlplane/kernel/check.h"

namespace dialtone::billing {

Bookkeeping::Bookkeeping(const CreditAccount& before) : before_(before) {
  micros_[ACCOUNT_CASH] = before.funded().micros();
  micros_[ACCOUNT_CREDITS] = before.available().micros();
  micros_[ACCOUNT_HELD] = before.held().micros();
  micros_[ACCOUNT_REVENUE] = before.consumed().micros();
  micros_[ACCOUNT_EXPIRED] = before.expired().micros();
}

Bookkeeping& Bookkeeping::Move(Account debit, Account credit, std::int64_t micros) {
  if (micros == 0) return *this;
  Post(debit, micros);
  Post(credit, -micros);
  return *this;
}

// Cash is what was funded; the other accounts are owed or earned, and so grow with credits.
void Bookkeeping::Post(Account account, std::int64_t micros) {
  std::int64_t& balance = micros_.at(account);
  balance += account == ACCOUNT_CASH ? micros : -micros;
  DIALTONE_CHECK(balance >= 0, before_.name() + ": " + Account_Name(account) + " below its floor");
  moved_.push_back({account, micros});
}

CreditBalances Bookkeeping::Balances() const {
  CreditBalances balances;
  balances.set_funded_micros(micros_[ACCOUNT_CASH]);
  balances.set_available_micros(micros_[ACCOUNT_CREDITS]);
  balances.set_held_micros(micros_[ACCOUNT_HELD]);
  balances.set_consumed_micros(micros_[ACCOUNT_REVENUE]);
  balances.set_expired_micros(micros_[ACCOUNT_EXPIRED]);
  return balances;
}

CreditAccount Bookkeeping::After() const {
  CreditAccount after = before_;
  Set(after, Balances());
  return after;
}

void Bookkeeping::WritePostings(google::protobuf::RepeatedPtrField<Posting>& postings) const {
  for (const Moved& moved : moved_) {
    Posting& posting = *postings.Add();
    posting.set_account(moved.account);
    posting.mutable_amount()->set_currency_code(before_.currency_code());
    posting.mutable_amount()->set_micros(moved.micros);
  }
}

void Set(CreditAccount& account, const CreditBalances& balances) {
  account.mutable_available()->set_micros(balances.available_micros());
  account.mutable_held()->set_micros(balances.held_micros());
  account.mutable_funded()->set_micros(balances.funded_micros());
  account.mutable_consumed()->set_micros(balances.consumed_micros());
  account.mutable_expired()->set_micros(balances.expired_micros());
}

std::vector<LotPart> OldestLots(const State& state, std::int64_t micros) {
  std::vector<LotPart> parts;
  for (auto lot = state.lots.From(state.open_from); micros > 0; ++lot) {
    DIALTONE_CHECK(lot != state.lots.end(), "lots hold less than is available");
    const std::int64_t taken = std::min(micros, lot->second.remaining().micros());
    if (taken == 0) continue;
    parts.emplace_back().set_lot(lot->first);
    parts.back().set_micros(taken);
    micros -= taken;
  }
  return parts;
}

}  // namespace dialtone::billing
