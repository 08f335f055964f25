#include <gmock/gmock.h>
#include <httplib.h>

#include "controlplane/edge/telemetry/http.h"
#include "controlplane/edge/telemetry/log.h"
#include "controlplane/edge/telemetry/metrics.h"

namespace dialtone::telemetry {
namespace {

using testing::HasSubstr;

TEST(Metrics, HaveTheNamesThatDashboardsRelyOn) {
  Metrics metrics;
  const auto method = metrics.ForMethod("dialtone.purse.v1.PurseService", "AddCoins",
                                        MethodKind::kUnary, MethodUse::kCommand);
  method->Started();
  method->Handled(grpc::StatusCode::OK, Clock::now());
  method->Command(grpc::StatusCode::DEADLINE_EXCEEDED, Clock::now());
  metrics.ledger_position(3).Set(17);
  metrics.projection_lag_seconds("stock").Set(0.5);
  metrics.projection_position("stock", 3).Set(16);
  metrics.ledger_void_records("term_old").Increment(4);
  metrics.partitions("owner").Set(6);
  metrics.inbox_lag_entries(3).Set(2);
  metrics.numbers("FREE", "TOLL").Set(5);
  metrics.port_orders("DRAFT").Set(1);
  metrics.SetCreditReasons({"CREDITS_INSUFFICIENT", "NEVER_SEEN"});
  metrics.Refused("CREDITS_INSUFFICIENT");
  metrics.Refused("QUOTA_EXCEEDED");
  const std::string text = metrics.Text();
  EXPECT_THAT(text, testing::Not(HasSubstr("dialtone_credit_refusals_total{reason=\"QUOTA")));
  for (const char* const line : {
           "grpc_server_started_total{grpc_method=\"AddCoins\",grpc_service=\"dialtone.purse.v1."
           "PurseService\",grpc_type=\"unary\"} 1",
           "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"AddCoins\"",
           "grpc_server_handling_seconds_count{grpc_method=\"AddCoins\"",
           "dialtone_commands_total{command=\"AddCoins\",outcome=\"late\"} 1",
           "dialtone_command_seconds_bucket{command=\"AddCoins\",le=\"0.001\"}",
           "dialtone_ledger_append_seconds_count 0",
           "dialtone_ledger_position{partition=\"3\"} 17",
           "dialtone_projection_lag_seconds{projection=\"stock\"} 0.5",
           "dialtone_ledger_void_records_total{reason=\"term_old\"} 4",
           "dialtone_partitions{role=\"owner\"} 6",
           "dialtone_inbox_lag_entries{partition=\"3\"} 2",
           "dialtone_numbers{state=\"FREE\",type=\"TOLL\"} 5",
           "dialtone_port_orders{state=\"DRAFT\"} 1",
           "dialtone_credit_refusals_total{reason=\"CREDITS_INSUFFICIENT\"} 1",
           "dialtone_credit_refusals_total{reason=\"NEVER_SEEN\"} 0",
           "dialtone_refusals_total{reason=\"QUOTA_EXCEEDED\"} 1",
           "dialtone_projection_position{partition=\"3\",projection=\"stock\"} 16",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Metrics, TellOfKafkaWhereItIs) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text(), testing::Not(HasSubstr("dialtone_kafka")));
  metrics.kafka().round_trip_seconds.Set(0.5);
  metrics.kafka().brokers_up.Set(3);
  metrics.kafka().appends_waiting.Set(4);
  metrics.kafka().requests_timed_out.Increment(5);
  metrics.kafka().requests_sent_again.Increment(6);
  metrics.kafka().places_doubted.Increment(1);
  metrics.kafka().producers_replaced.Increment(2);
  metrics.kafka().partitions_followed.Set(60);
  metrics.kafka().partitions_read_back.Set(7);
  const std::string text = metrics.Text();
  for (const char* const line :
       {"dialtone_kafka_round_trip_seconds 0.5", "dialtone_kafka_brokers_up 3",
        "dialtone_kafka_appends_waiting 4", "dialtone_kafka_requests_timed_out_total 5",
        "dialtone_kafka_requests_sent_again_total 6", "dialtone_kafka_places_doubted_total 1",
        "dialtone_kafka_producers_replaced_total 2", "dialtone_kafka_partitions_followed 60",
        "dialtone_kafka_partitions_read_back 7"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, TellOfThePublicFeedWhereItIs) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text(), testing::Not(HasSubstr("dialtone_events")));
  metrics.events().published.Increment(7);
  metrics.events().interrupted.Increment(1);
  metrics.events().lag_entries.Set(3);
  const std::string text = metrics.Text();
  for (const char* const line :
       {"dialtone_events_published_total 7", "dialtone_events_interrupted_total 1",
        "dialtone_events_lag_entries 3"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, TellACallThatWasCancelledFromOneThatWasRefused) {
  Metrics metrics;
  const auto method = metrics.ForMethod("purse.v1.PurseService", "AddCoins", MethodKind::kUnary,
                                        MethodUse::kCommand);
  method->Command(grpc::StatusCode::CANCELLED, Clock::now());
  method->Command(grpc::StatusCode::FAILED_PRECONDITION, Clock::now());
  method->Command(grpc::StatusCode::DATA_LOSS, Clock::now());
  for (const char* const outcome : {"cancelled", "refused", "failed"}) {
    EXPECT_THAT(metrics.Text(),
                HasSubstr(std::string("dialtone_commands_total{command=\"AddCoins\"") +
                          ",outcome=\"" + outcome + "\"} 1"));
  }
}

class Http : public testing::Test {
 protected:
  std::unique_ptr<HttpServer> Start(std::vector<std::string> reasons) {
    auto started = HttpServer::Start(
        "127.0.0.1:0", metrics_, [this] { metrics_.ledger_position(0).Set(4); },
        [reasons] { return reasons; });
    EXPECT_TRUE(started.has_value());
    return std::move(*started);
  }
  static httplib::Result Get(const HttpServer& server, const char* path) {
    return httplib::Client("http://" + server.address()).Get(path);
  }
  Metrics metrics_;
};

TEST_F(Http, ShowsMetricsAsOfNow) {
  const auto server = Start({});
  EXPECT_THAT(Get(*server, "/metrics")->body,
              HasSubstr("dialtone_ledger_position{partition=\"0\"} 4"));
  EXPECT_EQ(Get(*server, "/healthz")->status, 200);
}

TEST_F(Http, SaysWhyItIsNotReady) {
  const auto server = Start({"partition 3 is not owned yet"});
  const auto answer = Get(*server, "/readyz");
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "partition 3 is not owned yet\n");
  EXPECT_EQ(Get(*Start({}), "/readyz")->status, 200);
}

TEST_F(Http, DoesNotShareAPort) {
  const auto server = Start({});
  const auto second = HttpServer::Start(
      server->address(), metrics_, [] {}, [] { return std::vector<std::string>(); });
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error(), HasSubstr("another process has the port"));
}

TEST(LogFieldsText, IsJsonWhateverTheValue) {
  EXPECT_EQ(FieldsText({{"folder", "/a \"b\"\n\\"}, {"count", "3"}}),
            R"(,"folder":"/a \"b\"\u000a\\","count":"3")");
}

}  // namespace
}  // namespace dialtone::telemetry
