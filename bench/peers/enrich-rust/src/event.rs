//! Events in and enriched events out, in two ways: `crate` goes through apache-avro's generic values, as most programs do; `splice` knows
//! where the cookie lies and appends the one new field to the bytes, the least that can be done.

use std::sync::LazyLock;

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value;
use apache_avro::writer::datum::GenericDatumWriter;

const HEADER_SIZE: usize = 5;
static EVENT: LazyLock<Schema> = LazyLock::new(|| schema(include_str!("../../../kafka/event.avsc")));
static ENRICHED: LazyLock<Schema> = LazyLock::new(|| schema(include_str!("../../../kafka/enriched.avsc")));

fn schema(text: &str) -> Schema {
    Schema::parse_str(text).expect("bench/kafka's schemas are valid")
}

pub enum Codec {
    Crate { reader: GenericDatumReader<'static>, writer: GenericDatumWriter<'static>, header: [u8; HEADER_SIZE] },
    Splice { header: [u8; HEADER_SIZE] },
}

/// A decoded event: what is needed to encode it again.
pub enum Event {
    Values(Vec<(String, Value)>),
    Bytes(Vec<u8>),
}

fn long(bytes: &[u8], at: &mut usize) -> Result<i64, String> {
    let mut zigzag = 0u64;
    for shift in (0..70).step_by(7) {
        let byte = *bytes.get(*at).ok_or("the event ends within a number")?;
        *at += 1;
        zigzag |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64));
        }
    }
    Err("a number of more than ten bytes".to_owned())
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    let mut zigzag = (text.len() as u64) << 1;
    while zigzag >= 0x80 {
        out.push(zigzag as u8 | 0x80);
        zigzag >>= 7;
    }
    out.push(zigzag as u8);
    out.extend_from_slice(text.as_bytes());
}

impl Codec {
    pub fn new(name: &str, enriched_schema_id: u32) -> Result<Self, String> {
        let mut header = [0; HEADER_SIZE];
        header[1..].copy_from_slice(&enriched_schema_id.to_be_bytes());
        match name {
            "crate" => {
                let reader = GenericDatumReader::builder(&EVENT).build().map_err(|error| error.to_string())?;
                let writer = GenericDatumWriter::builder(&ENRICHED).build().map_err(|error| error.to_string())?;
                Ok(Codec::Crate { reader, writer, header })
            }
            "splice" => Ok(Codec::Splice { header }),
            _ => Err(format!("--avro is crate or splice, not '{name}'")),
        }
    }

    /// The event and its cookie.
    pub fn decode(&self, message: &[u8]) -> Result<(Event, String), String> {
        let body = message.get(HEADER_SIZE..).filter(|_| message[0] == 0).ok_or("not framed")?;
        match self {
            Codec::Crate { reader, .. } => {
                let value = reader.read_value(&mut &*body).map_err(|error| error.to_string())?;
                let Value::Record(fields) = value else { return Err("not a record".to_owned()) };
                let Some((_, Value::String(cookie))) = fields.iter().find(|(name, _)| name == "cookie") else {
                    return Err("no cookie".to_owned());
                };
                let cookie = cookie.clone();
                Ok((Event::Values(fields), cookie))
            }
            Codec::Splice { .. } => {
                let mut at = 0;
                long(body, &mut at)?;
                long(body, &mut at)?;
                let size = long(body, &mut at)? as usize;
                let cookie = body.get(at..at.saturating_add(size)).ok_or("the event ends within its cookie")?;
                let cookie = std::str::from_utf8(cookie).map_err(|error| error.to_string())?.to_owned();
                Ok((Event::Bytes(body.to_vec()), cookie))
            }
        }
    }

    pub fn encode(&self, event: Event, user: Option<&str>, out: &mut Vec<u8>) -> Result<(), String> {
        out.clear();
        match (self, event) {
            (Codec::Crate { writer, header, .. }, Event::Values(mut fields)) => {
                let user = match user {
                    None => Value::Union(0, Box::new(Value::Null)),
                    Some(user) => Value::Union(1, Box::new(Value::String(user.to_owned()))),
                };
                fields.push(("user_id".to_owned(), user));
                out.extend_from_slice(header);
                writer.write_value_ref(out, &Value::Record(fields)).map_err(|error| error.to_string())?;
            }
            (Codec::Splice { header }, Event::Bytes(body)) => {
                out.extend_from_slice(header);
                out.extend_from_slice(&body);
                match user {
                    None => out.push(0),
                    Some(user) => {
                        out.push(2);
                        put_text(out, user);
                    }
                }
            }
            _ => unreachable!("a codec encodes what it decoded"),
        }
        Ok(())
    }
}
