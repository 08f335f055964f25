// The client of every load: works on a server, and prints one line of JSON.
//   load prepare HOST:PORT
//   load owned HOST:PORT
//   load WORK HOST:PORT IN_FLIGHT SECONDS
#include <echo.pb.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "dialtone/billing/v1/billing_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/routing/v1/routing_service.pb.h"
#include "tests/benchmark/names.h"
#include "tests/benchmark/owned.h"
#include "tests/benchmark/prepare.h"
#include "tests/benchmark/unary_load.h"
#include "tests/benchmark/usage.h"
#include "tests/benchmark/usage_load.h"
#include "tests/support/caller.h"

namespace dialtone::benchmark {
namespace {

struct EchoWork {
  using Request = Record;
  using Reply = Record;
  static constexpr const char* kMethod = "/dialtone.benchmark.Echo/One";
  static constexpr int kItems = 1;
  static constexpr std::size_t kBytes = 200;

  explicit EchoWork(int slot) {}
  void Next(Request& request) const {
    request.set_key(testing::MintRequestId());
    request.set_payload(std::string(kBytes, 'x'));
  }
  bool Accept(const Reply& reply) const { return reply.payload().size() == kBytes; }
};

struct EchoBatchWork {
  using Request = billing::v1::UsageBatch;
  using Reply = billing::v1::UsageBatch;
  static constexpr const char* kMethod = "/dialtone.benchmark.Echo/Batch";
  static constexpr int kItems = kRecordsInABatch;

  explicit EchoBatchWork(int slot) {}
  void Next(Request& request) const {
    if (request.records_size() == 0) request = MakeUsageBatch();
    request.set_request_id(testing::MintRequestId());
  }
  bool Accept(const Reply& reply) const { return reply.records_size() == kItems; }
};

struct ConsumeWork {
  using Request = billing::v1::ConsumeCreditsRequest;
  using Reply = billing::v1::Consumption;
  static constexpr const char* kMethod = "/dialtone.billing.v1.BillingService/ConsumeCredits";
  static constexpr int kItems = 1;

  explicit ConsumeWork(int slot_index) : slot(slot_index) {}
  void Next(Request& request) const {
    request.set_parent(OrganizationName(slot));
    request.set_user(UserName(slot));
    request.mutable_amount()->set_currency_code("USD");
    request.mutable_amount()->set_micros(1);
    request.set_request_id(testing::MintRequestId());
  }
  bool Accept(const Reply& reply) const { return reply.amount().micros() == 1; }

  int slot;
};

struct BuyWork {
  using Request = licensing::v1::BuyLicensesRequest;
  using Reply = licensing::v1::LicensePool;
  static constexpr const char* kMethod = "/dialtone.licensing.v1.LicensingService/BuyLicenses";
  static constexpr int kItems = 1;

  explicit BuyWork(int slot_index) : slot(slot_index) {}
  void Next(Request& request) const {
    request.set_parent(OrganizationName(slot));
    request.set_sku("MCOEV");
    request.set_quantity(1);
    request.set_request_id(testing::MintRequestId());
  }
  bool Accept(const Reply& reply) const { return reply.bought() > 0; }

  int slot;
};

struct ResolveWork {
  using Request = routing::v1::ResolveNumberRequest;
  using Reply = routing::v1::Route;
  static constexpr const char* kMethod = "/dialtone.routing.v1.RoutingService/ResolveNumber";
  static constexpr int kItems = 1;

  explicit ResolveWork(int slot) : next(static_cast<std::uint64_t>(slot) * 7'919) {}
  void Next(Request& request) {
    next += 31;
    request.set_e164("+" + std::to_string(kFirstNumber + next % kNumbers));
  }
  bool Accept(const Reply& reply) const { return reply.trunks_size() == 2; }

  std::uint64_t next;
};

template <class Work>
int RunUnary(const std::string& target, int in_flight, double seconds) {
  return UnaryLoad<Work>(target, seconds).Run(in_flight);
}

// Commands that no other node is asked for: those of organizations that this one owns.
int RunConsumeHere(const std::string& target, int in_flight, double seconds) {
  const std::vector<int> owned = OrganizationsOwnedBy(target);
  if (owned.empty()) {
    std::cerr << "the node owns no organization\n";
    return 1;
  }
  return UnaryLoad<ConsumeWork>(target, seconds, owned).Run(in_flight);
}

struct Load {
  const char* name;
  int (*run)(const std::string& target, int in_flight, double seconds);
};

constexpr std::array kLoads = {
    Load{"echo", &RunUnary<EchoWork>},       Load{"echo-batch", &RunUnary<EchoBatchWork>},
    Load{"consume", &RunUnary<ConsumeWork>}, Load{"buy", &RunUnary<BuyWork>},
    Load{"resolve", &RunUnary<ResolveWork>}, Load{"usage", &RunUsageLoad},
    Load{"consume-here", &RunConsumeHere},
};

int Main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "prepare") == 0) return Prepare(argv[2]);
  if (argc == 3 && std::strcmp(argv[1], "owned") == 0) return PrintOwned(argv[2]);
  for (const Load& load : kLoads) {
    if (argc == 5 && std::strcmp(argv[1], load.name) == 0)
      return load.run(argv[2], std::atoi(argv[3]), std::atof(argv[4]));
  }
  std::cerr << "usage: load prepare|owned HOST:PORT | load WORK HOST:PORT IN_FLIGHT SECONDS\n";
  for (const Load& load : kLoads) std::cerr << "  " << load.name << "\n";
  return 2;
}

}  // namespace
}  // namespace dialtone::benchmark

int main(int argc, char** argv) { return dialtone::benchmark::Main(argc, argv); }
