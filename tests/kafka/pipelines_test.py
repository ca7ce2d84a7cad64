"""Kafka to Kafka: what goes in comes out, in order, at the right place, whatever happens to the processes and partitions between."""
import collections
import json
import signal
import sys
import unittest

from confluent_kafka import TopicPartition

from world import ADMIN, BROKERS, PipelineTest, committed, consume, ends, make_topic, murmur2, produce, wait_until


def numbered(count, first=0):
    return [{"value": json.dumps({"n": n, "k": f"k{n % 50}"}), "key": f"k{n % 50}"} for n in range(first, first + count)]


def numbers(records):
    return sorted(json.loads(record.value())["n"] for record in records)


def copy(source, sink, group, more_source="", more=""):
    return f"""
pipeline: copy
source:
  kafka: {{ brokers: ["{BROKERS}"], topics: [{source}], group: {group}{more_source} }}
sinks:
  - kafka: {{ brokers: ["{BROKERS}"], topic: {sink} }}
checkpoint_interval: 50ms
workers: 2
{more}
"""


class Records(PipelineTest):
    def test_carry_key_headers_time_and_tombstones_through(self):
        source, sink = make_topic(), make_topic()
        headers = [("traceparent", b"00-ab-cd-01"), ("empty", b""), ("null", None), ("traceparent", b"again")]
        produce(source, [{"value": b'{"n": 1}', "key": b"\x00\xff", "headers": headers, "timestamp": 1700000000123},
                         {"value": None, "key": "gone", "timestamp": 1700000000124},
                         {"value": b'{"n": 3}', "timestamp": 1700000000125}])
        self.run_well(copy(source, sink, self.group, ", until: end"))
        first, second, third = consume(sink)
        self.assertEqual((first.value(), first.key(), first.headers(), first.timestamp()[1]), (b'{"n": 1}', b"\x00\xff", headers, 1700000000123))
        self.assertEqual((second.value(), second.key(), second.timestamp()[1]), (None, b"gone", 1700000000124))
        self.assertEqual((third.value(), third.key()), (b'{"n": 3}', None))

    def test_are_placed_where_javas_producer_places_them(self):
        source, sink = make_topic(2), make_topic(7)
        produce(source, numbered(200))
        self.run_well(f"""
pipeline: place
source: {{ kafka: {{ brokers: ["{BROKERS}"], topics: [{source}], group: {self.group}, until: end }} }}
sinks:
  - kafka: {{ brokers: ["{BROKERS}"], topic: {sink}, key: '"user-" + string(event.n)', headers: none }}
""")
        records = consume(sink)
        self.assertEqual(len(records), 200)
        for record in records:
            self.assertEqual(record.partition(), (murmur2(record.key()) & 0x7FFFFFFF) % 7, record.key())

    def test_know_where_they_came_from(self):
        source, sink = make_topic(3), make_topic()
        produce(source, [{"value": "{}", "partition": 2, "key": "a", "headers": [("h", b"1")]}])
        self.run_well(f"""
pipeline: meta
source: {{ kafka: {{ brokers: ["{BROKERS}"], topics: [{source}], group: {self.group}, until: end }} }}
steps:
  - set: {{ topic: meta.topic, partition: meta.partition, offset: meta.offset, lane: meta.lane, key: string(meta.key) }}
sinks:
  - kafka: {{ brokers: ["{BROKERS}"], topic: {sink}, key: event.partition }}
""")
        record, = consume(sink)
        self.assertEqual(json.loads(record.value()), {"topic": source, "partition": 2, "offset": 0, "lane": f"{source}/2", "key": "a"})
        self.assertEqual(record.key(), b"2")

    def test_that_are_broken_or_too_large_go_to_the_dead_letters(self):
        source, sink, dead = make_topic(config={"max.message.bytes": "3000000"}), make_topic(), make_topic(config={"max.message.bytes": "5000000"})
        produce(source, [{"value": '{"n": 1}'}, {"value": "no json", "key": "bad"}, {"value": json.dumps({"n": 2, "x": "y" * 2_000_000})},
                         {"value": '{"n": 3}'}], **{"message.max.bytes": 3_000_000})
        self.run_well(copy(source, sink, self.group, ", until: end", f"""
dead_letter: {{ kafka: {{ brokers: ["{BROKERS}"], topic: {dead}, client: {{ message.max.bytes: 5000000 }} }} }}"""))
        self.assertEqual(numbers(consume(sink)), [1, 3])
        letters = sorted((json.loads(record.value()) for record in consume(dead)), key=lambda letter: letter["source"]["position"])
        self.assertEqual([letter["error"]["code"] for letter in letters], ["json.syntax", "kafka.record_too_large"])
        self.assertEqual(letters[0]["value"], "no json")
        self.assertEqual([letter["source"]["position"] for letter in letters], ["1", "2"])
        self.assertEqual(committed(self.group, source), {0: 4})


