"""2 M Avro events of about 200 bytes on 8 partitions, enriched by the user of their cookie, from Kafka to Kafka: Messina and hand-written
Rust and Python programs look the user up in Cassandra (1 M rows), Kafka Streams joins with the topic of the same rows in RocksDB.

One broker, one Cassandra. The sides run one after the other on one core (the last; MESSINA_BENCH_CORES names others), the servers on the
rest. Each must write exactly the records that the generator expects: the checksum is over partition, key and value. Cases are shares of
cache hits: cookies by Zipf's law, all sides with the same bound of their cache in bytes. `90 %` is the one that the bars are held
against and in which every side runs, the others are for Messina and Rust; in `0 %` every cookie is as likely, there is no cache, and
Kafka Streams runs too. Below 90 % the records per second are Cassandra's when it has one core: compare the CPU.

records_per_s: from the first to the last output, by the broker's clock. cpu_s_per_million: the process's own, by the kernel's account;
of Kafka Streams without its start and the loading of its table (`…_whole` has them). cache_hit_share: of records that needed no read.
recovery: from the start after `kill -9` to the first output, by the broker's clock, and how many records came twice; Kafka Streams once
with its state and once without (a container that moved).

For a smaller or narrower run: MESSINA_BENCH_EVENTS, MESSINA_BENCH_ROWS, MESSINA_BENCH_RUNS, MESSINA_BENCH_CASES="90 %,0 %",
MESSINA_BENCH_SIDES="rust, splice;python", MESSINA_BENCH_RECOVERY=0.
"""
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "bench" / "kafka"))
sys.path.append(str(ROOT / "tests"))
import sides as programs  # noqa: E402
from servers import ServerSet  # noqa: E402
from servers.server import spawn  # noqa: E402

EVENTS = int(os.environ.get("MESSINA_BENCH_EVENTS", 2_000_000))
ROWS = int(os.environ.get("MESSINA_BENCH_ROWS", 1_000_000))
RUNS = int(os.environ.get("MESSINA_BENCH_RUNS", 1))
CACHE_BYTES = 32 << 20
CASES = {"90 %": (1.12, CACHE_BYTES), "0 %": (0.0, 0), "50 %": (0.7, CACHE_BYTES), "99 %": (1.5, CACHE_BYTES)}  # Zipf's exponent, cache
MAIN_CASE = "90 %"
SIDES_OF_EVERY_CASE = ("messina", "rust, splice")
UNIFORM_CASE, SIDES_OF_UNIFORM_CASE = "0 %", ("kafka-streams GlobalKTable, splice", "kafka-streams KTable, splice")
WARM_UP_SIDE = "rust, splice"
PARTITIONS = 8
RUN_SECONDS_MAX = 1200
STREAMS_SHARE_MAX, RUST_SHARE_MAX, RSS_MB_MAX, FIRST_OUTPUT_S_MAX = 1 / 5, 2 / 3, 200, 1


def say(line):
    print(f"  {line}", file=sys.stderr, flush=True)


