// How an embedded ledger begins, is owned, and ends.
#include "controlplane/engine/ledger/embedded_ledger.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <thread>

#include "tests/integration/sound_ledger.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::engine {
namespace {

using std::filesystem::path;
using testing::HasSubstr;

std::uint64_t FixedBits() { return 0x6363636363636363; }

TEST(EmbeddedLedger, IsOfAClusterOfItsOwn) {
  TemporaryFolder one;
  TemporaryFolder other;
  const auto first = EmbeddedLedgerStore::Open({one.path()}, FixedBits);
  EXPECT_EQ((*first)->cluster().bytes(), std::string(16, 'c'));
  EXPECT_EQ((*first)->partition_count(), 8u);
  EXPECT_NE((*OpenStore(other.path()))->cluster(), (*first)->cluster());
}

TEST(EmbeddedLedger, KeepsItsClusterWhenItIsOpenedAgain) {
  TemporaryFolder folder;
  const ClusterId cluster = (*OpenStore(folder.path()))->cluster();
  const auto again = EmbeddedLedgerStore::Open({folder.path(), kPartitions}, FixedBits);
  EXPECT_EQ((*again)->cluster(), cluster);
}

TEST(EmbeddedLedger, IsMadeInAFolderThatIsNotThere) {
  TemporaryFolder folder;
  EXPECT_TRUE(OpenStore(folder.path() / "some" / "where"));
}

TEST(EmbeddedLedger, IsRefusedWhereNoFolderCanBe) {
  TemporaryFolder folder;
  WriteFile(folder.path() / "file", "");
  const auto store = OpenStore(folder.path() / "file" / "below");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().fault, LedgerFault::kSystem);
  EXPECT_THAT(ToText(store.error()), HasSubstr("cannot create"));
}

TEST(EmbeddedLedger, KeepsItsPartitionCount) {
  TemporaryFolder folder;
  OpenStore(folder.path());
  const auto store = EmbeddedLedgerStore::Open({folder.path(), 16}, FixedBits);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().fault, LedgerFault::kForeign);
  EXPECT_THAT(ToText(store.error()), HasSubstr("partition count: expected 16, found 4"));
}

TEST(EmbeddedLedger, HasOneOwnerInAProcess) {
  TemporaryFolder folder;
  const auto owner = OpenStore(folder.path());
  const auto second = OpenStore(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, LedgerFault::kInUse);
  EXPECT_EQ(ToText(second.error()), "another dialtoned owns " + folder.path().string());
}

// Another process holds the lock as RocksDB takes it: by fcntl on its file LOCK.
TEST(EmbeddedLedger, HasOneOwnerOnAMachine) {
  TemporaryFolder folder;
  OpenStore(folder.path());
  const std::string lock_path = folder.path() / "log" / "LOCK";
  int locked[2];
  ASSERT_EQ(pipe(locked), 0);
  const pid_t owner = fork();
  if (owner == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct flock whole_file {};
    whole_file.l_type = F_WRLCK;
    const bool done = fcntl(open(lock_path.c_str(), O_RDWR), F_SETLK, &whole_file) == 0;
    [[maybe_unused]] const ssize_t told = write(locked[1], done ? "+" : "-", 1);
    while (true) pause();
  }
  char answer = 0;
  ASSERT_EQ(read(locked[0], &answer, 1), 1);
  ASSERT_EQ(answer, '+');
  const auto second = OpenStore(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, LedgerFault::kInUse);
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  EXPECT_TRUE(OpenStore(folder.path()));
}

// The process died behind the genesis records, before the file beside the log.
TEST(EmbeddedLedger, FinishesACreationThatWasInterrupted) {
  TemporaryFolder folder;
  const ClusterId cluster = (*OpenStore(folder.path()))->cluster();
  std::filesystem::remove(folder.path() / "acknowledged");
  const auto store = Start(folder.path());
  ASSERT_TRUE(store) << ToText(store.error());
  EXPECT_EQ((*store)->cluster(), cluster);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "acknowledged"));
}

