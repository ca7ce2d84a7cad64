//! Reads a whole output topic: how many records, of which ids, with which checksum, and when the broker took them.

use std::time::{Duration, Instant};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use crate::{event, topics};

const PATIENCE: Duration = Duration::from_secs(30);
const WAIT_MAX: Duration = Duration::from_secs(300);
const ASK_EVERY: Duration = Duration::from_millis(20);

#[derive(Default)]
pub struct Seen {
    pub records: u64,
    pub distinct: u64,
    /// Not an event of ours, or without a key.
    pub foreign: u64,
    pub checksum: u64,
    /// The broker's clock, ms since 1970; of the records not before `after_ms`.
    pub first_ms: Option<i64>,
    pub last_ms: Option<i64>,
}

/// The topic's records carry the time of their appending (message.timestamp.type=LogAppendTime).
pub fn read(kafka: &str, topic: &str, events: u64, after_ms: i64) -> Result<Seen, String> {
    let count = topics::partitions(kafka, topic)?;
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", kafka)
        .set("group.id", "check")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("isolation.level", "read_committed")
        .set_log_level(RDKafkaLogLevel::Warning)
        .create()
        .map_err(|error| error.to_string())?;
    let mut list = TopicPartitionList::new();
    for partition in 0..count {
        list.add_partition_offset(topic, partition, Offset::Beginning).map_err(|error| error.to_string())?;
    }
    consumer.assign(&list).map_err(|error| error.to_string())?;
    let mut seen = Seen::default();
    let mut is_seen = vec![false; events as usize];
    let mut ended = 0;
    while ended < count {
        match consumer.poll(PATIENCE) {
            None => return Err(format!("{topic}: no record and no end within {} s", PATIENCE.as_secs())),
            Some(Err(KafkaError::PartitionEOF(_))) => ended += 1,
            Some(Err(error)) => return Err(format!("{topic}: {error}")),
            Some(Ok(message)) => {
                let (key, value) = (message.key().unwrap_or_default(), message.payload().unwrap_or_default());
                seen.records += 1;
                match event::id_of(value).and_then(|id| is_seen.get_mut(id as usize)) {
                    Some(mark) if !key.is_empty() => seen.distinct += u64::from(!std::mem::replace(mark, true)),
                    _ => {
                        seen.foreign += 1;
                        continue;
                    }
                }
                seen.checksum = seen.checksum.wrapping_add(event::digest(message.partition(), key, value));
                if let Some(at) = message.timestamp().to_millis().filter(|&at| at >= after_ms) {
                    seen.first_ms = Some(seen.first_ms.map_or(at, |first| first.min(at)));
                    seen.last_ms = Some(seen.last_ms.map_or(at, |last| last.max(at)));
                }
            }
        }
    }
    Ok(seen)
}

/// Asks for the topic's ends until they add up to `records`. A partition that has no leader yet counts as empty.
pub fn wait(kafka: &str, topic: &str, records: i64) -> Result<i64, String> {
    let count = topics::partitions(kafka, topic)?;
    let consumer: BaseConsumer = ClientConfig::new().set("bootstrap.servers", kafka).create().map_err(|error| error.to_string())?;
    let begin = Instant::now();
    loop {
        let ends = (0..count).map(|partition| consumer.fetch_watermarks(topic, partition, PATIENCE).map_or(0, |(_, end)| end));
        let seen = ends.sum();
        if seen >= records {
            return Ok(seen);
        }
        if begin.elapsed() > WAIT_MAX {
            return Err(format!("{topic} holds {seen} records after {} s, not {records}", WAIT_MAX.as_secs()));
        }
        std::thread::sleep(ASK_EVERY);
    }
}
