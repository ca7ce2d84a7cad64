//! What an event, a cookie and a user are: the same for the same seed and number. The schemas are event.avsc and enriched.avsc.

/// Confluent's framing: a zero byte and the schema's id, big-endian.
pub const HEADER_SIZE: usize = 5;
const KINDS: [&str; 4] = ["page_view", "click", "purchase", "impression"];
const COUNTRIES: [&str; 6] = ["FR", "DE", "ES", "IT", "PL", "GB"];
const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Firefox/142.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Safari/605.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/141.0",
];
const FIRST_TIMESTAMP_MS: i64 = 1_790_000_000_000;

/// A bijection that scatters: splitmix64's last step.
pub fn scatter(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// 32 hexadecimal digits.
pub fn cookie(number: u64) -> String {
    format!("{:016x}{number:016x}", scatter(number))
}

pub fn user_id(number: u64) -> String {
    format!("user-{number:012}")
}

fn put_long(out: &mut Vec<u8>, value: i64) {
    let mut zigzag = ((value << 1) ^ (value >> 63)) as u64;
    while zigzag >= 0x80 {
        out.push(zigzag as u8 | 0x80);
        zigzag >>= 7;
    }
    out.push(zigzag as u8);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_long(out, text.len() as i64);
    out.extend_from_slice(text.as_bytes());
}

/// The framed event number `id` of `seed`, about 200 bytes.
pub fn encode(out: &mut Vec<u8>, schema_id: u32, seed: u64, id: u64, cookie: &str) {
    let chance = scatter(seed ^ scatter(id));
    out.clear();
    out.push(0);
    out.extend_from_slice(&schema_id.to_be_bytes());
    put_long(out, id as i64);
    put_long(out, FIRST_TIMESTAMP_MS + id as i64);
    put_text(out, cookie);
    put_text(out, KINDS[(chance % 4) as usize]);
    put_text(out, &format!("https://shop.example/catalogue/{:08x}/item?campaign={}", chance >> 32, chance % 997));
    put_text(out, AGENTS[(chance % 3) as usize]);
    put_text(out, COUNTRIES[(chance % 6) as usize]);
    put_long(out, 1280 + (chance % 640) as i64);
    put_long(out, 720 + (chance % 360) as i64);
    out.extend_from_slice(&((chance % 100_000) as f64 / 100.0).to_le_bytes());
    if chance % 8 == 0 {
        put_long(out, 0);
    } else {
        put_long(out, 1);
        put_text(out, "newsletter");
    }
}

/// Appends the field by which the enriched schema is wider.
pub fn put_user(out: &mut Vec<u8>, user: Option<&str>) {
    match user {
        None => put_long(out, 0),
        Some(user) => {
            put_long(out, 1);
            put_text(out, user);
        }
    }
}

/// The `id` of a framed event: its first field.
pub fn id_of(value: &[u8]) -> Option<u64> {
    let mut zigzag = 0u64;
    for (at, &byte) in value.get(HEADER_SIZE..)?.iter().take(10).enumerate() {
        zigzag |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some(zigzag >> 1);
        }
    }
    None
}

/// What one record adds to a checksum that does not depend on order: partition, key, and the value without its header.
pub fn digest(partition: i32, key: &[u8], value: &[u8]) -> u64 {
    let mut state = scatter(partition as u64);
    for part in [key, &value[HEADER_SIZE..]] {
        for chunk in part.chunks(8) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            state = (state ^ u64::from_le_bytes(word)).wrapping_mul(0x9FB2_1C65_1E98_DF25).rotate_left(29);
        }
        state = scatter(state ^ part.len() as u64);
    }
    state
}

/// Where Java's clients put a key.
pub fn partition(key: &[u8], partitions: i32) -> i32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash = 0x9747_b28c ^ key.len() as u32;
    let mut words = key.chunks_exact(4);
    for word in &mut words {
        let mut mixed = u32::from_le_bytes(word.try_into().unwrap()).wrapping_mul(M);
        mixed = (mixed ^ (mixed >> 24)).wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ mixed;
    }
    let rest = words.remainder();
    for (at, &byte) in rest.iter().enumerate() {
        hash ^= u32::from(byte) << (8 * at);
    }
    if !rest.is_empty() {
        hash = hash.wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(M);
    hash ^= hash >> 15;
    ((hash & 0x7fff_ffff) as i32) % partitions
}
