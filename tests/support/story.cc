#include "tests/support/story.h"

#include "controlplane/engine/runtime/machine.h"
#include "controlplane/policy/loader.h"
#include "controlplane/server/machine.h"
#include "tests/support/numbers.h"

namespace dialtone::testing {

namespace {

constexpr std::uint32_t kPartitions = 4;
constexpr std::size_t kFeedBytes = 1U << 20U;
constexpr int kTurnsMax = 10'000;
const Timestamp kStart =
    Timestamp::Micros(1'543'622'400'000'000);  // 1 December 2018: the tables' first rows hold

const engine::ClusterId kCluster = engine::ClusterId::FromBytes("a story's ledger");

const server::DomainReactor& Reactor() {
  static const server::DomainReactor reactor;
  return reactor;
}

std::optional<std::string> AggregateOf(const std::string& field, const std::string& value) {
  if (value.starts_with("organizations/")) return OrganizationOf(value).key.text();
  if (value.starts_with("numberBlocks/")) return value;
  if (field == "organization_id") return "organizations/" + value;
  if (const auto number = E164::Parse(value)) return BlockOf(number->block()).key.text();
  return std::nullopt;
}

// The first field, at any depth, that names an organization; a creation's id; or the block of a
// range's first number.
std::optional<std::string> AggregateIn(const google::protobuf::Message& request) {
  using Field = google::protobuf::FieldDescriptor;
  const auto& reflection = *request.GetReflection();
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const Field& field = *request.GetDescriptor()->field(i);
    std::optional<std::string> found;
    if (field.is_repeated()) continue;
    if (field.cpp_type() == Field::CPPTYPE_STRING)
      found = AggregateOf(field.name(), reflection.GetString(request, &field));
    if (field.cpp_type() == Field::CPPTYPE_MESSAGE)
      found = AggregateIn(reflection.GetMessage(request, &field));
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace

Story::Story(std::shared_ptr<const policy::Policy> policy)
    : policy_(policy != nullptr ? std::move(policy) : policy::BuiltIn()),
      clock_(kStart),
      log_(kCluster, kPartitions),
      store_(log_.Open(0)),
      node_(NewNode(*store_, rows_)),
      seen_(kPartitions, 0) {
  for (std::uint32_t partition = 0; partition < kPartitions; ++partition) {
    node_->partition(partition).Assign(clock_.Now());
  }
  Settle();
  Given(OrganizationCreated("contoso"));
}

std::unique_ptr<engine::Node> Story::NewNode(engine::LedgerStore& store,
                                             engine::RowStore& rows) const {
  engine::NodeOptions options;
  options.partition_count = kPartitions;
  options.cluster = kCluster;
  options.random = [state = std::uint64_t{1}]() mutable {
    return state = state * 6'364'136'223'846'793'005U + 1;
  };
  return std::make_unique<engine::Node>(std::move(options), store, rows, Reactor(), *policy_,
                                        [](std::uint32_t) { return server::NewMachine(); });
}

Story::~Story() {
  engine::MemoryRowStore no_rows;
  const auto store = log_.Open(1);
  const auto from_bytes = NewNode(*store, no_rows);
  const auto from_rows = NewNode(*store, rows_);
  EXPECT_TRUE(from_rows->Load().has_value());
  while (from_bytes->Turn(clock_.Now())) {
  }
  for (std::uint32_t partition = 0; partition < kPartitions; ++partition) {
    const std::string live = ToHex(AsBytes(node_->partition(partition).fold().ContentDigest()));
    EXPECT_EQ(ToHex(AsBytes(from_bytes->partition(partition).fold().ContentDigest())), live)
        << "replayed from bytes";
    EXPECT_EQ(ToHex(AsBytes(from_rows->partition(partition).fold().ContentDigest())), live)
        << "read from rows";
  }
}

void Story::Append(std::string_view aggregate, Events events) {
  AggregateKey key{std::string(aggregate)};
  Run(key,
      [events = std::move(events)](const engine::Machine&, Context& context) -> engine::Decided {
        ledger::v1::Outcome outcome;
        for (const Event& event : events) *outcome.add_events() = event;
        outcome.add_answers()->set_request_id(context.request_id().bytes());
        return outcome;
      });
}

Story& Story::Wait(Duration span) {
  events_.clear();
  const Timestamp until = clock_.Now() + span;
  while (const auto next = node_->NextWake()) {
    if (*next > until) break;
    if (*next > clock_.Now()) clock_.Advance(*next - clock_.Now());
    Settle();
  }
  clock_.Advance(until - clock_.Now());
  Settle();
  return *this;
}

Story& Story::WaitUnattended(Duration span) {
  clock_.Advance(span);
  return *this;
}

Story& Story::WithRequestId(std::string id) {
  next_request_id_ = std::move(id);
  return *this;
}

Story& Story::DryRun() {
  mode_ = engine::Mode::kDryRun;
  return *this;
}

Story& Story::WithoutWaiting() {
  pace_ = Pace::kGoOn;
  return *this;
}

void Story::Run(const AggregateKey& key, engine::DecideFunction decide) {
  answer_.reset();
  trace_.clear();
  events_.clear();
  ledger::v1::Request request;
  const std::string fresh = RequestIdAt(clock_.Now(), ++requests_);
  request.set_id(next_request_id_.empty() ? fresh : std::exchange(next_request_id_, ""));
  request.set_actor("users/story");
  const engine::Mode mode = std::exchange(mode_, engine::Mode::kCommit);
  auto command = engine::Command::FromClient(
      key, std::move(request), mode, std::move(decide),
      [this, of = requests_](const ledger::v1::Answer& answer, const engine::Token&) {
        if (of == requests_) answer_ = answer;
      });
  if (mode == engine::Mode::kDryRun) command.trace = &trace_;
  node_->Submit(std::move(command));
  if (std::exchange(pace_, Pace::kSettle) == Pace::kSettle) Settle();
}

void Story::Settle() {
  int turns = 0;
  while (node_->Turn(clock_.Now()))
    ASSERT_LT(++turns, kTurnsMax) << "the story does not come to rest";
  CollectEvents();
}

void Story::CollectEvents() {
  for (std::uint32_t partition = 0; partition < kPartitions; ++partition) {
    const engine::Feed& feed = node_->partition(partition).feed();
    while (seen_[partition] < feed.head()) {
      for (const engine::FeedEntry& entry : feed.ReadAfter(seen_[partition], kFeedBytes)) {
        for (const auto& outcome : entry.batch->outcomes()) {
          for (const Event& event : outcome.events())
            events_.emplace_back(outcome.aggregate(), event);
        }
        seen_[partition] = entry.at.position.index;
      }
    }
  }
}

void Story::ExpectRefused(const std::string& reason, const std::vector<Fact>& facts) {
  ASSERT_TRUE(answer_.has_value()) << "nobody has answered";
  ASSERT_TRUE(answer_->has_refusal()) << "it was not refused";
  EXPECT_EQ(answer_->refusal().reason(), reason) << answer_->refusal().ShortDebugString();
  for (const Fact& wanted : facts) {
    std::string found = "(not told)";
    for (const auto& fact : answer_->refusal().facts()) {
      if (fact.name() == wanted.name) found = fact.value();
    }
    EXPECT_EQ(found, wanted.value) << "the fact " << wanted.name;
  }
}

void Story::ExpectReplied(google::protobuf::Message& reply) {
  ASSERT_TRUE(answer_.has_value()) << "nobody has answered";
  ASSERT_FALSE(answer_->has_refusal())
      << "it was refused: " << answer_->refusal().ShortDebugString();
  ASSERT_TRUE(reply.ParseFromString(answer_->reply()));
}

Story& Story::ThenOk() {
  EXPECT_TRUE(answer_.has_value()) << "nobody has answered";
  if (answer_) EXPECT_FALSE(answer_->has_refusal()) << answer_->refusal().ShortDebugString();
  return *this;
}

Story& Story::ThenOpen() {
  EXPECT_FALSE(answer_.has_value());
  return *this;
}

const Aggregate& Story::Find(std::string_view key) const {
  const AggregateKey aggregate{std::string(key)};
  return node_->partition(aggregate.PartitionOf(kPartitions)).fold().machine().Get(aggregate);
}

const Organization& Story::organization(std::string_view name) const {
  return static_cast<const Organization&>(Find(name));
}

const NumberBlock& Story::block(std::uint64_t block) const {
  return static_cast<const NumberBlock&>(Find(BlockOf(block).key.text()));
}

std::string Story::AggregateOf(const google::protobuf::Message& request) {
  if (auto found = AggregateIn(request)) return std::move(*found);
  ADD_FAILURE() << "no aggregate in " << request.ShortDebugString();
  return "";
}

bool Story::Is(const Event& event, const internal::EventPath& path) {
  const auto& reflection = *event.GetReflection();
  if (!reflection.HasField(event, path.slice)) return false;
  const auto& slice = reflection.GetMessage(event, path.slice);
  return slice.GetReflection()->HasField(slice, path.event);
}

}  // namespace dialtone::testing
