"""Apache Kafka: one process that is broker and controller, without authentication."""

import shutil
import subprocess
import time
import uuid
import base64

from . import kafka_wire
from .artifacts import HERE, cache_dir, fetch, locked
from .java import SharedClasses, find_java
from .ports import free_ports
from .server import Server, ServerError

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={data}
num.partitions=8
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.min.session.timeout.ms=1000
group.consumer.min.heartbeat.interval.ms=500
num.network.threads=2
num.io.threads=2
num.recovery.threads.per.data.dir=1
log.retention.hours=24
log.cleaner.dedupe.buffer.size=16777216
log.cleaner.io.buffer.size=131072
"""
TOPIC_SECONDS = 30


class Kafka(Server):
    """`properties` adds to or overrides PROPERTIES. With `for_bench` the JVM compiles fully and has more memory."""

    name = "kafka"

    def __init__(self, directory, host="127.0.0.1", port=None, properties=None, for_bench=False, say=lambda line: None):
        controller_port, given_port = free_ports(2, host)
        super().__init__(directory, host, port or given_port)
        self.controller_port = controller_port
        self.properties = dict(properties or {})
        self.for_bench = for_bench
        self.say = say
        self.java = find_java()
        self.libraries = fetch(HERE / "kafka.txt", say)

    def _class_path(self):
        return ":".join(str(path) for path in sorted(self.libraries.glob("*.jar")))

    def prepare(self):
        data = self.directory / "data"
        text = PROPERTIES.format(host=self.host, port=self.port, controller_port=self.controller_port, data=data)
        text += "".join(f"{key}={value}\n" for key, value in self.properties.items())
        (self.directory / "server.properties").write_text(text)
        shutil.copytree(self._formatted(), data)

    def _formatted(self):
        """A data folder as Kafka's own tool formats it: no port is in it, so one serves every start and saves a JVM each."""
        target = cache_dir() / f"{self.libraries.name}-formatted"
        with locked(cache_dir() / "kafka-format.lock"):
            if not target.is_dir():
                partial = target.with_name(target.name + ".partial")
                shutil.rmtree(partial, ignore_errors=True)
                config = self.directory / "format.properties"
                config.write_text(PROPERTIES.format(host=self.host, port=self.port, controller_port=self.controller_port, data=partial))
                cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
                done = subprocess.run([self.java, "-XX:TieredStopAtLevel=1", "-cp", self._class_path(), "kafka.tools.StorageTool", "format",
                                       "-t", "m" + cluster[1:], "-c", config], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                      check=False)
                if done.returncode != 0:
                    raise ServerError(f"kafka: the storage tool failed with exit code {done.returncode}\n{done.stdout[-3000:]}")
                partial.rename(target)
        return target

    def command(self):
        class_path = self._class_path()
        if self.for_bench:
            flags = ["-Xms512m", "-Xmx512m", "-XX:+UseSerialGC"]
        else:
            flags = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        self.shared_classes = SharedClasses("kafka", self.java, [class_path, *flags])
        return [self.java, *flags, *self.shared_classes.flags(), "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS", "-cp", class_path, "kafka.Kafka",
                self.directory / "server.properties"]

    def ask(self):
        brokers, controller, _ = kafka_wire.metadata((self.host, self.port))
        if brokers < 1 or controller < 0:
            raise ValueError(f"{brokers} brokers, controller {controller}")

    def environment(self):
        return {"MESSINA_KAFKA": self.address}

    def create_topics(self, topics):
        """topics: [(name, partitions, {config: value})], all at once. Returns when every partition has a leader."""
        address = (self.host, self.port)
        kafka_wire.create_topics(address, topics)
        wanted = {name: partitions for name, partitions, _ in topics}
        deadline = time.monotonic() + TOPIC_SECONDS
        while True:
            _, _, seen = kafka_wire.metadata(address, list(wanted))
            if all(len(seen[name][1]) == count and min(seen[name][1].values()) >= 0 for name, count in wanted.items()):
                return
            if time.monotonic() > deadline:
                raise ServerError(f"kafka: created topics have no leaders after {TOPIC_SECONDS} s: {seen}")
            time.sleep(0.02)  # the pace of asking

    def delete_topics(self, names):
        kafka_wire.delete_topics((self.host, self.port), names)
