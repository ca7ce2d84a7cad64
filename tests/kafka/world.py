"""Topics, records and running pipelines for the tests of this folder, through confluent-kafka."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
import uuid

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from servers.ports import free_ports  # noqa: E402

BROKERS = os.environ["MESSINA_KAFKA"]
PATIENCE_S = 60


ADMIN = AdminClient({"bootstrap.servers": BROKERS})


def make_topic(partitions=1, config=None):
    """A topic of its own; its name."""
    name = f"t-{uuid.uuid4().hex[:12]}"
    ADMIN.create_topics([NewTopic(name, partitions, config=config or {})])[name].result(PATIENCE_S)
    return name


def produce(topic, records, **settings):
    """records: dicts with value, key, headers, timestamp, partition as confluent-kafka names them."""
    failures = []
    producer = Producer({"bootstrap.servers": BROKERS, "linger.ms": 5, **settings})
    for record in records:
        while True:
            try:
                producer.produce(topic, on_delivery=lambda error, _: failures.append(error) if error else None, **record)
                break
            except BufferError:
                producer.poll(1)
        producer.poll(0)
    producer.flush(PATIENCE_S)
    if failures:
        raise KafkaException(failures[0])


def ends(topic):
    """Partition to its end."""
    consumer = Consumer({"bootstrap.servers": BROKERS, "group.id": "none"})
    partitions = consumer.list_topics(topic, PATIENCE_S).topics[topic].partitions
    found = {p: consumer.get_watermark_offsets(TopicPartition(topic, p), PATIENCE_S)[1] for p in partitions}
    consumer.close()
    return found


def consume(topic, isolation="read_committed"):
    """Every record that is in the topic now, partition by partition in order."""
    consumer = Consumer({"bootstrap.servers": BROKERS, "group.id": f"g-{uuid.uuid4().hex}", "enable.partition.eof": True,
                         "isolation.level": isolation, "auto.offset.reset": "earliest", "enable.auto.commit": False})
    partitions = consumer.list_topics(topic, PATIENCE_S).topics[topic].partitions
    consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
    records, ended, deadline = [], set(), time.monotonic() + PATIENCE_S
    while len(ended) < len(partitions):
        for message in consumer.consume(1000, timeout=0.1):
            if message.error() is None:
                records.append(message)
            else:
                ended.add(message.partition())
        if time.monotonic() > deadline:
            raise TimeoutError(f"{topic} was not read to its end")
    consumer.close()
    return records


def consume_when_visible(topic, count):
    """Every committed record, once there are so many: brokers write the markers of a transaction after its positions are committed."""
    records = []

    def is_complete():
        records[:] = consume(topic)
        return len(records) >= count

    wait_until(is_complete, f"{count} records in {topic}")
    return records


def committed(group, topic):
    """Partition to the group's position; -1001 where it has none."""
    consumer = Consumer({"bootstrap.servers": BROKERS, "group.id": group})
    partitions = consumer.list_topics(topic, PATIENCE_S).topics[topic].partitions
    found = {each.partition: each.offset for each in consumer.committed([TopicPartition(topic, p) for p in partitions], PATIENCE_S)}
    consumer.close()
    return found


def wait_until(condition, what):
    """Asks the servers again until it holds; the pause is that of the question itself."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"never seen: {what}")


def murmur2(data):
    """As Java's producer computes it (org.apache.kafka.common.utils.Utils)."""
    mask = 0xFFFFFFFF
    h = (0x9747B28C ^ len(data)) & mask
    for at in range(0, len(data) - len(data) % 4, 4):
        k = int.from_bytes(data[at:at + 4], "little") * 0x5BD1E995 & mask
        k = (k ^ k >> 24) * 0x5BD1E995 & mask
        h = (h * 0x5BD1E995 & mask) ^ k
    rest = data[len(data) - len(data) % 4:]
    if rest:
        h = (h ^ int.from_bytes(rest, "little")) * 0x5BD1E995 & mask
    h = (h ^ h >> 13) * 0x5BD1E995 & mask
    return h ^ h >> 15


class Metrics:
    """What a process tells under --listen."""

    def __init__(self):
        self.address = f"127.0.0.1:{free_ports(1)[0]}"

    def read(self, name):
        """Labels, as a frozen set of pairs, to the value of each series; nothing while the process does not answer."""
        try:
            with urllib.request.urlopen(f"http://{self.address}/metrics", timeout=PATIENCE_S) as answer:
                text = answer.read().decode()
        except OSError:
            return {}
        found = re.findall(rf"^{name}{{(.*)}} (\S+)$", text, re.M)
        return {frozenset(re.findall(r'(\w+)="([^"]*)"', labels)): float(value) for labels, value in found}

    def by(self, name, label):
        """The values by that label alone, added up."""
        values = {}
        for labels, value in self.read(name).items():
            key = dict(labels)[label]
            values[key] = values.get(key, 0) + value
        return values


class PipelineTest(unittest.TestCase):
    binary = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="messina_kafka_"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.running = []
        self.addCleanup(self.kill_all)
        self.group = f"g-{uuid.uuid4().hex[:12]}"

    def kill_all(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stdout.close()
            process.stderr.close()

    def write(self, text):
        path = self.folder / f"{uuid.uuid4().hex[:8]}.yaml"
        path.write_text(text)
        return path

    def start(self, text, *arguments):
        process = subprocess.Popen([self.binary, "run", self.write(text), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   cwd=self.folder)
        self.running.append(process)
        return process

    def run_to_end(self, text):
        return subprocess.run([self.binary, "run", self.write(text)], capture_output=True, text=True, timeout=PATIENCE_S * 2, cwd=self.folder)

    def run_well(self, text):
        result = self.run_to_end(text)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def stop(self, process, with_signal=signal.SIGTERM):
        process.send_signal(with_signal)
        out, errors = process.communicate(timeout=PATIENCE_S)
        if with_signal != signal.SIGKILL:
            self.assertEqual(process.returncode, 0, out + errors)
