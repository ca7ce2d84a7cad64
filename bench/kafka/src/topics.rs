//! Fills the topics `ids` and `events`. They must exist, with as many partitions each: a join by key needs that.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::choice::Choice;
use crate::event;

const PATIENCE: Duration = Duration::from_secs(60);

pub struct Sizes {
    pub seed: u64,
    pub events: u64,
    pub cookies: u64,
    pub rows: u64,
    pub exponent: f64,
    pub event_schema_id: u32,
}

pub fn partitions(kafka: &str, topic: &str) -> Result<i32, String> {
    let consumer: BaseConsumer = ClientConfig::new().set("bootstrap.servers", kafka).create().map_err(|error| error.to_string())?;
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).map_err(|error| format!("{topic}: {error}"))?;
    match metadata.topics().first().map_or(0, |topic| topic.partitions().len()) {
        0 => Err(format!("there is no topic {topic}\n  hint: make it first, with the same number of partitions as the others")),
        count => Ok(count as i32),
    }
}

struct Writer {
    producer: BaseProducer,
    partitions: i32,
    topic: &'static str,
}

impl Writer {
    fn open(kafka: &str, topic: &'static str) -> Result<Self, String> {
        let producer = ClientConfig::new()
            .set("bootstrap.servers", kafka)
            .set("enable.idempotence", "true")
            .set("linger.ms", "20")
            .set("batch.size", "262144")
            .set("queue.buffering.max.messages", "500000")
            .set_log_level(RDKafkaLogLevel::Warning)
            .create()
            .map_err(|error| error.to_string())?;
        Ok(Writer { producer, partitions: partitions(kafka, topic)?, topic })
    }

    fn write(&self, partition: i32, key: &str, value: &[u8]) -> Result<(), String> {
        let mut record = BaseRecord::to(self.topic).partition(partition).key(key).payload(value);
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    self.producer.poll(Duration::from_millis(10));
                    record = back;
                }
                Err((error, _)) => return Err(format!("{}: {error}", self.topic)),
            }
        }
    }

    fn close(self) -> Result<(), String> {
        self.producer.flush(PATIENCE).map_err(|error| format!("{}: {error}", self.topic))
    }
}

pub fn fill_ids(kafka: &str, rows: u64) -> Result<f64, String> {
    let begin = Instant::now();
    let writer = Writer::open(kafka, "ids")?;
    for number in 0..rows {
        let cookie = event::cookie(number);
        writer.write(event::partition(cookie.as_bytes(), writer.partitions), &cookie, event::user_id(number).as_bytes())?;
        if number % 1024 == 0 {
            writer.producer.poll(Duration::ZERO);
        }
    }
    writer.close()?;
    Ok(begin.elapsed().as_secs_f64())
}

pub struct Filled {
    pub seconds: f64,
    pub bytes: u64,
    pub distinct_cookies: u64,
    pub with_user: u64,
    /// What every side's output must add up to.
    pub checksum: u64,
}

pub fn fill_events(kafka: &str, sizes: &Sizes) -> Result<Filled, String> {
    let begin = Instant::now();
    let writer = Writer::open(kafka, "events")?;
    let mut choice = Choice::new(sizes.seed, sizes.cookies, sizes.exponent);
    let mut seen = vec![false; sizes.cookies as usize];
    let mut filled = Filled { seconds: 0.0, bytes: 0, distinct_cookies: 0, with_user: 0, checksum: 0 };
    let mut value = Vec::with_capacity(512);
    for id in 0..sizes.events {
        let number = choice.next_cookie();
        let cookie = event::cookie(number);
        let partition = event::partition(cookie.as_bytes(), writer.partitions);
        event::encode(&mut value, sizes.event_schema_id, sizes.seed, id, &cookie);
        writer.write(partition, &cookie, &value)?;
        filled.bytes += value.len() as u64;
        filled.distinct_cookies += u64::from(!std::mem::replace(&mut seen[number as usize], true));
        let user = (number < sizes.rows).then(|| event::user_id(number));
        filled.with_user += u64::from(user.is_some());
        event::put_user(&mut value, user.as_deref());
        filled.checksum = filled.checksum.wrapping_add(event::digest(partition, cookie.as_bytes(), &value));
        if id % 1024 == 0 {
            writer.producer.poll(Duration::ZERO);
        }
    }
    writer.close()?;
    filled.seconds = begin.elapsed().as_secs_f64();
    Ok(filled)
}
