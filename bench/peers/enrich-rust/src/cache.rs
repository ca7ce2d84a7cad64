//! Answers of the table, absent rows included, least recently used first out. Bounded by bytes.

use lru::LruCache;

/// What an entry costs beside its texts: two allocations, the node and the hash table's slot.
const ENTRY_BYTES: usize = 96;

pub struct Cache {
    entries: LruCache<String, Option<String>>,
    bytes: usize,
    bytes_max: usize,
}

fn cost(cookie: &str, user: Option<&str>) -> usize {
    cookie.len() + user.map_or(0, str::len) + ENTRY_BYTES
}

impl Cache {
    pub fn new(bytes_max: usize) -> Self {
        Cache { entries: LruCache::unbounded(), bytes: 0, bytes_max }
    }

    pub fn get(&mut self, cookie: &str) -> Option<&Option<String>> {
        self.entries.get(cookie)
    }

    pub fn put(&mut self, cookie: String, user: Option<String>) {
        if self.bytes_max == 0 {
            return;
        }
        let added = cost(&cookie, user.as_deref());
        if let Some((old_cookie, old_user)) = self.entries.push(cookie, user) {
            self.bytes -= cost(&old_cookie, old_user.as_deref());
        }
        self.bytes += added;
        while self.bytes > self.bytes_max {
            let Some((old_cookie, old_user)) = self.entries.pop_lru() else { break };
            self.bytes -= cost(&old_cookie, old_user.as_deref());
        }
    }
}