class Bench:
    """Servers with data in them; each run gets a topic and a group of its own."""

    def __init__(self, servers, work):
        self.servers = servers
        self.work = work
        self.environment = {**os.environ, **servers.environment()}
        self.schema_ids = self._schema_ids()
        self.runs = 0
        self.expected = None
        cores = os.environ.get("MESSINA_BENCH_CORES")
        self.cores = {int(core) for core in cores.split(",")} if cores else {max(os.sched_getaffinity(0))}

    def pin_servers(self):
        cores = os.sched_getaffinity(0) - self.cores or self.cores
        for server in self.servers.servers.values():
            for thread in os.listdir(f"/proc/{server.pid}/task"):
                with contextlib.suppress(ProcessLookupError):  # a thread that has just ended
                    os.sched_setaffinity(int(thread), cores)

    def _schema_ids(self):
        """Of the registry when there is one, else made up."""
        url = self.environment.get("MESSINA_REGISTRY")
        if url is None:
            return {"event": 1, "enriched": 2}
        ids = {}
        for name, subject in (("event", "events-value"), ("enriched", "enriched-value")):
            body = json.dumps({"schema": (programs.SCHEMAS / f"{name}.avsc").read_text()}).encode()
            request = urllib.request.Request(f"{url}/subjects/{subject}/versions", body, {"Content-Type": "application/vnd.schemaregistry.v1+json"})
            ids[name] = json.load(urllib.request.urlopen(request, timeout=30))["id"]
        return ids

    def data(self, verb, **options):
        arguments = [text for name, value in options.items() for text in ("--" + name.replace("_", "-"), str(value))]
        out = subprocess.run([programs.DATA, verb, *arguments], env=self.environment, check=True, stdout=subprocess.PIPE, text=True).stdout
        return json.loads(out)

    def fill_ids(self):
        self.servers.kafka.create_topics([("ids", PARTITIONS, {"cleanup.policy": "compact"})])
        say(f"ids: {self.data('ids', rows=ROWS)}")

    def fill_events(self, exponent):
        if self.expected is not None:
            self.servers.kafka.delete_topics(["events"])
        self.servers.kafka.create_topics([("events", PARTITIONS, {})])
        self.expected = self.data("events", events=EVENTS, rows=ROWS, zipf=exponent, schema_id=self.schema_ids["event"])
        say(f"events: {self.expected}")

    def new_run(self, cache_bytes):
        self.runs += 1
        name = f"enriched-{self.runs}"
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.servers.kafka.create_topics([(name, PARTITIONS, {"message.timestamp.type": "LogAppendTime"})])
        return programs.Run(name, name, folder, cache_bytes, self.schema_ids["enriched"])

    def end_run(self, run):
        self.servers.kafka.delete_topics([run.topic])
        shutil.rmtree(run.folder)

    def start(self, side, run):
        """The process and when it started, ms since 1970."""
        command = ["taskset", "-c", ",".join(map(str, self.cores)), *map(str, side.command(run))]
        with open(run.folder / "out", "w") as out, open(run.folder / "log", "a") as log:
            started_ms = int(time.time() * 1000)
            return spawn(command, stdout=out, stderr=log, cwd=run.folder, env={**self.environment, **side.environment(run)}), started_ms

    def check(self, run, started_ms):
        return self.data("check", topic=run.topic, events=EVENTS, after_ms=started_ms)


def wait(side, process, run):
    """The kernel's account of the ended process."""
    timer = threading.Timer(RUN_SECONDS_MAX, process.kill)
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{side.name} ended with {process.returncode}:\n" + (run.folder / "log").read_text()[-3000:])
    return usage


def told(side, run):
    """What the program itself says at its end."""
    if side.name == "messina":
        summary = json.loads((run.folder / "summary.json").read_text())
        return {"cache_hits": sum(table["cache_hits"] for table in summary["tables"]), "state_bytes": 0}
    return json.loads((run.folder / "out").read_text().splitlines()[-1])


def measure(bench, side, cache_bytes):
    run = bench.new_run(cache_bytes)
    process, started_ms = bench.start(side, run)
    usage = wait(side, process, run)
    seen = bench.check(run, started_ms)
    if (seen["records"], seen["distinct"], seen["checksum"]) != (EVENTS, EVENTS, bench.expected["checksum"]):
        raise RuntimeError(f"{side.name} did not write what was expected: {seen}, expected {EVENTS} records, {bench.expected['checksum']}")
    own = told(side, run)
    bench.end_run(run)
    cpu = usage.ru_utime + usage.ru_stime
    result = {"records_per_s": EVENTS / max(seen["last_ms"] - seen["first_ms"], 1) * 1000,
              "cpu_s_per_million": (cpu - own.get("cpu_seconds_before_first_event", 0)) / EVENTS * 1e6,
              "cpu_s_per_million_whole": cpu / EVENTS * 1e6, "rss_mb": usage.ru_maxrss * 1024 / 1e6,
              "first_output_s": (seen["first_ms"] - started_ms) / 1000, "state_mb": own["state_bytes"] / 1e6}
    if side.has_cache:
        result["cache_hit_share"] = own["cache_hits"] / EVENTS
    say(f"{side.name}: " + ", ".join(f"{name} {value:,.3f}" for name, value in result.items()))
    return result


