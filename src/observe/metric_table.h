// Every metric, declared once. Labels are of low cardinality: never a key, an offset or a message.
#pragma once

#include <array>

#include "observe/metric_spec.h"

namespace messina::observe {

inline constexpr std::array<std::string_view, 5> kErrorClassValues = {
    "transient", "throttled", "poison", "misconfigured", "fatal"};

// --- what goes through ---
inline constexpr CounterSpec kRecordsIn{"messina_records_in_total", Unit::None,
                                        "Records taken from the source.", "pipeline"};
inline constexpr CounterSpec kRecordsOut{"messina_records_out_total", Unit::None,
                                         "Records that a sink reported as durable.", "pipeline",
                                         "sink"};
inline constexpr CounterSpec kRecordsDone{"messina_records_done_total", Unit::None,
                                          "Records taken whose every effect is durable.",
                                          "pipeline"};
inline constexpr CounterSpec kBytesIn{"messina_bytes_in_total", Unit::Bytes,
                                      "Bytes of the records taken from the source.", "pipeline"};
inline constexpr CounterSpec kBytesOut{"messina_bytes_out_total", Unit::Bytes,
                                       "Bytes of the records that a sink reported as durable.",
                                       "pipeline", "sink"};
inline constexpr HistogramSpec kRecordLatency{
    "messina_record_latency_seconds", Unit::Seconds,
    "Time from taking a record to the last of its effects being durable.", "pipeline"};
inline constexpr HistogramSpec kStepDuration{"messina_step_duration_seconds", Unit::Seconds,
                                             "Time that one batch spends in a step.", "pipeline",
                                             "step"};
inline constexpr GaugeSpec kInflightRecords{"messina_inflight_records", Unit::None,
                                            "Records taken whose effects are not all durable yet.",
                                            "pipeline"};
inline constexpr GaugeSpec kInflightBytes{"messina_inflight_bytes", Unit::Bytes,
                                          "Memory held by the records in flight.", "pipeline"};

// --- what does not ---
inline constexpr CounterSpec kDropped{"messina_dropped_total", Unit::None,
                                      "Records dropped on purpose by a step.", "pipeline", "step"};
inline constexpr CounterSpec kFailed{"messina_failed_total", Unit::None,
                                     "Records that a step could not process.", "pipeline", "step"};
inline constexpr CounterSpec kDeadLetters{"messina_dead_letters_total", Unit::None,
                                          "Records put to the dead letters, by error code.",
                                          "pipeline", "reason"};
inline constexpr CounterSpec kErrors{"messina_errors_total", Unit::None,
                                     "Errors, those that a later try mended included.", "pipeline",
                                     LabelSpec{"class", kErrorClassValues}};
inline constexpr CounterSpec kRetries{"messina_retries_total", Unit::None, "Effects tried again.",
                                      "pipeline"};

// --- tables ---
inline constexpr CounterSpec kLookupHits{"messina_lookup_hits_total", Unit::None,
                                         "Look-ups that found a row, cached or not.", "pipeline",
                                         "table"};
inline constexpr CounterSpec kLookupMisses{"messina_lookup_misses_total", Unit::None,
                                           "Look-ups that found no row, cached or not.", "pipeline",
                                           "table"};
inline constexpr CounterSpec kLookupCacheHits{
    "messina_lookup_cache_hits_total", Unit::None,
    "Look-ups answered from the cache, with a row or with the "
    "knowledge that there is none.",
    "pipeline", "table"};
inline constexpr CounterSpec kLookupShared{"messina_lookup_shared_total", Unit::None,
                                           "Look-ups that joined a read already under way.",
                                           "pipeline", "table"};
inline constexpr CounterSpec kLookupErrors{"messina_lookup_errors_total", Unit::None,
                                           "Look-ups given up because the table could not be read.",
                                           "pipeline", "table"};
inline constexpr CounterSpec kLookupCacheNegativeHits{
    "messina_lookup_cache_negative_hits_total", Unit::None,
    "Look-ups answered from the cache with the knowledge that there is no row.", "pipeline",
    "table"};
inline constexpr CounterSpec kLookupCacheMisses{"messina_lookup_cache_misses_total", Unit::None,
                                                "Look-ups that had to ask the table.", "pipeline",
                                                "table"};
inline constexpr CounterSpec kLookupCacheEvictions{
    "messina_lookup_cache_evictions_total", Unit::None,
    "Rows taken out of the look-up cache before their time to make room.", "pipeline", "step"};
inline constexpr GaugeSpec kLookupCacheEntries{"messina_lookup_cache_entries", Unit::None,
                                               "Rows in the look-up cache.", "pipeline", "step"};
inline constexpr GaugeSpec kLookupCacheBytes{"messina_lookup_cache_bytes", Unit::Bytes,
                                             "Memory held by the look-up cache.", "pipeline",
                                             "step"};
inline constexpr CounterSpec kTableWrites{"messina_table_writes_total", Unit::None,
                                          "Mutations that a table reported as durable.", "pipeline",
                                          "table"};

inline constexpr std::array<std::string_view, 2> kCqlOperationValues = {"read", "write"};
inline constexpr std::array<std::string_view, 3> kCqlOutcomeValues = {"ok", "error", "timed_out"};
inline constexpr HistogramSpec kCqlRequestDuration{
    "messina_cql_request_duration_seconds",
    Unit::Seconds,
    "Time from sending a request to a cluster to its answer, or to giving it up.",
    "store",
    LabelSpec{"operation", kCqlOperationValues},
    LabelSpec{"outcome", kCqlOutcomeValues}};
inline constexpr GaugeSpec kCqlInflight{"messina_cql_inflight_requests", Unit::None,
                                        "Requests sent to a cluster and not answered.", "store"};

// --- clients of Kafka ---
inline constexpr GaugeSpec kKafkaConsumerLag{
    "messina_kafka_consumer_lag_records",
    Unit::None,
    "From the group's committed position to the end of the partition.",
    "pipeline",
    "topic",
    "partition"};
inline constexpr GaugeSpec kKafkaConsumerQueueRecords{
    "messina_kafka_consumer_queue_records", Unit::None,
    "Records fetched and not taken yet by the pipeline.", "pipeline", "client"};
inline constexpr GaugeSpec kKafkaConsumerQueueBytes{
    "messina_kafka_consumer_queue_bytes", Unit::Bytes,
    "Bytes of the records fetched and not taken yet by the pipeline.", "pipeline", "client"};
inline constexpr GaugeSpec kKafkaProducerQueueRecords{
    "messina_kafka_producer_queue_records", Unit::None,
    "Records given to the client and not acknowledged yet.", "pipeline", "client"};
inline constexpr GaugeSpec kKafkaProducerQueueBytes{
    "messina_kafka_producer_queue_bytes", Unit::Bytes,
    "Bytes of the records given to the client and not acknowledged yet.", "pipeline", "client"};
inline constexpr GaugeSpec kKafkaBrokerUp{
    "messina_kafka_broker_up",
    Unit::None,
    "Whether the connection to a broker that was needed is up: 1 or 0.",
    "pipeline",
    "client",
    "broker"};
inline constexpr GaugeSpec kKafkaBrokerRttAverage{
    "messina_kafka_broker_rtt_average_seconds",
    Unit::Seconds,
    "Mean time of a broker's answers in the last second; a consumer's contain the wait for new "
    "records.",
    "pipeline",
    "client",
    "broker"};
inline constexpr GaugeSpec kKafkaBrokerRttP99{
    "messina_kafka_broker_rtt_p99_seconds",
    Unit::Seconds,
    "99th percentile of the time of a broker's answers in the last second.",
    "pipeline",
    "client",
    "broker"};
inline constexpr CounterSpec kKafkaBrokerSendErrors{"messina_kafka_broker_send_errors_total",
                                                    Unit::None,
                                                    "Requests that could not be sent.",
                                                    "pipeline",
                                                    "client",
                                                    "broker"};
inline constexpr CounterSpec kKafkaBrokerReceiveErrors{"messina_kafka_broker_receive_errors_total",
                                                       Unit::None,
                                                       "Answers that could not be read.",
                                                       "pipeline",
                                                       "client",
                                                       "broker"};
inline constexpr CounterSpec kKafkaBrokerRetries{"messina_kafka_broker_retries_total",
                                                 Unit::None,
                                                 "Requests sent again.",
                                                 "pipeline",
                                                 "client",
                                                 "broker"};
inline constexpr CounterSpec kKafkaBrokerTimeouts{"messina_kafka_broker_timeouts_total",
                                                  Unit::None,
                                                  "Requests that had no answer in time.",
                                                  "pipeline",
                                                  "client",
                                                  "broker"};

// --- positions ---
inline constexpr AgeSpec kCheckpointAge{"messina_checkpoint_age_seconds", Unit::Seconds,
                                        "Time since the position was last saved.", "pipeline"};
inline constexpr CounterSpec kCheckpoints{"messina_checkpoints_total", Unit::None,
                                          "Positions saved.", "pipeline"};
inline constexpr HistogramSpec kCheckpointDuration{
    "messina_checkpoint_duration_seconds", Unit::Seconds, "Time to save the position.", "pipeline"};

// --- the process ---
inline constexpr GaugeSpec kMemoryBound{"messina_memory_bound_bytes", Unit::Bytes,
                                        "Sum of the limits of all queues, caches and batches.",
                                        "pipeline"};
inline constexpr GaugeSpec kBuildInfo{"messina_build_info", Unit::None,
                                      "Always 1; the label says what runs.", "version"};
// The names that every Prometheus client library uses for these, without our prefix on purpose.
inline constexpr GaugeSpec kProcessResidentMemory{"process_resident_memory_bytes", Unit::Bytes,
                                                  "Resident memory."};
inline constexpr CounterSpec kProcessCpu{"process_cpu_seconds_total", Unit::Seconds,
                                         "User and system time of all threads."};
inline constexpr GaugeSpec kProcessStartTime{"process_start_time_seconds", Unit::Seconds,
                                             "Start of the process since the Unix epoch."};

inline constexpr auto kAllMetrics = std::to_array<const MetricSpec*>({
    &kRecordsIn,
    &kRecordsOut,
    &kRecordsDone,
    &kBytesIn,
    &kBytesOut,
    &kRecordLatency,
    &kStepDuration,
    &kInflightRecords,
    &kInflightBytes,
    &kDropped,
    &kFailed,
    &kDeadLetters,
    &kErrors,
    &kRetries,
    &kLookupHits,
    &kLookupMisses,
    &kLookupCacheHits,
    &kLookupShared,
    &kLookupErrors,
    &kLookupCacheNegativeHits,
    &kLookupCacheMisses,
    &kLookupCacheEvictions,
    &kLookupCacheEntries,
    &kLookupCacheBytes,
    &kTableWrites,
    &kCqlRequestDuration,
    &kCqlInflight,
    &kKafkaConsumerLag,
    &kKafkaConsumerQueueRecords,
    &kKafkaConsumerQueueBytes,
    &kKafkaProducerQueueRecords,
    &kKafkaProducerQueueBytes,
    &kKafkaBrokerUp,
    &kKafkaBrokerRttAverage,
    &kKafkaBrokerRttP99,
    &kKafkaBrokerSendErrors,
    &kKafkaBrokerReceiveErrors,
    &kKafkaBrokerRetries,
    &kKafkaBrokerTimeouts,
    &kCheckpointAge,
    &kCheckpoints,
    &kCheckpointDuration,
    &kMemoryBound,
    &kBuildInfo,
    &kProcessResidentMemory,
    &kProcessCpu,
    &kProcessStartTime,
});

}  // namespace messina::observe
