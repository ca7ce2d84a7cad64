"""Exactly once: readers of committed records see each record once, whatever happens to the processes."""
import json
import signal
import sys
import unittest

from world import BROKERS, PipelineTest, committed, consume_when_visible, ends, make_topic, produce, wait_until

COUNT = 20000


def numbered(count, first=0):
    return [{"value": json.dumps({"n": n}), "key": f"k{n % 97}"} for n in range(first, first + count)]


class ExactlyOnce(PipelineTest):
    def pipeline(self, source, sink, more_source="", client="", dead=None):
        dead_letter = f"dead_letter: {{ kafka: {{ topic: {dead} }} }}" if dead else ""
        return f"""
pipeline: once
source:
  kafka: {{ brokers: ["{BROKERS}"], topics: [{source}], group: {self.group}{more_source},
           client: {{ session.timeout.ms: 6000, heartbeat.interval.ms: 500 }} }}
steps:
  - set: {{ twice: event.n * 2 }}
sinks:
  - kafka: {{ topic: {sink}, client: {{ transaction.timeout.ms: 10000{client} }} }}
{dead_letter}
delivery: exactly_once
checkpoint_interval: 100ms
workers: 2
"""

    def assert_once(self, source, sink, count):
        wait_until(lambda: committed(self.group, source) == ends(source), "everything committed")
        records = [json.loads(record.value()) for record in consume_when_visible(sink, count)]
        self.assertEqual(sorted(record["n"] for record in records), list(range(count)))
        self.assertTrue(all(record["twice"] == record["n"] * 2 for record in records))

    def test_without_disturbance(self):
        source, sink = make_topic(6), make_topic(3)
        produce(source, numbered(COUNT))
        self.run_well(self.pipeline(source, sink, ", until: end"))
        self.assert_once(source, sink, COUNT)

    def test_of_killed_processes(self):
        source, sink = make_topic(6), make_topic(3)
        produced = 0
        for _ in range(4):
            process = self.start(self.pipeline(source, sink))
            before = sum(ends(sink).values())
            produce(source, numbered(COUNT // 4, produced))
            produced += COUNT // 4
            wait_until(lambda: sum(ends(sink).values()) > before, "it writes")
            self.stop(process, signal.SIGKILL)
        process = self.start(self.pipeline(source, sink))
        self.assert_once(source, sink, produced)
        self.stop(process)

    def test_of_members_that_come_and_go(self):
        source, sink = make_topic(6), make_topic(3)
        first = self.start(self.pipeline(source, sink))
        produce(source, numbered(COUNT // 2))
        second = self.start(self.pipeline(source, sink))
        produce(source, numbered(COUNT // 4, COUNT // 2))
        self.stop(first)
        produce(source, numbered(COUNT // 4, COUNT * 3 // 4))
        self.assert_once(source, sink, COUNT)
        self.stop(second)

    def test_of_a_member_that_was_thought_dead(self):
        source, sink = make_topic(6), make_topic(3)
        first = self.start(self.pipeline(source, sink))
        produce(source, numbered(COUNT // 2))
        wait_until(lambda: sum(ends(sink).values()) > 0, "it writes")
        first.send_signal(signal.SIGSTOP)
        second = self.start(self.pipeline(source, sink))
        produce(source, numbered(COUNT // 4, COUNT // 2))
        wait_until(lambda: committed(self.group, source) == ends(source), "the second has taken over")
        first.send_signal(signal.SIGCONT)
        produce(source, numbered(COUNT // 4, COUNT * 3 // 4))
        self.assert_once(source, sink, COUNT)
        self.stop(second)
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)

    def test_of_records_that_brokers_refuse(self):
        source, sink, dead = make_topic(config={"max.message.bytes": "3000000"}), make_topic(config={"max.message.bytes": "1000"}), make_topic()
        produce(source, [{"value": json.dumps({"n": n, "x": "y" * (1500 if n % 100 == 50 else 1)})} for n in range(300)])
        self.run_well(self.pipeline(source, sink, ", until: end", ", batch.size: 900, compression.type: none", dead))
        self.assertEqual(sorted(json.loads(record.value())["n"] for record in consume_when_visible(sink, 297)), [n for n in range(300) if n % 100 != 50])
        letters = [json.loads(record.value()) for record in consume_when_visible(dead, 3)]
        self.assertEqual(sorted(letter["source"]["position"] for letter in letters), ["150", "250", "50"])

    def test_is_refused_where_it_cannot_hold(self):
        result = self.run_to_end(self.pipeline("a", "b").replace("- kafka: { topic: b, client: { transaction.timeout.ms: 10000 } }",
                                                                 "- file: { path: out.jsonl }"))
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("cannot take part in exactly_once", result.stderr)


if __name__ == "__main__":
    PipelineTest.binary = sys.argv.pop(1)
    unittest.main(verbosity=2)