def recover(bench, side, cache_bytes, is_state_lost=False):
    """kill -9 after a quarter of the output, then the same again to the end: nothing may be missing."""
    run = bench.new_run(cache_bytes)
    process, _ = bench.start(side, run)
    bench.data("wait", topic=run.topic, records=EVENTS // 4)
    process.kill()
    process.wait()
    if is_state_lost:
        shutil.rmtree(run.state)
    process, started_ms = bench.start(side, run)
    wait(side, process, run)
    seen = bench.check(run, started_ms)
    if seen["distinct"] != EVENTS or seen["foreign"]:
        raise RuntimeError(f"{side.name} lost records at kill -9: {seen}, expected {EVENTS}")
    if seen["first_ms"] is None:
        raise RuntimeError(f"{side.name} had finished before it was killed\n  hint: more events, or MESSINA_BENCH_RECOVERY=0")
    bench.end_run(run)
    result = {"seconds": (seen["first_ms"] - started_ms) / 1000, "duplicates": seen["records"] - EVENTS}
    say(f"{side.name}: after kill -9{' without its state' if is_state_lost else ''}: {result}")
    return result


def warm_up(bench):
    """A run that nobody counts: servers that just started compile themselves, and make their inner topics. One whole run of a side is
    what it takes until the next ones are no quicker."""
    say("warming the servers up")
    side = next(side for side in programs.all_sides() if side.name == WARM_UP_SIDE)
    run = bench.new_run(CACHE_BYTES)
    process, _ = bench.start(side, run)
    wait(side, process, run)
    bench.end_run(run)


def measure_side(bench, side, cache_bytes, is_main, spread):
    results = [measure(bench, side, cache_bytes) for _ in range(RUNS)]
    figures = {name: spread([result[name] for result in results]) for name in results[0] if name != "rss_mb"}
    figures["rss_mb"] = max(result["rss_mb"] for result in results)
    if is_main and side.is_plain and os.environ.get("MESSINA_BENCH_RECOVERY", "1") != "0":
        figures["recovery"] = recover(bench, side, cache_bytes)
        if side.has_state:
            figures["recovery_without_state"] = recover(bench, side, cache_bytes, is_state_lost=True)
    return figures


def bar(what, want, got, holds):
    return {"what": what, "want": want, "got": got, "holds": holds}


def bars_of(results, why_not):
    main = {side: figures for (side, case), figures in results.items() if case == MAIN_CASE}
    bars = []
    for peer, share_max, want in (("kafka-streams", STREAMS_SHARE_MAX, "<= 1/5"), ("rust", RUST_SHARE_MAX, "<= 2/3")):
        what = f"CPU of Messina, share of the cheapest {peer}, {MAIN_CASE} hits"
        cheapest = min((figures["cpu_s_per_million"]["median"] for side, figures in main.items() if side.startswith(peer)), default=None)
        if "messina" in main and cheapest is not None:
            share = main["messina"]["cpu_s_per_million"]["median"] / cheapest
            bars.append(bar(what, want, round(share, 3), share <= share_max))
        else:
            bars.append(bar(what, want, f"not measured: {why_not or 'a side was left out'}", False))
    if "messina" not in main:
        return bars
    rss = max(figures["rss_mb"] for (side, _), figures in results.items() if side == "messina")
    bars.append(bar("peak memory of Messina, MB", f"<= {RSS_MB_MAX}", round(rss), rss <= RSS_MB_MAX))
    if "recovery" in main["messina"]:
        seconds = main["messina"]["recovery"]["seconds"]
        bars.append(bar("start after kill -9 to first output, s", f"< {FIRST_OUTPUT_S_MAX}", seconds, seconds < FIRST_OUTPUT_S_MAX))
    return bars


def chosen(names, variable, separator):
    wanted = os.environ.get(variable)
    return list(names) if wanted is None else [name for name in names if name in [text.strip() for text in wanted.split(separator)]]


def run(root, spread):
    sides = programs.all_sides()
    names = chosen([side.name for side in sides], "MESSINA_BENCH_SIDES", ";")
    why_not = programs.why_no_messina()
    if why_not and "messina" in names:
        say(f"messina is left out: {why_not}")
    sides = [side for side in sides if side.name in names and not (side.name == "messina" and why_not)]
    programs.build(sides)
    servers = {"kafka": {"for_bench": True}, "cassandra": {"for_bench": True, "commitlog_sync": "periodic"}}
    if any(side.name == "messina" for side in sides):
        servers["registry"] = {}
    results = {}
    with ServerSet(say=say, **servers) as running:
        bench = Bench(running, root / "build" / "bench" / "enrich-kafka")
        bench.fill_ids()
        bench.pin_servers()
        for case in chosen(CASES, "MESSINA_BENCH_CASES", ","):
            exponent, cache_bytes = CASES[case]
            bench.fill_events(exponent)
            if bench.runs == 0:
                warm_up(bench)
            is_main = case == MAIN_CASE
            for side in sides:
                if is_main or side.name in SIDES_OF_EVERY_CASE or (case == UNIFORM_CASE and side.name in SIDES_OF_UNIFORM_CASE):
                    results[side.name, case] = measure_side(bench, side, cache_bytes, is_main, spread)
    return {"sides": {f"{side}, {case} hits": figures for (side, case), figures in results.items()}, "bars": bars_of(results, why_not)}
