// Whether what clerks were told is true of the servers that are left: everything that was
// acknowledged is there, once.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "tests/integration/clerk.h"
#include "tests/integration/journal.h"
#include "tests/support/caller.h"

namespace dialtone::testing {

// Each request of the journal, from that one on, has the same answer when it is asked again. What
// had been lost would be done by that: so the sums come first.
void ExpectSameAnswers(const Journal& journal, Caller& caller, std::size_t first = 0);

class Audit {
 public:
  explicit Audit(Caller& caller) : caller_(caller) {}
  // The clerk's organization has what the clerk was told, no more and no less; no number is another
  // one's too.
  void Expect(const Clerk& clerk);

 private:
  // Makes what is read see at least all that was acknowledged.
  void CatchUp(const Clerk& clerk);
  void ExpectCredits(const Clerk& clerk);
  void ExpectLicenses(const Clerk& clerk);
  void ExpectNumbers(const Clerk& clerk);
  void ExpectPortOrders(const Clerk& clerk);

  Caller& caller_;
  std::map<std::string, std::string> holders_;  // by number
};

}  // namespace dialtone::testing
