// librdkafka's C objects, each owned by one unique_ptr that ends it in its own way.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

namespace dialtone::engine {

template <auto kDestroy>
struct KafkaDeleter {
  template <class T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};

template <class T, auto kDestroy>
using KafkaOwned = std::unique_ptr<T, KafkaDeleter<kDestroy>>;

using KafkaHandle = KafkaOwned<rd_kafka_t, rd_kafka_destroy>;
using KafkaConf = KafkaOwned<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using KafkaTopic = KafkaOwned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using KafkaQueue = KafkaOwned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using KafkaEvent = KafkaOwned<rd_kafka_event_t, rd_kafka_event_destroy>;
using KafkaMessage = KafkaOwned<rd_kafka_message_t, rd_kafka_message_destroy>;
using KafkaNewTopic = KafkaOwned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using KafkaPartitions =
    KafkaOwned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using KafkaAdminOptions = KafkaOwned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using KafkaConfigResource = KafkaOwned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;

struct KafkaMetadataDeleter {
  void operator()(const rd_kafka_metadata_t* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};
using KafkaMetadata = std::unique_ptr<const rd_kafka_metadata_t, KafkaMetadataDeleter>;

struct KafkaGroupListDeleter {
  void operator()(const rd_kafka_group_list* groups) const { rd_kafka_group_list_destroy(groups); }
};
using KafkaGroupList = std::unique_ptr<const rd_kafka_group_list, KafkaGroupListDeleter>;

}  // namespace dialtone::engine
