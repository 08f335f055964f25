// The public feed, while those who publish it are killed.
#include <gtest/gtest.h>

#include "tests/kafka/cluster/cluster.h"
#include "tests/kafka/cluster/published.h"

namespace dialtone::testing {
namespace {

TEST_F(ClusterUnderLoad, PublishesEachEventInOrderThoughOwnersAreKilled) {
  for (int round = 0; round < Rounds(); ++round) {
    const int killed = round % 2;
    nodes_.Kill(killed);
    MoveClients(killed, 1 - killed);
    AwaitAll(1 - killed);
    AwaitAnswers();
    StartAgain(killed);
    AwaitAnswers();
  }
  EndWork();
  ExpectAllPublished(nodes_.topic());
}

}  // namespace
}  // namespace dialtone::testing
