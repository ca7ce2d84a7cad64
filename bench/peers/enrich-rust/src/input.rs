//! The topic `events`, read as a group until the end it had when we started.

use std::collections::HashMap;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::{Offset, TopicPartitionList};

pub const TOPIC: &str = "events";
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Input {
    consumer: BaseConsumer,
    /// By partition: where reading ends.
    ends: HashMap<i32, i64>,
    /// By partition: the next offset after what was handed out.
    next: HashMap<i32, i64>,
}

fn words(error: rdkafka::error::KafkaError) -> String {
    format!("{TOPIC}: {error}")
}

impl Input {
    pub fn open(kafka: &str, group: &str) -> Result<Self, String> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", kafka)
            .set("group.id", group)
            .set("group.instance.id", "one") // a process that is started again takes its place at once
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set_log_level(RDKafkaLogLevel::Warning)
            .create()
            .map_err(words)?;
        let metadata = consumer.fetch_metadata(Some(TOPIC), PATIENCE).map_err(words)?;
        let mut list = TopicPartitionList::new();
        let mut ends = HashMap::new();
        for partition in metadata.topics()[0].partitions() {
            list.add_partition(TOPIC, partition.id());
            ends.insert(partition.id(), consumer.fetch_watermarks(TOPIC, partition.id(), PATIENCE).map_err(words)?.1);
        }
        let committed = consumer.committed_offsets(list, PATIENCE).map_err(words)?;
        let next = committed
            .elements()
            .iter()
            .map(|element| (element.partition(), element.offset().to_raw().unwrap_or(0).max(0)))
            .collect();
        consumer.subscribe(&[TOPIC]).map_err(words)?;
        Ok(Input { consumer, ends, next })
    }

    pub fn is_at_end(&self) -> bool {
        self.ends.iter().all(|(partition, end)| self.next.get(partition).is_some_and(|next| next >= end))
    }

    /// Up to `count` messages; waits for the first one only.
    pub fn read(&self, count: usize, patience: Duration) -> Result<Vec<BorrowedMessage<'_>>, String> {
        let mut messages = Vec::with_capacity(count);
        while messages.len() < count {
            match self.consumer.poll(if messages.is_empty() { patience } else { Duration::ZERO }) {
                None => break,
                Some(message) => messages.push(message.map_err(words)?),
            }
        }
        Ok(messages)
    }

    pub fn position(message: &BorrowedMessage<'_>) -> (i32, i64) {
        (message.partition(), message.offset() + 1)
    }

    pub fn advance(&mut self, positions: &[(i32, i64)]) {
        self.next.extend(positions.iter().copied());
    }

    /// To be called when everything that was handed out is durable.
    pub fn commit(&self) -> Result<(), String> {
        let mut list = TopicPartitionList::new();
        for (&partition, &next) in &self.next {
            list.add_partition_offset(TOPIC, partition, Offset::Offset(next)).map_err(words)?;
        }
        self.consumer.commit(&list, CommitMode::Sync).map_err(words)
    }
}
