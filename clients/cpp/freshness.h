// Reading what one has written: the token that a command's answer carries goes with every later
// call, so that queries see at least that.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>

namespace dialtone::clients {

inline constexpr char kConsistencyTokenKey[] = "dialtone-consistency-token";

// All that has been seen and written so far. Any thread.
class Freshness {
 public:
  // Kept in memory only.
  Freshness() = default;
  // Kept in `file` as well, from one process to the next. A file that cannot be read is as good as
  // none: a query may then show what was before the last command.
  explicit Freshness(std::filesystem::path file);

  // As metadata; empty: nothing has been seen.
  std::string token() const;
  // A token that the server has sent. One of another ledger takes the place of all before.
  void Saw(const std::string& token);
  // The server does not know the token: it has another ledger now.
  void Forget();

 private:
  void Keep() const;

  const std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::string token_;
};

// Asks for all that either asks for; of different ledgers, `newer` alone.
std::string MergeTokens(const std::string& older, const std::string& newer);

}  // namespace dialtone::clients
