//! The output topic. Records keep their order; a delivery that fails ends the program (at least once: nothing was committed for it).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use rdkafka::{ClientConfig, ClientContext};

const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Deliveries {
    has_failed: AtomicBool,
    first_ms: AtomicI64,
}

#[derive(Clone, Default)]
struct Context(Arc<Deliveries>);

impl ClientContext for Context {}

impl ProducerContext for Context {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _: ()) {
        match result {
            Ok(_) if self.0.first_ms.load(Ordering::Relaxed) == 0 => self.0.first_ms.store(now_ms(), Ordering::Relaxed),
            Ok(_) => {}
            Err(_) => self.0.has_failed.store(true, Ordering::Relaxed),
        }
    }
}

pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

pub struct Output {
    producer: BaseProducer<Context>,
    deliveries: Context,
    topic: String,
}

impl Output {
    pub fn open(kafka: &str, topic: &str) -> Result<Self, String> {
        let deliveries = Context::default();
        let producer = ClientConfig::new()
            .set("bootstrap.servers", kafka)
            .set("enable.idempotence", "true")
            .set("partitioner", "murmur2_random")
            .set("linger.ms", "20")
            .set("batch.size", "131072")
            .set_log_level(RDKafkaLogLevel::Warning)
            .create_with_context(deliveries.clone())
            .map_err(|error| error.to_string())?;
        Ok(Output { producer, deliveries, topic: topic.to_owned() })
    }

    pub fn write(&self, key: &[u8], value: &[u8]) -> Result<(), String> {
        let mut record = BaseRecord::to(&self.topic).key(key).payload(value);
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

    /// Serves delivery reports without waiting.
    pub fn serve(&self) -> Result<(), String> {
        self.producer.poll(Duration::ZERO);
        if self.deliveries.0.has_failed.load(Ordering::Relaxed) {
            Err(format!("{}: a record could not be delivered", self.topic))
        } else {
            Ok(())
        }
    }

    pub fn flush(&self) -> Result<(), String> {
        self.producer.flush(PATIENCE).map_err(|error| format!("{}: {error}", self.topic))?;
        self.serve()
    }

    pub fn first_ms(&self) -> i64 {
        self.deliveries.0.first_ms.load(Ordering::Relaxed)
    }
}
