"""The servers of one test run: started together, always stopped together, logs kept when something went wrong."""

import os
import shutil
import time
from pathlib import Path

from .artifacts import cache_dir
from .cassandra_server import Cassandra
from .kafka_server import Kafka
from .registry_server import Registry

KINDS = {"kafka": Kafka, "cassandra": Cassandra, "registry": Registry}
LOGS_KEPT = 10


def remove_orphans(folder):
    """What a killed owner could not remove: folders are named after the process that owns them."""
    for path in folder.glob("*-*"):
        owner = path.name.split("-", 1)[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(path, ignore_errors=True)


class ServerSet:
    """with ServerSet(kafka={}, cassandra={"commitlog_sync": "batch"}) as servers: servers.kafka.create_topics(…)

    Each argument holds the options of that server's class; what is not named is not started. Not to be entered twice.
    """

    def __init__(self, say=lambda line: None, **wanted):
        runs = cache_dir() / "run"
        runs.mkdir(parents=True, exist_ok=True)
        remove_orphans(runs)
        self.say = say
        self.directory = runs / f"{os.getpid()}-{time.monotonic_ns()}"
        self.servers = {}
        self._is_closed = False
        for name, options in wanted.items():
            self.servers[name] = KINDS[name](self.directory / name, say=say, **options)

    def __getattr__(self, name):
        try:
            return self.__dict__["servers"][name]
        except KeyError:
            raise AttributeError(f"no server {name} in this set") from None

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, error, trace):
        self.close(is_failure=kind is not None)

    def start(self):
        try:
            for server in self.servers.values():
                server.start(wait=False)
            for server in self.servers.values():
                server.wait_ready()
                self.say(f"{server.name} on {server.address}, ready in {server.ready_seconds:.1f} s")
        except BaseException:
            self.close(is_failure=True)
            raise
        return self

    def environment(self):
        variables = {}
        for server in self.servers.values():
            variables.update(server.environment())
        return variables

    def dead(self):
        """Names of servers whose process ended by itself."""
        return [server.name for server in self.servers.values() if server.process is not None and not server.is_alive()]

    def close(self, is_failure=False):
        """Stops everything and removes the data; after a failure the logs stay, and their place is said. Once is enough."""
        if self._is_closed:
            return
        self._is_closed = True
        for server in self.servers.values():
            server.discard()
        if is_failure:
            self._keep_logs()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _keep_logs(self):
        logs = cache_dir() / "logs"
        target = logs / self.directory.name
        target.mkdir(parents=True, exist_ok=True)
        for server in self.servers.values():
            if server.log_path.is_file():
                shutil.copy(server.log_path, target / f"{server.name}.txt")
        for old in sorted(logs.iterdir(), key=lambda path: path.stat().st_mtime)[:-LOGS_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        self.say(f"the servers' logs are kept in {target}")
