//! What an engineer writes by hand for bench/jobs/enrich-kafka.py: events in, the user of their cookie looked up, enriched events out.
//!
//!   enrich-rust GROUP OUTPUT_TOPIC CACHE_BYTES crate|splice SCHEMA_ID     (MESSINA_KAFKA, MESSINA_CASSANDRA)
//!
//! One thread drives everything of ours: batches of up to 512 events, four of them in flight, released in order; within a batch every
//! cookie that is not cached is asked for once, all at the same time. Every five seconds the producer is flushed and the position
//! committed, so delivery is at least once.

mod cache;
mod event;
mod input;
mod output;
mod users;

use std::cell::RefCell;
use std::collections::HashMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures::stream::{FuturesOrdered, FuturesUnordered, StreamExt, TryStreamExt};
use rdkafka::message::{BorrowedMessage, Message};

use cache::Cache;
use event::{Codec, Event};
use input::Input;
use output::{Output, now_ms};
use users::Users;

const BATCH_EVENTS: usize = 512;
const BATCHES_IN_FLIGHT: usize = 4;
const COMMIT_EVERY: Duration = Duration::from_secs(5);
const READ_PATIENCE: Duration = Duration::from_millis(100);

struct Item {
    key: Vec<u8>,
    event: Event,
    user: Option<String>,
}

struct Batch {
    items: Vec<Item>,
    positions: Vec<(i32, i64)>,
}

/// Decodes and answers from the cache; the rest by cookie, with the places in the batch that want it.
fn decode(
    messages: Vec<BorrowedMessage<'_>>,
    codec: &Codec,
    cache: &RefCell<Cache>,
) -> Result<(Batch, HashMap<String, Vec<usize>>), String> {
    let mut batch = Batch { items: Vec::with_capacity(messages.len()), positions: Vec::with_capacity(messages.len()) };
    let mut missing: HashMap<String, Vec<usize>> = HashMap::new();
    let mut cache = cache.borrow_mut();
    for message in &messages {
        let (event, cookie) = codec.decode(message.payload().unwrap_or_default())?;
        let user = match cache.get(&cookie) {
            Some(user) => user.clone(),
            None => {
                missing.entry(cookie).or_default().push(batch.items.len());
                None
            }
        };
        batch.positions.push(Input::position(message));
        batch.items.push(Item { key: message.key().unwrap_or_default().to_vec(), event, user });
    }
    Ok((batch, missing))
}

async fn look_up(
    mut batch: Batch,
    missing: HashMap<String, Vec<usize>>,
    users: &Users,
    cache: &RefCell<Cache>,
) -> Result<Batch, String> {
    let mut answers: FuturesUnordered<_> = missing
        .into_iter()
        .map(|(cookie, places)| async move { users.find(&cookie).await.map(|user| (cookie, places, user)) })
        .collect();
    while let Some((cookie, places, user)) = answers.try_next().await? {
        for place in places {
            batch.items[place].user.clone_from(&user);
        }
        cache.borrow_mut().put(cookie, user);
    }
    Ok(batch)
}

fn write(batch: Batch, codec: &Codec, output: &Output, value: &mut Vec<u8>) -> Result<Vec<(i32, i64)>, String> {
    for item in batch.items {
        codec.encode(item.event, item.user.as_deref(), value)?;
        output.write(&item.key, value)?;
    }
    output.serve()?;
    Ok(batch.positions)
}

/// Records, and reads of the table.
async fn enrich(
    mut input: Input,
    output: &Output,
    codec: &Codec,
    users: &Users,
    cache: &RefCell<Cache>,
) -> Result<(u64, u64), String> {
    let mut in_flight = FuturesOrdered::new();
    let mut value = Vec::with_capacity(512);
    let (mut records, mut reads) = (0, 0);
    let mut committed = Instant::now();
    while !input.is_at_end() {
        while in_flight.len() < BATCHES_IN_FLIGHT {
            let messages = input.read(BATCH_EVENTS, if in_flight.is_empty() { READ_PATIENCE } else { Duration::ZERO })?;
            if messages.is_empty() {
                break;
            }
            let (batch, missing) = decode(messages, codec, cache)?;
            reads += missing.len() as u64;
            in_flight.push_back(look_up(batch, missing, users, cache));
        }
        if let Some(batch) = in_flight.next().await {
            let positions = write(batch?, codec, output, &mut value)?;
            records += positions.len() as u64;
            input.advance(&positions);
        }
        if committed.elapsed() > COMMIT_EVERY {
            output.flush()?;
            input.commit()?;
            committed = Instant::now();
        }
    }
    output.flush()?;
    input.commit()?;
    Ok((records, reads))
}

/// CPU seconds of this process, and its peak memory in bytes.
fn usage() -> (f64, u64) {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is to a whole rusage, which zeroes are a value of.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    (seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss as u64 * 1024)
}

fn run() -> Result<(), String> {
    let (begin, begin_ms) = (Instant::now(), now_ms());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [group, topic, cache_bytes, avro, schema_id] = arguments.as_slice() else {
        return Err("usage: enrich-rust GROUP OUTPUT_TOPIC CACHE_BYTES crate|splice SCHEMA_ID".to_owned());
    };
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let kafka = variable("MESSINA_KAFKA")?;
    let cassandra = variable("MESSINA_CASSANDRA")?;
    let number = |text: &str| text.parse().map_err(|_| format!("'{text}' is not a number"));
    let codec = Codec::new(avro, number(schema_id)? as u32)?;
    let cache = RefCell::new(Cache::new(number(cache_bytes)?));
    let output = Output::open(&kafka, topic)?;
    let input = Input::open(&kafka, group)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let (records, reads) = runtime.block_on(async {
        let users = Users::open(&cassandra).await?;
        enrich(input, &output, &codec, &users, &cache).await
    })?;
    let (cpu_seconds, rss) = usage();
    println!(
        r#"{{"records": {records}, "seconds": {:.3}, "cpu_seconds": {cpu_seconds:.3}, "memory_peak_bytes": {rss}, "state_bytes": 0, "first_output_seconds": {:.3}, "cache_hits": {}}}"#,
        begin.elapsed().as_secs_f64(),
        (output.first_ms() - begin_ms) as f64 / 1e3,
        records - reads
    );
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("enrich-rust: {error}");
            ExitCode::FAILURE
        }
    }
}