TEST(EmbeddedLedger, TellsHowFarItsVerificationIs) {
  TemporaryFolder folder;
  const StorePtr store = std::move(*OpenStore(folder.path()));
  Grow(*store, 2'000);
  std::uint64_t last = 0;
  int reports = 0;
  const auto sound = store->Verify([&](const VerifyProgress& progress) {
    EXPECT_GT(progress.records, last);
    EXPECT_EQ(progress.records_total, 4u * 2'002);
    last = progress.records;
    ++reports;
  });
  EXPECT_TRUE(sound);
  EXPECT_EQ(last, 4u * 2'002);
  EXPECT_EQ(reports, 2);
}

// A disk that is full, as the process sees it: no file may grow.
void AppendWithoutRoom(const path& folder) {
  signal(SIGXFSZ, SIG_IGN);
  const StorePtr store = std::move(*OpenStore(folder));
  const rlimit limit{4'096, 4'096};
  setrlimit(RLIMIT_FSIZE, &limit);
  store->partition(0).Append(std::string(8'192, 'x'), 1);
  store->partition(0).Poll(Duration(), [](Cookie, const AppendResult&) {
    std::fputs("completed without being stored\n", stderr);
  });
}

TEST(EmbeddedLedgerDeathTest, EndsTheProcessWhenItCannotWrite) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  TemporaryFolder folder;
  EXPECT_DEATH(AppendWithoutRoom(folder.path()), "must hold.*the ledger in .* cannot be written");
}

// Each run appends on and on, writes down what it was told is stored, and is killed by a thread of
// its own at any moment.
void AppendUntilKilled(const path& folder, std::uint64_t acknowledged_until) {
  const StorePtr store = std::move(*OpenStore(folder / "ledger"));
  const int journal = open((folder / "journal").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::atomic<std::uint64_t> acknowledged = 0;
  std::thread killer([&] {
    while (acknowledged < acknowledged_until) std::this_thread::yield();
    raise(SIGKILL);
  });
  for (Cookie cookie = 0;; ++cookie) {
    const auto number = static_cast<std::uint32_t>(cookie % kPartitions);
    store->partition(number).Append(std::to_string(cookie), cookie);
    store->partition(number).Poll(Duration(), [&](Cookie, const AppendResult& result) {
      const std::string line = std::to_string(number) + " " + std::to_string(result.offset) + "\n";
      if (write(journal, line.data(), line.size()) > 0) ++acknowledged;
    });
  }
}

TEST(EmbeddedLedgerDeathTest, KeepsWhatItAcknowledgedBeforeItWasKilled) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // The killed processes run this test from its beginning, so they are told the folder by their
  // environment.
  constexpr char kFolder[] = "DIALTONE_KILL_TEST_FOLDER";
  std::optional<TemporaryFolder> own;
  if (getenv(kFolder) == nullptr) setenv(kFolder, own.emplace().path().c_str(), 1);
  const path folder = getenv(kFolder);

  std::mt19937_64 random(7);
  for (int kills = 0; kills < 10; ++kills) {
    const std::uint64_t acknowledged_until = random() % 50;
    EXPECT_EXIT(AppendUntilKilled(folder, acknowledged_until), testing::KilledBySignal(SIGKILL),
                "");
    const auto store = OpenStore(folder / "ledger");
    ASSERT_TRUE(store) << ToText(store.error());
    std::istringstream journal(ReadFile(folder / "journal"));
    std::uint32_t number = 0;
    Offset offset = 0;
    while (journal >> number >> offset) EXPECT_LT(offset, (*store)->partition(number).End());
  }
  EXPECT_FALSE(ReadFile(folder / "journal").empty());
  unsetenv(kFolder);
}

}  // namespace
}  // namespace dialtone::engine