class Positions(PipelineTest):
    def test_are_committed_and_gone_on_from(self):
        source, sink = make_topic(4), make_topic(3)
        produce(source, numbered(3000))
        self.run_well(copy(source, sink, self.group, ", until: end"))
        self.assertEqual(committed(self.group, source), ends(source))
        produce(source, numbered(1000, 3000))
        self.run_well(copy(source, sink, self.group, ", until: end"))
        self.assertEqual(numbers(consume(sink)), list(range(4000)))

    def test_begin_where_the_file_says(self):
        source = make_topic(2)
        for partition in (0, 1):
            produce(source, [{"value": json.dumps({"n": partition * 10 + n}), "partition": partition, "timestamp": 1700000000000 + n * 1000}
                             for n in range(5)])
        for start, expected in (("earliest", [0, 1, 2, 3, 4, 10, 11, 12, 13, 14]), ("latest", []),
                                ("'2023-11-14T22:13:23Z'", [3, 4, 13, 14])):
            sink = make_topic()
            self.run_well(copy(source, sink, f"{self.group}-{start[:5].strip(chr(39))}", f", until: end, start: {start}"))
            self.assertEqual(numbers(consume(sink)), expected, start)
        sink = make_topic()
        self.run_well(copy(source, sink, f"{self.group}-offsets", f", until: end, offsets: {{ {source}/1: 4 }}"))
        self.assertEqual(numbers(consume(sink)), [0, 1, 2, 3, 4, 14])

    def test_that_are_gone_stop_the_pipeline(self):
        source, sink = make_topic(), make_topic()
        produce(source, numbered(100))
        self.run_well(copy(source, sink, self.group, ", until: end"))
        produce(source, numbered(100, 100))
        ADMIN.delete_records([TopicPartition(source, 0, 150)])[TopicPartition(source, 0, 150)].result(30)
        result = self.run_to_end(copy(source, sink, self.group))
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("kafka.offset_out_of_range", result.stderr)
        self.assertEqual(committed(self.group, source), {0: 100}, "the position is kept")
        self.assertEqual(numbers(consume(sink)), list(range(100)))


