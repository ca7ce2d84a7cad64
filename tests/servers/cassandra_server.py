"""Apache Cassandra: one node on loopback. Several nodes make a cluster when each has a loopback address of its own and the same seeds."""

from . import cql_wire
from .artifacts import HERE, fetch
from .java import SharedClasses, find_java
from .ports import free_ports
from .server import Server

# `periodic` loses the last acknowledged writes at a kill; `group` and `batch` keep all. `group` waits a few milliseconds for company,
# so it needs more writers; `batch` makes sequential writers slow.
COMMITLOG_SYNC = {
    "group": ("commitlog_sync: group\ncommitlog_sync_group_window: 5ms", 64),
    "batch": ("commitlog_sync: batch", 64),
    "periodic": ("commitlog_sync: periodic\ncommitlog_sync_period: 1000ms", 16),
}
LOGBACK = """\
<configuration scan="false">
  <appender name="STDOUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level [%thread] %logger{20}:%L - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="STDOUT"/></root>
</configuration>
"""
EXPORTS = ("java.base/jdk.internal.misc java.base/jdk.internal.ref java.base/java.lang.ref java.base/sun.nio.ch "
           "java.management.rmi/com.sun.jmx.remote.internal.rmi java.rmi/sun.rmi.registry java.rmi/sun.rmi.server java.sql/java.sql "
           "jdk.unsupported/sun.misc jdk.compiler/com.sun.tools.javac.file jdk.attach/sun.tools.attach").split()
OPENS = [f"java.base/{package}" for package in (
    "java.lang java.util java.io java.nio java.lang.module java.lang.reflect java.net java.util.concurrent java.util.concurrent.atomic "
    "jdk.internal.loader jdk.internal.ref jdk.internal.reflect jdk.internal.math jdk.internal.module jdk.internal.util.jar sun.nio.ch"
).split()] + ["jdk.management/com.sun.management.internal", "jdk.compiler/com.sun.tools.javac"]


class Cassandra(Server):
    """`commitlog_sync` as in COMMITLOG_SYNC; `seeds` are host:storage_port; `extra_yaml` replaces or adds top-level lines `key: value`."""

    name = "cassandra"

    def __init__(self, directory, host="127.0.0.1", port=None, commitlog_sync="group", datacenter="dc1", rack="rack1", seeds=None,
                 storage_port=None, extra_yaml=None, for_bench=False, say=lambda line: None):
        given_storage_port, given_port = free_ports(2, host)
        super().__init__(directory, host, port or given_port)
        self.storage_port = storage_port or given_storage_port
        self.commitlog_sync = commitlog_sync
        self.datacenter = datacenter
        self.rack = rack
        self.seeds = seeds or f"{host}:{self.storage_port}"
        self.extra_yaml = dict(extra_yaml or {})
        self.for_bench = for_bench
        self.java = find_java()
        self.libraries = fetch(HERE / "cassandra.txt", say)

    def prepare(self):
        sync, writers = COMMITLOG_SYNC[self.commitlog_sync]
        text = (HERE / "cassandra.yaml.in").read_text().format(
            host=self.host, port=self.port, storage_port=self.storage_port, seeds=self.seeds, data=self.directory / "data",
            commitlog_sync=sync, concurrent_writes=writers, memtable_mib=256 if self.for_bench else 64,
            transport_threads=64 if self.for_bench else 16)
        lines = [line for line in text.splitlines() if line.split(":", 1)[0] not in self.extra_yaml]
        lines += [f"{key}: {value}" for key, value in self.extra_yaml.items()]
        (self.directory / "cassandra.yaml").write_text("\n".join(lines) + "\n")
        (self.directory / "rackdc.properties").write_text(f"dc={self.datacenter}\nrack={self.rack}\n")
        (self.directory / "logback.xml").write_text(LOGBACK)
        (self.directory / "triggers").mkdir(exist_ok=True)

    def command(self):
        class_path = ":".join(str(path) for path in sorted(self.libraries.glob("*.jar")))
        agent = next(self.libraries.glob("jamm-*.jar"))
        if self.for_bench:
            flags = ["-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=512m"]
        else:
            flags = ["-Xms96m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxDirectMemorySize=128m"]
        flags += ["-Xss512k", "-XX:+ExitOnOutOfMemoryError", f"-javaagent:{agent}", "-Djdk.attach.allowAttachSelf=true"]
        for package in EXPORTS:
            flags += ["--add-exports", f"{package}=ALL-UNNAMED"]
        for package in OPENS:
            flags += ["--add-opens", f"{package}=ALL-UNNAMED"]
        self.shared_classes = SharedClasses("cassandra", self.java, [class_path, *flags],
                                            ["-XX:+UnlockDiagnosticVMOptions", "-XX:+AllowArchivingWithJavaAgent"])
        here = self.directory.as_uri()
        return [self.java, *self.shared_classes.flags(), *flags,
                "-Dio.netty.tryReflectionSetAccessible=true", "-Dio.netty.allocator.maxOrder=11", "-Djava.net.preferIPv4Stack=true",
                "-Djava.awt.headless=true", f"-Dcassandra.config={here}/cassandra.yaml", f"-Dcassandra.storagedir={self.directory}/data",
                f"-Dcassandra.logdir={self.directory}", "-Dcassandra-foreground=yes", f"-Dlogback.configurationFile={here}/logback.xml",
                f"-Dcassandra-rackdc.properties={here}/rackdc.properties", f"-Dcassandra.triggers_dir={self.directory}/triggers",
                "-Dcassandra.ring_delay_ms=1", "-Dcassandra.skip_wait_for_gossip_to_settle=0", "-Dcassandra.superuser_setup_delay_ms=0",
                "-cp", class_path, "org.apache.cassandra.service.CassandraDaemon"]

    def ask(self):
        self.execute("SELECT key FROM system.local")

    def environment(self):
        return {"MESSINA_CASSANDRA": self.address}

    def execute(self, *statements):
        """Statements without values, in order: for making keyspaces and tables."""
        cql_wire.execute((self.host, self.port), statements)
