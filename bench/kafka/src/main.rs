//! The data of bench/jobs/enrich-kafka.py. Servers are found in MESSINA_KAFKA and MESSINA_CASSANDRA; one JSON line tells what was done.
//!
//!   enrich-data ids    [--rows N]             the topic `ids` (cookie to user) and the table bench.ids
//!   enrich-data events [--events N] [--cookies N] [--rows N] [--zipf S] [--seed N] [--schema-id N]
//!                                             the topic `events`; cookies from number `rows` on have no row
//!   enrich-data wait  --topic T --records N                    ends when the topic holds as many
//!   enrich-data check --topic T [--events N] [--after-ms T]    what a side wrote

mod check;
mod choice;
mod event;
mod options;
mod table;
mod topics;

use std::process::ExitCode;

use options::{Options, address};

fn ids(options: Options) -> Result<String, String> {
    let rows = options.get("rows", 1_000_000)?;
    let topic = topics::fill_ids(&address("MESSINA_KAFKA")?, rows)?;
    let table = table::fill(&address("MESSINA_CASSANDRA")?, rows)?;
    Ok(format!(r#"{{"rows": {rows}, "topic_seconds": {topic:.2}, "table_seconds": {table:.2}}}"#))
}

fn events(options: Options) -> Result<String, String> {
    let rows = options.get("rows", 1_000_000)?;
    let sizes = topics::Sizes {
        seed: options.get("seed", 7)?,
        events: options.get("events", 2_000_000)?,
        cookies: options.get("cookies", rows)?,
        rows,
        exponent: options.get("zipf", 0.0)?,
        event_schema_id: options.get("schema-id", 1)?,
    };
    if sizes.cookies == 0 || sizes.events == 0 {
        return Err("--events and --cookies must be above 0".to_owned());
    }
    let filled = topics::fill_events(&address("MESSINA_KAFKA")?, &sizes)?;
    Ok(format!(
        r#"{{"events": {}, "bytes_per_event": {:.1}, "distinct_cookies": {}, "with_user": {}, "checksum": "{:016x}", "seconds": {:.2}}}"#,
        sizes.events,
        filled.bytes as f64 / sizes.events as f64,
        filled.distinct_cookies,
        filled.with_user,
        filled.checksum,
        filled.seconds
    ))
}

fn check(options: Options) -> Result<String, String> {
    let topic: String = options.get("topic", String::new())?;
    let seen = check::read(&address("MESSINA_KAFKA")?, &topic, options.get("events", 2_000_000)?, options.get("after-ms", 0)?)?;
    let time = |ms: Option<i64>| ms.map_or("null".to_owned(), |ms| ms.to_string());
    Ok(format!(
        r#"{{"records": {}, "distinct": {}, "foreign": {}, "checksum": "{:016x}", "first_ms": {}, "last_ms": {}}}"#,
        seen.records,
        seen.distinct,
        seen.foreign,
        seen.checksum,
        time(seen.first_ms),
        time(seen.last_ms)
    ))
}

fn wait(options: Options) -> Result<String, String> {
    let topic: String = options.get("topic", String::new())?;
    let records = check::wait(&address("MESSINA_KAFKA")?, &topic, options.get("records", 1)?)?;
    Ok(format!(r#"{{"records": {records}}}"#))
}

fn run() -> Result<String, String> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("ids") => ids(Options::parse(arguments, &["rows"])?),
        Some("events") => events(Options::parse(arguments, &["events", "cookies", "rows", "zipf", "seed", "schema-id"])?),
        Some("check") => check(Options::parse(arguments, &["topic", "events", "after-ms"])?),
        Some("wait") => wait(Options::parse(arguments, &["topic", "records"])?),
        _ => Err("usage: enrich-data ids|events|wait|check [--name value]…".to_owned()),
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("enrich-data: {error}");
            ExitCode::FAILURE
        }
    }
}
