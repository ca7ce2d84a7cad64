"""What a running pipeline tells of its Kafka clients under --listen: how far it is behind, what waits, how the brokers answer."""
import json
import sys
import unittest

from world import BROKERS, Metrics, PipelineTest, committed, ends, make_topic, produce, wait_until

LAG = "messina_kafka_consumer_lag_records"


def spread(counts):
    return [{"value": json.dumps({"n": n}), "partition": partition} for partition, count in enumerate(counts) for n in range(count)]


class Statistics(PipelineTest):
    def pipeline(self, source, sink, more=""):
        return f"""
pipeline: told
source: {{ kafka: {{ brokers: ["{BROKERS}"], topics: [{source}], group: {self.group} }} }}
sinks:
  - kafka: {{ topic: {sink} }}
{more}
"""

    def start_metered(self, text):
        metrics = Metrics()
        return metrics, self.start(text, "--listen", metrics.address)

    def behind(self, topic):
        """What a client of its own says of the group."""
        at = committed(self.group, topic)
        return {str(partition): float(end - max(at[partition], 0)) for partition, end in ends(topic).items()}

    def test_tell_how_far_the_group_is_behind(self):
        source, sink = make_topic(3), make_topic()
        produce(source, spread([10, 20, 30]))
        metrics, process = self.start_metered(self.pipeline(source, sink))
        wait_until(lambda: metrics.by(LAG, "partition") == {"0": 0, "1": 0, "2": 0}, "everything is committed")
        self.stop(process)
        produce(source, spread([5, 0, 7]))
        metrics, process = self.start_metered(self.pipeline(source, sink, "checkpoint_interval: 1h"))
        wait_until(lambda: sum(ends(sink).values()) == 72, "everything is written")
        wait_until(lambda: metrics.by(LAG, "partition") == {"0": 5, "1": 0, "2": 7}, "nothing more is committed")
        self.assertEqual(self.behind(source), {"0": 5, "1": 0, "2": 7})
        self.assertEqual({dict(labels)["topic"] for labels in metrics.read(LAG)}, {source})
        self.stop(process)

    def test_tell_of_a_group_without_a_position(self):
        source, sink = make_topic(2), make_topic()
        produce(source, spread([4, 6]))
        metrics, process = self.start_metered(self.pipeline(source, sink, "checkpoint_interval: 1h"))
        wait_until(lambda: metrics.by(LAG, "partition") == {"0": 4, "1": 6}, "all of it is ahead")
        self.stop(process)

    def test_tell_of_positions_in_transactions(self):
        source, sink = make_topic(2), make_topic()
        produce(source, spread([100, 50]))
        metrics, process = self.start_metered(self.pipeline(source, sink, "delivery: exactly_once\ncheckpoint_interval: 100ms"))
        wait_until(lambda: metrics.by(LAG, "partition") == {"0": 0, "1": 0}, "everything is committed")
        self.assertEqual(self.behind(source), {"0": 0, "1": 0})
        self.stop(process)

    def test_leave_partitions_to_the_member_that_has_them(self):
        source, sink = make_topic(4), make_topic()
        one, first = self.start_metered(self.pipeline(source, sink))
        wait_until(lambda: len(one.read(LAG)) == 4, "the first member tells of all")
        other, second = self.start_metered(self.pipeline(source, sink))
        wait_until(lambda: len(one.read(LAG)) == 2 and len(other.read(LAG)) == 2, "each tells of its own")
        self.assertEqual(set(one.by(LAG, "partition")) | set(other.by(LAG, "partition")), {"0", "1", "2", "3"})
        self.stop(second)
        self.stop(first)

    def test_tell_of_queues_and_brokers(self):
        source, sink = make_topic(), make_topic()
        produce(source, spread([500]))
        metrics, process = self.start_metered(self.pipeline(source, sink))
        up = {}

        def all_are_up():
            up.clear()
            up.update(metrics.read("messina_kafka_broker_up"))
            clients = {dict(labels)["client"].split("-")[0] for labels in up}
            return clients == {"messina#consumer", "messina#producer"} and set(up.values()) == {1}

        wait_until(all_are_up, "the consumer and the producers are connected")
        self.assertEqual({(dict(labels)["broker"], dict(labels)["pipeline"]) for labels in up}, {("1", "told")})
        wait_until(lambda: max(metrics.by("messina_kafka_broker_rtt_p99_seconds", "client").values()) > 0, "answers have taken time")
        self.assertTrue(all(value < 10 for value in metrics.read("messina_kafka_broker_rtt_average_seconds").values()))
        wait_until(lambda: metrics.by(LAG, "partition") == {"0": 0}, "everything is committed")
        for queue in ("consumer_queue_records", "consumer_queue_bytes", "producer_queue_records", "producer_queue_bytes"):
            wait_until(lambda name=f"messina_kafka_{queue}": set(metrics.read(name).values()) == {0}, f"{queue} is empty")
        self.stop(process)


if __name__ == "__main__":
    PipelineTest.binary = sys.argv.pop(1)
    unittest.main(verbosity=2)
