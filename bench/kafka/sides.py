"""The programs that bench/jobs/enrich-kafka.py runs against each other: how each is built and started."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "tests"))
from servers.artifacts import fetch  # noqa: E402
from servers.java import find_java  # noqa: E402

PEERS = ROOT / "bench" / "peers"
BUILT = ROOT / "build" / "peers"
SCHEMAS = ROOT / "bench" / "kafka"
DATA = BUILT / "rust" / "release" / "enrich-data"
RUST = BUILT / "rust" / "release" / "enrich-rust"
PYTHON = ROOT / "build" / "clients-venv" / "bin" / "python"
PIPELINE = SCHEMAS / "enrich.yaml"
MESSINA = ROOT / "build" / "release" / "messina"
CACHE_BYTES_MIN = 64 << 10  # what Messina takes; a time to live of 0 turns its cache off


class Side:
    """`command(run)` is the command line of one run; `environment(run)` what it wants beside the servers' addresses; `is_plain` marks
    the form of a program that is also killed and started again."""

    def __init__(self, name, command, environment=lambda run: {}, has_state=False, has_cache=True, is_plain=True):
        self.name = name
        self.command = command
        self.environment = environment
        self.has_state = has_state
        self.has_cache = has_cache
        self.is_plain = is_plain


class Run:
    """What one run of a side is given: a consumer group and an output topic of its own, a folder, the bytes of its cache, schema ids."""

    def __init__(self, group, topic, folder, cache_bytes, enriched_schema_id):
        self.group = group
        self.topic = topic
        self.folder = folder
        self.state = folder / "state"
        self.cache_bytes = cache_bytes
        self.enriched_schema_id = enriched_schema_id


def _streams(kind, avro):
    libraries = fetch(PEERS / "kafka-streams" / "streams.txt")

    def command(run):
        return [find_java(), "-Xmx512m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp",
                f"{BUILT / 'kafka-streams'}:{libraries}/*", "Main", run.group, run.topic, run.state, kind, avro, SCHEMAS, run.enriched_schema_id]

    name = "KTable" if kind == "table" else "GlobalKTable"
    return Side(f"kafka-streams {name}, {avro}", command, has_state=True, has_cache=False,
                is_plain=(kind, avro) == ("table", "splice"))


def _rust(avro):
    return Side(f"rust, {avro}", lambda run: [RUST, run.group, run.topic, run.cache_bytes, avro, run.enriched_schema_id],
                is_plain=avro == "splice")


def _python():
    return Side("python", lambda run: [PYTHON, PEERS / "enrich-python" / "enrich.py", run.group, run.topic, run.cache_bytes, SCHEMAS,
                                       run.enriched_schema_id])


def _messina():
    return Side("messina",
                lambda run: [MESSINA, "run", "--no-progress", "--no-summary", "--summary-json", run.folder / "summary.json",
                             PIPELINE],
                lambda run: {"MESSINA_BENCH_GROUP": run.group, "MESSINA_BENCH_OUTPUT": run.topic,
                             "MESSINA_BENCH_CACHE": f"{max(run.cache_bytes, CACHE_BYTES_MIN)}B",
                             "MESSINA_BENCH_CACHE_TTL": "1h" if run.cache_bytes else "0ms"})


def all_sides():
    """Messina first; of the peers the quickest form of each first."""
    return [_messina(), _rust("splice"), _rust("crate"), _streams("global", "splice"), _streams("table", "splice"),
            _streams("table", "generic"), _python()]


def why_no_messina():
    """Why Messina's side can't run, or nothing."""
    if not MESSINA.exists():
        return "build/release/messina is not built"
    listed = subprocess.run([MESSINA, "list"], capture_output=True, text=True, check=True).stdout
    sources = listed.split("sources\n", 1)[-1].split("steps\n", 1)[0]
    if not any(line.split()[:1] == ["kafka"] for line in sources.splitlines()):
        return "build/release/messina has no `kafka` source"
    placeholders = {"MESSINA_KAFKA": "127.0.0.1:9092", "MESSINA_CASSANDRA": "127.0.0.1:9042", "MESSINA_REGISTRY": "http://127.0.0.1:8081",
                    "MESSINA_BENCH_GROUP": "g", "MESSINA_BENCH_OUTPUT": "t", "MESSINA_BENCH_CACHE": f"{CACHE_BYTES_MIN}B", "MESSINA_BENCH_CACHE_TTL": "1h"}
    checked = subprocess.run([MESSINA, "check", PIPELINE], capture_output=True, text=True, check=False,
                             env={**os.environ, **placeholders})
    if checked.returncode != 0:
        return "build/release/messina refuses bench/kafka/enrich.yaml: " + (checked.stderr or checked.stdout).strip().split("\n")[0]
    return None


def build(sides):
    for crate in ("bench/kafka", "bench/peers/enrich-rust"):
        subprocess.run(["cargo", "build", "--quiet", "--release", "--locked", "--manifest-path", ROOT / crate / "Cargo.toml",
                        "--target-dir", BUILT / "rust"], check=True)
    if any(side.name.startswith("kafka-streams") for side in sides):
        classes = BUILT / "kafka-streams"
        classes.mkdir(parents=True, exist_ok=True)
        libraries = fetch(PEERS / "kafka-streams" / "streams.txt")
        subprocess.run(["javac", "-Xlint:all", "-Werror", "-d", classes, "-cp", f"{libraries}/*",
                        *sorted((PEERS / "kafka-streams").glob("*.java"))], check=True)
    if any(side.name == "python" for side in sides):
        subprocess.run([ROOT / "tests" / "servers" / "python", "-c", ""], check=True)  # makes the virtual environment
