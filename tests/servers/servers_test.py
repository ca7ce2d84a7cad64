"""The servers do what tests rely on, as clients that share no code with Messina see it. Run by tests/servers/python."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import cassandra
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import DCAwareRoundRobinPolicy, WhiteListRoundRobinPolicy
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

HERE = Path(__file__).resolve().parent
sys.path[0] = str(HERE.parent)

from servers import ServerError, ServerSet  # noqa: E402
from servers.artifacts import FetchError, read_list  # noqa: E402
from servers.kafka_wire import KafkaError  # noqa: E402

SERVERS = None
KEYSPACE = "CREATE KEYSPACE {} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': 1}}"


def setUpModule():
    global SERVERS
    SERVERS = ServerSet(say=lambda line: print(line, file=sys.stderr), kafka={}, cassandra={}, registry={}).start()
    unittest.addModuleCleanup(SERVERS.close)


def produce(topic, records):
    """Every record acknowledged, or an exception."""
    failures = []
    producer = Producer({"bootstrap.servers": SERVERS.kafka.address, "acks": "all", "message.timeout.ms": 30_000, "linger.ms": 5})
    for key, value in records:
        producer.produce(topic, value, key, on_delivery=lambda error, message: failures.append(error) if error else None)
    if producer.flush(30) or failures:
        raise AssertionError(f"not delivered: {failures or 'time-out'}")


def consume(topic, partitions, count):
    """`count` (key, value, partition) from the begin of the topic, without a group."""
    consumer = Consumer({"bootstrap.servers": SERVERS.kafka.address, "group.id": str(uuid.uuid4()), "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, partition, 0) for partition in range(partitions)])
    seen = []
    while len(seen) < count:
        message = consumer.poll(30)
        if message is None or message.error():
            raise AssertionError(f"{len(seen)} of {count} records, then {message.error() if message else 'nothing'}")
        seen.append((message.key(), message.value(), message.partition()))
    consumer.close()
    return seen


class KafkaTest(unittest.TestCase):
    def test_gives_back_what_was_produced_in_order_for_each_key(self):
        SERVERS.kafka.create_topics([("orders", 3, {}), ("compacted", 1, {"cleanup.policy": "compact"})])
        produce("orders", [(f"k{i % 7}".encode(), f"{i}".encode()) for i in range(700)])
        seen = consume("orders", 3, 700)
        self.assertEqual(len({partition for _, _, partition in seen}), 3)
        for key in range(7):
            values = [int(value) for seen_key, value, _ in seen if seen_key == b"k%d" % key]
            self.assertEqual(values, list(range(key, 700, 7)))

    def test_keeps_acknowledged_records_over_a_kill_and_starts_on_the_same_port(self):
        SERVERS.kafka.create_topics([("kept", 1, {})])
        produce("kept", [(None, b"%d" % i) for i in range(100)])
        address = SERVERS.kafka.address
        SERVERS.kafka.kill()
        with self.assertRaises(OSError):
            socket.create_connection((SERVERS.kafka.host, SERVERS.kafka.port), 1)
        SERVERS.kafka.start()
        self.assertEqual(SERVERS.kafka.address, address)
        self.assertEqual([value for _, value, _ in consume("kept", 1, 100)], [b"%d" % i for i in range(100)])

    def test_answers_nothing_while_frozen_and_goes_on_after(self):
        SERVERS.kafka.freeze()
        try:
            with self.assertRaises(KafkaException):
                Producer({"bootstrap.servers": SERVERS.kafka.address}).list_topics(timeout=1)
        finally:
            SERVERS.kafka.thaw()
        self.assertIn(1, Producer({"bootstrap.servers": SERVERS.kafka.address}).list_topics(timeout=30).brokers)

    def test_refuses_a_topic_that_is_there(self):
        SERVERS.kafka.create_topics([("twice", 1, {})])
        with self.assertRaisesRegex(KafkaError, "topic twice: Kafka's error 36"):
            SERVERS.kafka.create_topics([("twice", 1, {})])
        SERVERS.kafka.delete_topics(["twice"])

    def test_forgets_a_deleted_topic(self):
        SERVERS.kafka.create_topics([("brief", 1, {})])
        SERVERS.kafka.delete_topics(["brief"])
        self.assertNotIn("brief", Producer({"bootstrap.servers": SERVERS.kafka.address}).list_topics(timeout=30).topics)


class CassandraTest(unittest.TestCase):
    def session(self):
        profile = ExecutionProfile(WhiteListRoundRobinPolicy([SERVERS.cassandra.host]), request_timeout=30)
        cluster = Cluster([SERVERS.cassandra.host], port=SERVERS.cassandra.port, execution_profiles={EXEC_PROFILE_DEFAULT: profile})
        self.addCleanup(cluster.shutdown)
        return cluster.connect()

    def test_gives_back_rows_with_their_time_to_live(self):
        session = self.session()
        session.execute(KEYSPACE.format("rows"))
        session.execute("CREATE TABLE rows.t (id text PRIMARY KEY, user uuid, tags set<text>)")
        user = uuid.uuid4()
        session.execute("INSERT INTO rows.t (id, user, tags) VALUES (%s, %s, %s) USING TTL 3600", ("a", user, {"x", "y"}))
        row = session.execute("SELECT id, user, tags, ttl(user) AS rest FROM rows.t WHERE id = 'a'").one()
        self.assertEqual((row.id, row.user, set(row.tags)), ("a", user, {"x", "y"}))
        self.assertTrue(0 < row.rest <= 3600, row.rest)

    def test_keeps_acknowledged_writes_over_a_kill(self):
        SERVERS.cassandra.execute(KEYSPACE.format("kept"), "CREATE TABLE kept.t (id int PRIMARY KEY)")
        session = self.session()
        write = session.prepare("INSERT INTO kept.t (id) VALUES (?)")
        for number in range(200):
            session.execute(write, (number,))
        SERVERS.cassandra.kill()
        SERVERS.cassandra.start()
        self.assertEqual({row.id for row in self.session().execute("SELECT id FROM kept.t")}, set(range(200)))

    def test_is_in_the_data_centre_dc1(self):
        profile = ExecutionProfile(DCAwareRoundRobinPolicy("dc1"))
        cluster = Cluster([SERVERS.cassandra.host], port=SERVERS.cassandra.port, execution_profiles={EXEC_PROFILE_DEFAULT: profile})
        self.addCleanup(cluster.shutdown)
        self.assertEqual(cluster.connect().execute("SELECT data_center FROM system.local").one().data_center, "dc1")

    def test_says_what_is_wrong_with_a_statement(self):
        with self.assertRaisesRegex(ValueError, "error 0x2200: .*nowhere.*\n  in: SELECT"):
            SERVERS.cassandra.execute("SELECT * FROM nowhere.t")
        with self.assertRaises(cassandra.InvalidRequest):
            self.session().execute("SELECT * FROM nowhere.t")


class RegistryTest(unittest.TestCase):
    def ask(self, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/vnd.schemaregistry.v1+json"}
        with urllib.request.urlopen(urllib.request.Request(SERVERS.registry.url + path, data, headers), timeout=30) as answer:
            return json.load(answer)

    def test_gives_back_a_registered_schema_by_its_id(self):
        schema = json.dumps({"type": "record", "name": "Click", "fields": [{"name": "cookie", "type": "string"}]})
        number = self.ask("/subjects/clicks-value/versions", {"schema": schema})["id"]
        self.assertEqual(json.loads(self.ask(f"/schemas/ids/{number}")["schema"]), json.loads(schema))
        self.assertEqual(self.ask("/subjects/clicks-value/versions"), [1])

    def test_says_that_a_subject_is_missing(self):
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.ask("/subjects/missing/versions/latest")
        self.assertEqual((caught.exception.code, json.load(caught.exception)["error_code"]), (404, 40401))


class CommandLineTest(unittest.TestCase):
    def run_servers(self, *arguments):
        return subprocess.run([HERE / "servers", *arguments], capture_output=True, text=True, timeout=300, check=False)

    def test_ends_with_the_exit_code_of_the_command_and_keeps_the_logs(self):
        done = self.run_servers("run", "--kafka", "--", "sh", "-c", "test -n \"$MESSINA_KAFKA\" && test -z \"$MESSINA_CASSANDRA\" && exit 7")
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertRegex(done.stderr, "logs are kept in ")

    def test_leaves_no_server_behind_when_it_is_killed(self):
        with subprocess.Popen([HERE / "servers", "run", "--kafka", "--", "sh", "-c", "echo $MESSINA_KAFKA; exec cat"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as runner:
            host, port = runner.stdout.readline().strip().split(":")
            connection = socket.create_connection((host, int(port)), 10)
            connection.settimeout(30)
            os.kill(runner.pid, signal.SIGKILL)
            with connection:
                try:
                    self.assertEqual(connection.recv(1), b"")  # its end is the server's death
                except ConnectionResetError:
                    pass

    def test_up_serves_until_down(self):
        with tempfile.TemporaryDirectory() as state:
            up = self.run_servers("up", "--kafka", "--state", state)
            try:
                self.assertEqual(up.returncode, 0, up.stderr)
                used = self.run_servers("use", "--state", state, "--", "sh", "-c", "echo export MESSINA_KAFKA=$MESSINA_KAFKA")
                self.assertEqual(used.stdout, up.stdout)
            finally:
                down = self.run_servers("down", "--state", state)
            self.assertEqual(down.returncode, 0, down.stderr)
            self.assertIn("no servers are up", self.run_servers("use", "--state", state, "--", "true").stderr)

    def test_says_that_a_port_is_taken(self):
        with self.assertRaisesRegex(ServerError, f"port {SERVERS.kafka.port} on 127.0.0.1 is taken\n  hint: "):
            with ServerSet(kafka={"port": SERVERS.kafka.port}):
                pass

    def test_shows_the_log_of_a_server_that_does_not_start(self):
        with self.assertRaisesRegex(ServerError, "(?s)kafka ended with exit code 1 while it started.*num.io.threads"):
            with ServerSet(kafka={"properties": {"num.io.threads": "many"}}):
                pass

    def test_says_which_line_of_a_list_is_wrong(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("# comment\norg.example:only-two\n")
            file.flush()
            with self.assertRaisesRegex(FetchError, ":2: want group:artifact:version"):
                read_list(Path(file.name))


if __name__ == "__main__":
    unittest.main()
