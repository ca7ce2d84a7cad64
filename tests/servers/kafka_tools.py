"""Kafka's own command-line clients, in Java: what they read and write is what Kafka's users see."""

import subprocess

from .artifacts import HERE, fetch
from .java import find_java

TOOL_SECONDS = 120
LISTS = ("kafka_tools.txt", "kafka.txt")


def run_tool(main_class, *arguments, text=""):
    """What the program prints; `text` is what it reads. Raises with what it says when it fails."""
    folders = [fetch(HERE / name) for name in LISTS]
    class_path = ":".join(str(jar) for folder in folders for jar in sorted(folder.glob("*.jar")))
    done = subprocess.run([find_java(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", class_path, main_class,
                           *map(str, arguments)], input=text, capture_output=True, text=True, timeout=TOOL_SECONDS, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{main_class} ended with exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def console_consumer(address, topic, count, key_deserializer="StringDeserializer"):
    """(partition, key, value) of the first `count` records, as texts."""
    printed = run_tool("org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", address, "--topic", topic,
                       "--from-beginning", "--max-messages", count, "--timeout-ms", TOOL_SECONDS * 500,
                       "--formatter-property", "print.key=true", "--formatter-property", "print.partition=true",
                       "--formatter-property", f"key.deserializer=org.apache.kafka.common.serialization.{key_deserializer}")
    records = [line.split("\t", 2) for line in printed.splitlines() if line.startswith("Partition:")]
    return [(int(partition.removeprefix("Partition:")), key, value) for partition, key, value in records]


def console_producer(address, topic, records):
    """Writes (key, value) texts."""
    run_tool("org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server", address, "--topic", topic,
             "--reader-property", "parse.key=true", text="".join(f"{key}\t{value}\n" for key, value in records))
