"""The Python side of bench/jobs/enrich-kafka.py: events in, the user of their cookie looked up in Cassandra, enriched events out.

    enrich.py GROUP OUTPUT_TOPIC CACHE_BYTES SCHEMA_FOLDER SCHEMA_ID     (MESSINA_KAFKA, MESSINA_CASSANDRA)

confluent-kafka, scylla-driver, fastavro (all compiled). Batches of up to 500 events; every cookie of a batch that is not cached is asked
for once, up to 256 at the same time. Every five seconds the producer is flushed and the position committed: at least once.
"""
import time

BEGIN_MS = time.time() * 1000  # before the imports, which are part of the start

import io
import json
import pathlib
import resource
import struct
import sys
from collections import OrderedDict
from os import environ

import fastavro
from cassandra import ConsistencyLevel
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.policies import DCAwareRoundRobinPolicy, TokenAwarePolicy
from cassandra.query import tuple_factory
from confluent_kafka import OFFSET_INVALID, Consumer, KafkaException, Producer, TopicPartition

TOPIC = "events"
HEADER_SIZE = 5
BATCH_EVENTS = 500
READS_IN_FLIGHT = 256
COMMIT_SECONDS = 5
ENTRY_BYTES = 200  # what a cached answer costs beside its texts: objects and the dictionary's slot
PATIENCE_SECONDS = 30


class Cache:
    """Answers of the table, absent rows included, least recently used first out; bounded by bytes."""

    def __init__(self, bytes_max):
        self.entries = OrderedDict()
        self.bytes = 0
        self.bytes_max = bytes_max
        self.reads = 0

    def get(self, cookie, default):
        user = self.entries.get(cookie, default)
        if user is not default:
            self.entries.move_to_end(cookie)
        return user

    def put(self, cookie, user):
        if cookie not in self.entries:
            self.bytes += len(cookie) + len(user or "") + ENTRY_BYTES
        self.entries[cookie] = user
        while self.bytes > self.bytes_max:
            old, old_user = self.entries.popitem(last=False)
            self.bytes -= len(old) + len(old_user or "") + ENTRY_BYTES


class Input:
    """The topic, read as a group until the end it had when we started."""

    def __init__(self, brokers, group):
        self.consumer = Consumer({"bootstrap.servers": brokers, "group.id": group, "group.instance.id": "one",
                                  "auto.offset.reset": "earliest", "enable.auto.commit": False, "enable.auto.offset.store": False})
        partitions = [TopicPartition(TOPIC, number) for number in self.consumer.list_topics(TOPIC, PATIENCE_SECONDS).topics[TOPIC].partitions]
        self.ends = {part.partition: self.consumer.get_watermark_offsets(part, PATIENCE_SECONDS)[1] for part in partitions}
        committed = self.consumer.committed(partitions, PATIENCE_SECONDS)
        self.next = {part.partition: 0 if part.offset == OFFSET_INVALID else part.offset for part in committed}
        self.consumer.subscribe([TOPIC])

    def is_at_end(self):
        return all(self.next[number] >= end for number, end in self.ends.items())

    def read(self):
        messages = self.consumer.consume(BATCH_EVENTS, 0.1)
        for message in messages:
            if message.error():
                raise KafkaException(message.error())
            self.next[message.partition()] = message.offset() + 1
        return messages

    def commit(self):
        self.consumer.commit(offsets=[TopicPartition(TOPIC, number, offset) for number, offset in self.next.items()], asynchronous=False)


class Output:
    def __init__(self, brokers, topic):
        self.producer = Producer({"bootstrap.servers": brokers, "enable.idempotence": True, "partitioner": "murmur2_random",
                                  "linger.ms": 20, "batch.size": 131072})
        self.topic = topic
        self.first_ms = None

    def _seen(self, error, _):
        if error is not None:
            raise KafkaException(error)
        if self.first_ms is None:
            self.first_ms = time.time() * 1000

    def write(self, key, value):
        while True:
            try:
                self.producer.produce(self.topic, key=key, value=value, on_delivery=self._seen)
                return
            except BufferError:
                self.producer.poll(0.01)

    def flush(self):
        self.producer.flush(PATIENCE_SECONDS)
        if len(self.producer):
            raise RuntimeError(f"{self.topic}: {len(self.producer)} records are not delivered after {PATIENCE_SECONDS} s")


def connect(address):
    host, port = address.rsplit(":", 1)
    profile = ExecutionProfile(load_balancing_policy=TokenAwarePolicy(DCAwareRoundRobinPolicy("dc1")), row_factory=tuple_factory,
                               consistency_level=ConsistencyLevel.LOCAL_ONE)
    cluster = Cluster([host], port=int(port), execution_profiles={EXEC_PROFILE_DEFAULT: profile})
    session = cluster.connect("bench")
    return cluster, session, session.prepare("SELECT user_id FROM ids WHERE cookie = ?")


def look_up(session, select, cookies):
    results = execute_concurrent_with_args(session, select, [(cookie,) for cookie in cookies], concurrency=READS_IN_FLIGHT)
    for cookie, (_, rows) in zip(cookies, results):
        row = rows.one()
        yield cookie, row[0] if row else None


def enrich(messages, cache, session, select, schemas):
    """(key, framed enriched event) of each message, in order."""
    unknown = object()
    events, users, missing = [], {}, []
    for message in messages:
        event = fastavro.schemaless_reader(io.BytesIO(message.value()[HEADER_SIZE:]), schemas[0])
        events.append((message.key(), event))
        cookie = event["cookie"]
        if cookie not in users:
            user = cache.get(cookie, unknown)
            users[cookie] = user
            if user is unknown:
                missing.append(cookie)
    cache.reads += len(missing)
    for cookie, user in look_up(session, select, missing):
        users[cookie] = user
        cache.put(cookie, user)
    for key, event in events:
        event["user_id"] = users[event["cookie"]]
        out = io.BytesIO()
        out.write(schemas[2])
        fastavro.schemaless_writer(out, schemas[1], event)
        yield key, out.getvalue()


def main():
    group, topic, cache_bytes, folder, schema_id = sys.argv[1:]
    schemas = [fastavro.parse_schema(json.loads((pathlib.Path(folder) / name).read_text())) for name in ("event.avsc", "enriched.avsc")]
    schemas.append(b"\0" + struct.pack(">I", int(schema_id)))
    cache = Cache(int(cache_bytes))
    source, sink = Input(environ["MESSINA_KAFKA"], group), Output(environ["MESSINA_KAFKA"], topic)
    cluster, session, select = connect(environ["MESSINA_CASSANDRA"])
    records, committed = 0, time.monotonic()
    while not source.is_at_end():
        for key, value in enrich(source.read(), cache, session, select, schemas):
            sink.write(key, value)
            records += 1
        sink.producer.poll(0)
        if time.monotonic() - committed > COMMIT_SECONDS:
            sink.flush()
            source.commit()
            committed = time.monotonic()
    sink.flush()
    source.commit()
    cluster.shutdown()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"records": records, "seconds": round(time.time() - BEGIN_MS / 1000, 3),
                      "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3), "memory_peak_bytes": usage.ru_maxrss * 1024,
                      "state_bytes": 0, "first_output_seconds": round((sink.first_ms - BEGIN_MS) / 1000, 3) if sink.first_ms else None,
                      "cache_hits": records - cache.reads}))


if __name__ == "__main__":
    main()
