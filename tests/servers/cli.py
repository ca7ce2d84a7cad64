"""The command line: run, up, down, use, fetch. Parsing and words only; keeper.py and server_set.py do the work."""

import argparse
import os
import signal
import subprocess
import sys

from . import keeper
from .artifacts import HERE, FetchError, fetch
from .cassandra_server import COMMITLOG_SYNC
from .java import JavaError, find_java
from .kafka_wire import KafkaError
from .server import ServerError, spawn
from .server_set import KINDS, ServerSet

USAGE = """\
servers run [SERVERS] [--topic NAME:PARTITIONS[:KEY=VALUE]…] [--cql STATEMENT]… -- COMMAND…
servers up [SERVERS] [--while-parent-lives]
servers use -- COMMAND…
servers down
servers fetch

SERVERS is any of --kafka[=PORT] --cassandra[=PORT] --registry[=PORT]; none named means all three. A server without a port takes a free
one. COMMAND finds the addresses in MESSINA_KAFKA (host:port), MESSINA_CASSANDRA (host:port) and MESSINA_REGISTRY (URL).

  run    starts the servers, runs COMMAND, stops them, and ends with COMMAND's exit code
  up     starts the servers and leaves them; `use` runs a command with their addresses, `down` stops them
  fetch  only downloads what the servers are made of, into MESSINA_SERVERS_DIR (default build/servers)
"""


class Interrupted(BaseException):
    """A signal asks us to end."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def say(line):
    print(f"servers: {line}", file=sys.stderr, flush=True)


def parser():
    top = argparse.ArgumentParser(prog="servers", usage=USAGE, add_help=True)
    top.add_argument("verb", choices=["run", "up", "down", "use", "fetch"])
    for name in KINDS:
        top.add_argument(f"--{name}", nargs="?", type=int, const=0, metavar="PORT")
    top.add_argument("--topic", action="append", default=[], metavar="NAME:PARTITIONS[:KEY=VALUE]", help="make this topic in Kafka")
    top.add_argument("--cql", action="append", default=[], metavar="STATEMENT", help="run this statement in Cassandra")
    top.add_argument("--commitlog-sync", choices=sorted(COMMITLOG_SYNC), default="group", help="how durable Cassandra's writes are at a kill")
    top.add_argument("--for-bench", action="store_true", help="full compilation and larger heaps")
    top.add_argument("--state", metavar="FOLDER", help="where `up` leaves word for `use` and `down` (default: in MESSINA_SERVERS_DIR)")
    top.add_argument("--while-parent-lives", action="store_true", help="up: stop when the calling process ends, however it ends")
    return top


def wanted_servers(options):
    named = [name for name in KINDS if getattr(options, name) is not None] or list(KINDS)
    wanted = {}
    for name in named:
        wanted[name] = {"port": getattr(options, name) or None}
        if name == "cassandra":
            wanted[name].update(commitlog_sync=options.commitlog_sync, for_bench=options.for_bench)
        if name == "kafka":
            wanted[name].update(for_bench=options.for_bench)
    return wanted


def topics(texts):
    """NAME:PARTITIONS[:KEY=VALUE…] as create_topics wants it."""
    parsed = []
    for text in texts:
        name, partitions, *configs = text.split(":")
        parsed.append((name, int(partitions), dict(config.split("=", 1) for config in configs)))
    return parsed


def fill(servers, options):
    if options.topic:
        servers.kafka.create_topics(topics(options.topic))
    if options.cql:
        servers.cassandra.execute(*options.cql)


def run(options, command):
    servers = ServerSet(say=say, **wanted_servers(options))
    code = 1
    try:
        servers.start()
        fill(servers, options)
        child = spawn(command, signal.SIGTERM, env={**os.environ, **servers.environment()})
        try:
            code = child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(30)
                except subprocess.TimeoutExpired:
                    child.kill()
        for name in servers.dead():
            say(f"{name} died while the command ran\n{servers.servers[name].log_end()}")
            code = code or 1
    finally:
        servers.close(is_failure=code != 0)
    return code if code >= 0 else 128 - code


def interrupt(number, _):
    raise Interrupted(number)


def dispatch(options, command):
    if options.verb == "fetch":
        find_java()
        for name in [*KINDS, "kafka_tools"]:
            say(f"{name}: {fetch(HERE / f'{name}.txt', say)}")
        return 0
    if options.verb == "run":
        return run(options, command)
    if options.verb == "down":
        return keeper.down(options.state, say)
    if options.verb == "use":
        environment = keeper.environment(options.state)
        os.execvpe(command[0], command, {**os.environ, **environment})
    return keeper.up(options.state, wanted_servers(options), lambda servers: fill(servers, options), options.while_parent_lives, say)


def main(arguments):
    split = arguments.index("--") if "--" in arguments else len(arguments)
    top = parser()
    options = top.parse_args(arguments[:split])
    command = arguments[split + 1:]
    if (options.verb in ("run", "use")) != bool(command):
        top.error(f"{options.verb} {'needs -- COMMAND' if not command else 'takes no command'}")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        return dispatch(options, command)
    except (FetchError, JavaError, ServerError, KafkaError, OSError) as error:
        say(f"FAILED: {error}")
        return 1
    except Interrupted as interrupted:
        return 128 + interrupted.number
