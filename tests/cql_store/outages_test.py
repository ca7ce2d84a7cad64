"""A cluster that dies, freezes or is not there: pipelines wait for it and lose nothing. Has a Cassandra of its own to hurt."""
import pathlib
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from servers import ServerSet
from world import PATIENCE_S, StoreTest, connect, wait_until

RECORDS = 20000
WRITE = """
pipeline: write
source: { file: { path: in.jsonl, format: json } }
sinks: [ { table: { table: t, key: { id: event.id }, set: { v: event.id } } } ]
workers: 1
"""
LOOK_UP = """
pipeline: look-up
source: { file: { path: in.jsonl, format: json } }
steps:
  - lookup: { into: row, table: t, key: { id: event.id }, columns: [v], on_miss: dead_letter, timeout: 60s, cache: { ttl: 1ms } }
  - set: { v: row.v }
sinks: [ { file: { path: out.jsonl, format: json } } ]
workers: 1
"""


class Outages(StoreTest):
    def setUp(self):
        super().setUp()
        self.session.execute("CREATE TABLE t (id int PRIMARY KEY, v int)")
        self.write_events([{"id": n} for n in range(RECORDS)])

    def drop_keyspace(self):
        """It goes with its Cassandra."""

    def count(self):
        return self.session.execute("SELECT count(*) FROM t").one()[0]

    def wait_for_rows(self, at_least):
        wait_until(lambda: self.count() >= at_least, "rows")

    def finish(self, process):
        _, errors = process.communicate(timeout=PATIENCE_S * 2)
        self.assertEqual(process.returncode, 0, errors)
        return errors

    def assert_all_written(self):
        # The client of before has marked the node as down.
        cluster = connect(self.address)
        self.addCleanup(cluster.shutdown)
        found = sorted(cluster.connect(self.keyspace).execute("SELECT id, v FROM t"))
        self.assertEqual(found, [(n, n) for n in range(RECORDS)])

    def store(self, more=""):
        return super().store(more).replace("request_timeout: 30s", "request_timeout: 5s")

    def test_writes_go_on_after_a_kill_and_a_restart(self):
        process = self.start(self.store() + WRITE)
        self.wait_for_rows(500)
        self.servers.cassandra.kill()
        self.servers.cassandra.start()
        self.finish(process)
        self.assert_all_written()

    def test_writes_go_on_after_a_node_was_frozen(self):
        process = self.start(self.store() + WRITE)
        self.wait_for_rows(500)
        self.servers.cassandra.freeze()
        # Longer than keepalive and request time-out together.
        thaw = threading.Timer(10, self.servers.cassandra.thaw)
        thaw.start()
        errors = self.finish(process)
        thaw.join()
        self.assert_all_written()
        self.assertIn("retried", errors)

    def test_look_ups_go_on_after_a_kill_and_a_restart(self):
        insert = self.session.prepare("INSERT INTO t (id, v) VALUES (?, ?)")
        for futures in ([self.session.execute_async(insert, (n, n)) for n in range(begin, begin + 1000)] for begin in range(0, RECORDS, 1000)):
            for future in futures:
                future.result()
        process = self.start(self.store() + LOOK_UP)
        out = self.folder / "out.jsonl"
        deadline = time.monotonic() + PATIENCE_S
        while not out.exists() or out.stat().st_size == 0:
            self.assertLess(time.monotonic(), deadline, "nothing comes out")
        self.servers.cassandra.kill()
        self.servers.cassandra.start()
        self.finish(process)
        self.assertEqual(self.read_events(), [{"id": n, "v": n} for n in range(RECORDS)])

    def test_a_run_without_a_cluster_ends_soon_and_says_why(self):
        begin = time.monotonic()
        result = self.messina("run", self.store().replace(self.address, "127.0.0.1:1") + WRITE)
        self.assertEqual(result.returncode, 69, result.stderr)
        self.assertIn("store s: ", result.stderr)
        self.assertIn("contact_points", result.stderr)
        self.assertLess(time.monotonic() - begin, 10)

    def test_a_run_at_a_frozen_node_ends_when_its_time_is_over(self):
        self.servers.cassandra.freeze()
        try:
            result = self.messina("run", self.store().replace("connect_timeout: 60s", "connect_timeout: 2s") + WRITE)
        finally:
            self.servers.cassandra.thaw()
        self.assertEqual(result.returncode, 69, result.stderr)
        self.assertIn("store s: ", result.stderr)


if __name__ == "__main__":
    StoreTest.binary = sys.argv.pop(1)
    with ServerSet(cassandra={}) as servers:
        StoreTest.servers = servers
        StoreTest.address = servers.cassandra.address
        unittest.main()
