// Where the demo plays: commands are shown, run against the server, and must end as told.
#pragma once

#include <initializer_list>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/run.h"

namespace dialtone::clients::demo {

enum class Paint { kNever, kAnsi };
// Whether a command and its answer are shown.
enum class Shown { kAll, kCommand, kNothing };

class Stage {
 public:
  Stage(std::ostream& out, Paint paint) : out_(out), paint_(paint) {}

  // The server that is played with from now on, and other nodes of its ledger.
  void Connect(const std::string& server, std::vector<std::string> others = {});
  // Another node of the same ledger, which has to show what was seen before.
  void MoveTo(const std::string& server, std::vector<std::string> others);
  // Whose things short names are of from now on.
  void SetOrganization(const std::string& org) { org_ = org; }

  // Begins a step. False: the server does not offer all that it needs, which is said.
  bool Step(std::string_view number, std::string_view title,
            std::initializer_list<const char*> methods);
  // Whether the server offers a method: `InventoryService.ReserveNumbers`.
  bool Offers(const std::string& method);
  void Say(std::string_view text);

  // Runs `dialtone LINE`, which must succeed. Later lines do nothing once one went wrong.
  cli::Ran Do(const std::string& line, Shown shown = Shown::kAll);
  // Runs it; it must be refused for this reason.
  void Refused(std::string_view reason, const std::string& line);
  // What must be true for the story to go on.
  void Expect(bool holds, std::string_view what);

  // Moves the server's clock and the other nodes', and tells our own of it.
  void Advance(const std::string& span);

  // A working day that is so many days ahead of the server's clock, or a week later: YYYY-MM-DD.
  std::string WorkingDay(int days_ahead) const;
  WallTime server_time() const { return server_time_; }

  bool ok() const { return ok_; }
  int steps_played() const { return steps_played_; }

 private:
  cli::Ran Perform(const std::string& line, Shown shown);
  std::unique_ptr<Client> ClientOf(const std::string& server);
  void SyncClock(const cli::Ran& ran);
  void Fail(std::string_view what);
  std::string Painted(std::string_view code, std::string_view text) const;

  std::ostream& out_;
  const Paint paint_;
  std::string server_;
  std::vector<std::string> others_;
  std::string org_;
  std::unique_ptr<Freshness> freshness_;
  std::unique_ptr<Client> client_;
  std::set<std::string> served_;
  std::set<std::string> not_served_;
  WallTime server_time_;
  bool ok_ = true;
  int steps_played_ = 0;
};

// A field of the first reply; empty: there is none.
std::string FieldOf(const cli::Ran& ran, const std::string& path);
// A field of each item of the replies' lists.
std::vector<std::string> FieldsOf(const cli::Ran& ran, const std::string& path);

}  // namespace dialtone::clients::demo
