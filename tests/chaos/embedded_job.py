"""The job `embedded`: fill an identity table from files (match), then look each event up in it (enrich)."""

import hashlib
import json
import os
import random

from audit import SourceFile, TableModel

MATCH_FILES = 2
EVENT_FILES = 4
POISON_SHARE = 0.001

STORE = """\
stores:
  tracking:
    embedded: {{ path: "{store}", tables: {{ id_match: {{ key: [id], columns: {{ user: text, seq: bigint }} }} }} }}
"""

MATCH = """\
  - pipeline: match
    workers: 2
    checkpoint_interval: 20ms
    source: { file: { path: "${env:CHAOS_INPUT}/match-*.jsonl" } }
    sinks:
      - table: { table: id_match, key: { id: event.id }, set: { user: event.user, seq: event.seq } }
    dead_letter: { file: { path: "${env:CHAOS_DIR}/out/match_dead.jsonl" } }
"""

ENRICH = """\
  - pipeline: enrich
    workers: 2
    checkpoint_interval: 20ms
    source: { file: { path: "${env:CHAOS_INPUT}/events-*.jsonl" } }
    steps:
      - lookup: { into: match, table: id_match, key: { id: event.id }, columns: [user] }
      - set: { user: match.user }
    sinks:
      - file: { path: "${env:CHAOS_DIR}/out/enriched.jsonl" }
    dead_letter: { file: { path: "${env:CHAOS_DIR}/out/enrich_dead.jsonl" } }
"""

DUMP = """\
  - pipeline: dump
    workers: 1
    source: { file: { path: "${env:CHAOS_INPUT}/keys.jsonl" } }
    steps:
      - lookup: { into: row, table: id_match, key: { id: event.id }, on_miss: drop }
      - set: { user: row.user, seq: row.seq }
    sinks:
      - file: { path: "${env:CHAOS_DIR}/dump.jsonl", mode: replace }
"""


def _files(pattern, path, records, count, poisoned):
    """Writes `records` (a list of dicts) as `count` files; returns them as SourceFile, some lines broken."""
    files = []
    share = (len(records) + count - 1) // count
    for i in range(count):
        part = records[i * share : (i + 1) * share]
        lines = [json.dumps(record, separators=(",", ":")).encode() for record in part]
        poison = {n for n in range(len(lines)) if (i * share + n) in poisoned}
        for n in poison:
            lines[n] = lines[n][: len(lines[n]) * 2 // 3]
        name = os.path.join(path, pattern % i)
        with open(name, "wb") as file:
            file.write(b"\n".join(lines) + b"\n")
        files.append(SourceFile(name, lines, poison))
    return files


class EmbeddedJob:
    def __init__(self, directory, seed, events):
        """Generates the input into `directory`; about one record in seven is a match record, the others are events."""
        self.input = directory
        os.makedirs(directory)
        chance = random.Random(seed)
        matches = events // 7
        self.key_count = matches // 2
        self.records = events
        self._make_matches(chance, seed, matches)
        self._make_events(chance, seed, events - matches)
        with open(os.path.join(directory, "keys.jsonl"), "w", encoding="ascii") as file:
            file.writelines(f'{{"id":"c{n}"}}\n' for n in range(self.key_count))

    def _make_matches(self, chance, seed, count):
        # A key is written in one file only: writes to it are ordered by their place there.
        share = self.key_count // MATCH_FILES
        records = []
        for seq in range(count):
            part = min(MATCH_FILES - 1, seq * MATCH_FILES // count)
            key = seq % share if seq % (count // MATCH_FILES) < share else chance.randrange(share)
            user = hashlib.blake2b(b"%d:%d" % (seed, seq), digest_size=8).hexdigest()
            records.append({"id": f"c{part * share + key}", "user": user, "seq": seq})
        poisoned = {n for n in range(count) if chance.random() < POISON_SHARE}
        self.matches = _files("match-%d.jsonl", self.input, records, MATCH_FILES, poisoned)
        self.table = TableModel()
        self.match_writes = []  # of each file, by record number: (key, (user, seq)); None for poison
        at = 0
        for source in self.matches:
            writes = []
            for n in range(len(source.lines)):
                record = records[at + n]
                write = (record["id"], (record["user"], record["seq"]))
                writes.append(None if n in source.poison else write)
                if n not in source.poison:
                    self.table.add(*write)
            at += len(source.lines)
            self.match_writes.append(writes)

    def _make_events(self, chance, seed, count):
        records = []
        for n in range(count):
            known = chance.random() < 0.95
            key = f"c{chance.randrange(self.key_count)}" if known else f"x{n}"
            payload = hashlib.blake2b(b"%d/%d" % (seed, n), digest_size=8).hexdigest()
            records.append({"n": n, "id": key, "v": payload})
        poisoned = {n for n in range(count) if chance.random() < POISON_SHARE}
        self.events = _files("events-%d.jsonl", self.input, records, EVENT_FILES, poisoned)
        self.event_share = len(self.events[0].lines)
        at = 0
        for source in self.events:
            for n in range(len(source.lines)):
                if n in source.poison:
                    continue
                enriched = dict(records[at + n])
                if enriched["id"] in self.table.writes:
                    enriched["user"] = self.table.last(enriched["id"])[0]
                source.expected[n] = json.dumps(enriched, separators=(",", ":")).encode()
            at += len(source.lines)

    def identify(self, line):
        """Source and record number of an enriched line."""
        if not line.startswith(b'{"n":'):
            return None
        number = line[5 : line.find(b",", 5)]
        if not number.isdigit():
            return None
        return divmod(int(number), self.event_share)

    def write_files(self, directory):
        """The pipeline files of one episode."""
        store = STORE.format(store="${env:CHAOS_STORE}")
        state = 'state: "${env:CHAOS_DIR}/state"\n'
        texts = {
            "job.yaml": store + state + "pipelines:\n" + MATCH + ENRICH,
            "match.yaml": store + state + "pipelines:\n" + MATCH,
            "dump.yaml": store + "pipelines:\n" + DUMP,
        }
        for name, text in texts.items():
            with open(os.path.join(directory, name), "w", encoding="ascii") as file:
                file.write(text)
