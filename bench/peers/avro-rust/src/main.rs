//! The Rust crate's side of bench/jobs/avro-decode.py: FOLDER MODE SECONDS, see there. Both modes give generic values: the crate's other way,
//! into structs, can't skip fields with enums or unions (0.22: "Only expected `deserialize_identifier` to be called").
use std::{env, fs, hint::black_box, path::Path, time::Instant};

use apache_avro::{reader::datum::GenericDatumReader, types::Value, Schema};

fn field<'v>(record: &'v Value, name: &str) -> &'v Value {
    let Value::Record(fields) = record else { panic!("no record") };
    &fields.iter().find(|(known, _)| known == name).expect("field").1
}

fn checksum_of(record: &Value) -> i64 {
    let Value::Enum(_, kind) = field(record, "kind") else { panic!("no enum") };
    let Value::String(country) = field(field(record, "user"), "country") else { panic!("no string") };
    let Value::Double(total) = field(record, "total") else { panic!("no double") };
    let Value::Int(version) = field(record, "browser_version") else { panic!("no int") };
    kind.len() as i64 + country.len() as i64 + *version as i64 + *total as i64
}

fn cpu_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let folder = Path::new(&arguments[1]);
    let mode = arguments[2].as_str();
    let seconds: f64 = arguments[3].parse().expect("seconds");
    let schema = |name: &str| Schema::parse_str(&fs::read_to_string(folder.join(name)).expect("schema file")).expect("schema");
    let writer = schema("writer.avsc");
    let wanted = schema("reader.avsc");
    let data = fs::read(folder.join("records.bin")).expect("records");
    let mut records = Vec::new();
    let mut rest = data.as_slice();
    while !rest.is_empty() {
        let size = u32::from_le_bytes(rest[..4].try_into().expect("length")) as usize;
        records.push(&rest[4..4 + size]);
        rest = &rest[4 + size..];
    }

    let reader = GenericDatumReader::builder(&writer)
        .maybe_reader_schema((mode == "projection").then_some(&wanted))
        .build()
        .expect("reader");
    let mut checksum = 0;
    for record in &records {
        let mut bytes = *record;
        checksum += checksum_of(&reader.read_value(&mut bytes).expect("record"));
    }
    let (begin, begin_cpu) = (Instant::now(), cpu_seconds());
    let mut count = 0u64;
    while begin.elapsed().as_secs_f64() < seconds {
        for record in &records {
            let mut bytes = *record;
            black_box(reader.read_value(&mut bytes).expect("record"));
        }
        count += records.len() as u64;
    }
    let rate = count as f64 / begin.elapsed().as_secs_f64();
    let cpu = (cpu_seconds() - begin_cpu) / count as f64 * 1e6;
    println!("{{\"records_per_s\": {rate}, \"cpu_s_per_million\": {cpu}, \"checksum\": {checksum}}}");
}
