"""Keyspaces, files and runs of the binary for the tests of this folder, through ScyllaDB's Python driver."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import uuid

from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import WhiteListRoundRobinPolicy
from cassandra.query import tuple_factory

PATIENCE_S = 120


def connect(address):
    host, port = address.rsplit(":", 1)
    profile = ExecutionProfile(load_balancing_policy=WhiteListRoundRobinPolicy([host]), row_factory=tuple_factory, request_timeout=PATIENCE_S)
    return Cluster([host], port=int(port), execution_profiles={EXEC_PROFILE_DEFAULT: profile}, protocol_version=4,
                   connect_timeout=PATIENCE_S, control_connection_timeout=PATIENCE_S)


def wait_until(condition, what):
    """Asks the cluster again until it holds; the pause is that of the question itself."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"never seen: {what}")


class StoreTest(unittest.TestCase):
    """A keyspace and a folder of its own."""
    binary = None
    address = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="messina_cql_"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.keyspace = f"t_{uuid.uuid4().hex[:12]}"
        cluster = connect(self.address)
        self.addCleanup(cluster.shutdown)
        self.session = cluster.connect()
        self.session.execute(f"CREATE KEYSPACE {self.keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': 1}}")
        self.addCleanup(self.drop_keyspace)
        self.session.set_keyspace(self.keyspace)

    def drop_keyspace(self):
        self.session.execute(f"DROP KEYSPACE {self.keyspace}")

    def store(self, more=""):
        return (f'stores: {{ s: {{ cql: {{ contact_points: ["{self.address}"], local_dc: dc1, keyspace: {self.keyspace}, '
                f'request_timeout: 30s, connect_timeout: 60s{more} }} }} }}')

    def write_events(self, events, name="in.jsonl"):
        (self.folder / name).write_text("".join(json.dumps(event) + "\n" for event in events))

    def read_events(self, name="out.jsonl"):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def write_pipeline(self, text):
        path = self.folder / f"{uuid.uuid4().hex[:8]}.yaml"
        path.write_text(text)
        return path

    def messina(self, verb, text, *arguments):
        return subprocess.run([self.binary, verb, self.write_pipeline(text), *arguments], capture_output=True, text=True,
                              timeout=PATIENCE_S * 2, cwd=self.folder)

    def start(self, text):
        """A run with a pipe for its standard input; its closing summary goes to summary.json."""
        process = subprocess.Popen([self.binary, "run", self.write_pipeline(text), "--summary-json", "summary.json"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder)
        self.addCleanup(process.kill)
        return process

    def run_well(self, text):
        result = self.messina("run", text)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def rows(self, query):
        return sorted(self.session.execute(query))