class Partitions(PipelineTest):
    def test_that_move_to_another_member_repeat_nothing(self):
        source, sink = make_topic(6), make_topic(3)
        produce(source, numbered(2000))
        first = self.start(copy(source, sink, self.group))
        wait_until(lambda: sum(ends(sink).values()) >= 2000, "the first records")
        second = self.start(copy(source, sink, self.group))
        produced = 2000
        wait_until(lambda: len(self.members()) == 2 and all(self.members().values()), "both members have partitions")
        produce(source, numbered(2000, produced))
        self.stop(first)
        produce(source, numbered(2000, produced + 2000))
        wait_until(lambda: committed(self.group, source) == ends(source), "everything committed")
        self.stop(second)
        self.assertEqual(numbers(consume(sink)), list(range(6000)))

    def test_of_a_killed_member_are_taken_over_without_loss(self):
        source, sink = make_topic(6), make_topic(3)
        quick = ", client: { session.timeout.ms: 6000, heartbeat.interval.ms: 500 }"
        first = self.start(copy(source, sink, self.group, quick))
        produce(source, numbered(5000))
        wait_until(lambda: sum(ends(sink).values()) > 0, "the first records")
        self.stop(first, signal.SIGKILL)
        produce(source, numbered(5000, 5000))
        second = self.start(copy(source, sink, self.group, quick))
        wait_until(lambda: committed(self.group, source) == ends(source), "everything committed")
        self.stop(second)
        records = consume(sink)
        self.assertEqual(sorted(set(numbers(records))), list(range(10000)))
        seen = collections.defaultdict(list)
        for record in records:
            seen[record.key()].append(json.loads(record.value())["n"])
        for key, order in seen.items():
            firsts = list(dict.fromkeys(order))
            self.assertEqual(firsts, sorted(firsts), f"the order of {key}")

    def test_that_are_added_are_noticed(self):
        from confluent_kafka.admin import NewPartitions
        source, sink = make_topic(1), make_topic(1)
        produce(source, numbered(10))
        process = self.start(copy(source, sink, self.group, ", client: { topic.metadata.refresh.interval.ms: 500 }"))
        wait_until(lambda: sum(ends(sink).values()) == 10, "the first records")
        ADMIN.create_partitions([NewPartitions(source, 3)])[source].result(30)
        wait_until(lambda: len(ends(source)) == 3, "three partitions")
        produce(source, [{"value": json.dumps({"n": n}), "partition": 2} for n in range(10, 20)])
        wait_until(lambda: sum(ends(sink).values()) == 20, "the records of the new partition")
        self.stop(process)

    def members(self):
        group = ADMIN.describe_consumer_groups([self.group])[self.group].result(30)
        return {member.member_id: member.assignment.topic_partitions for member in group.members}


class Stopping(PipelineTest):
    def test_finishes_what_is_in_flight(self):
        """The store's threads must not take the signal: they are there before the pipeline runs."""
        source, sink = make_topic(2), make_topic()
        process = self.start(f"""
stores: {{ s: {{ embedded: {{ path: store, tables: {{ seen: {{ key: [k], columns: {{ n: bigint }} }} }} }} }} }}
pipeline: keep
source: {{ kafka: {{ brokers: ["{BROKERS}"], topics: [{source}], group: {self.group} }} }}
steps: [ {{ upsert: {{ table: seen, key: {{ k: event.k }}, set: {{ n: event.n }} }} }} ]
sinks: [ {{ kafka: {{ brokers: ["{BROKERS}"], topic: {sink} }} }} ]
""")
        produce(source, numbered(20000))
        wait_until(lambda: sum(ends(sink).values()) > 0, "the first records")
        self.stop(process)
        below = committed(self.group, source)
        self.assertEqual(len(consume(sink)), sum(max(0, position) for position in below.values()), "no record twice, none without its commit")


class Mistakes(PipelineTest):
    def assert_fails(self, text, *expected):
        result = self.run_to_end(text)
        self.assertNotEqual(result.returncode, 0)
        for part in expected:
            self.assertIn(part, result.stderr)

    def test_of_a_source_topic_that_is_not_there(self):
        self.assert_fails(copy("no-such-topic", make_topic(), self.group), "kafka.unknown_topic", "no-such-topic")

    def test_of_a_sink_topic_that_is_not_there(self):
        source = make_topic()
        produce(source, numbered(3))
        self.assert_fails(copy(source, "no-such-sink", self.group), "kafka.unknown_topic", "no-such-sink")
        self.assertEqual(committed(self.group, source), {0: -1001})

    def test_of_a_broker_that_is_not_there(self):
        self.assert_fails(copy(make_topic(), make_topic(), self.group).replace(BROKERS, "127.0.0.1:1"), "kafka.unreachable")

    def test_of_settings(self):
        self.assert_fails(copy("a", "b", self.group, ", client: { enable.auto.commit: true }"), "enable.auto.commit", "committed when")
        self.assert_fails(copy("a", "b", self.group, ", client: { fetch.min.byte: 5 }"), "fetch.min.bytes")
        self.assert_fails(copy("a", "b", self.group, ", client: { linger.ms: 5 }"), "sink")
        self.assert_fails(copy("a", "b", self.group, ", client: { session.timeout.ms: soon }"), "session.timeout.ms")
        self.assert_fails(copy("a", "b", self.group, ", start: yesterday"), "yesterday", "latest")


if __name__ == "__main__":
    PipelineTest.binary = sys.argv.pop(1)
    unittest.main(verbosity=2)
