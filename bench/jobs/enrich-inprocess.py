"""JSON and Avro events of about 220 bytes: one filter of five terms, one look-up in a table of a million rows, splice output; one core,
through `messina run`. At 100 % cache hits the whole table is in the cache; at 90 % every tenth event asks for a key that is not; at
0 % the cache is off.

The figure is marginal: a run over the warm-up file alone is subtracted from a run over warm-up and measured events, so that start,
table opening and the filling of the cache are not counted. At 100 % the measured events are read several times, since the noise of
the warm-up (a million reads of the table) would drown the difference; at the other rates each key's draw is made once.
"""
import json
import os
import pathlib
import random
import subprocess

ROWS = 1_000_000
HOT = 20_000
EVENTS = 4_000_000
REPEATS = 6  # at 100 %
RUNS = 5

PIPELINE = """
stores: {{ t: {{ embedded: {{ path: {work}/tables, memory_max: 128MiB, tables: {{ ids: {{ key: [id], columns: {{ user: text }} }} }} }} }} }}
pipeline: enrich
workers: 1
limits: {{ worker_lanes: 1 }}
source: {{ file: {{ path: [{files}], format: {format} }} }}
steps:
  - filter: event.kind == "click" && event.url.startsWith("https://shop.") && event.price > 10.0 && event.country in ["FR", "DE", "ES"] && event.tags.exists(t, t == "sale")
  - lookup: {{ into: match, table: ids, key: {{ id: event.cookie }}, cache: {{ ttl: {ttl}, max: {cache} }} }}
  - set: {{ user_id: match.user }}
sinks:
  - discard: {{ format: {format} }}
"""

MATCH = """
stores: {{ t: {{ embedded: {{ path: {work}/tables, memory_max: 128MiB, tables: {{ ids: {{ key: [id], columns: {{ user: text }} }} }} }} }} }}
pipeline: match
workers: 1
source: {{ file: {{ path: {work}/ids.jsonl }} }}
sinks:
  - table: {{ table: ids, key: {{ id: event.id }}, set: {{ user: event.user }} }}
"""

CONVERT = """
pipeline: convert
workers: 1
source: {{ file: {{ path: {work}/{name}.jsonl }} }}
sinks:
  - file: {{ path: {work}/{name}.avro, mode: replace, format: {{ avro: {{ schema: {work}/event.avsc }} }} }}
"""

SCHEMA = {"type": "record", "name": "Event", "fields": [
    {"name": "id", "type": "long"}, {"name": "ts", "type": "long"}, {"name": "kind", "type": "string"},
    {"name": "cookie", "type": "string"}, {"name": "url", "type": "string"}, {"name": "country", "type": "string"},
    {"name": "price", "type": "double"}, {"name": "device", "type": "string"},
    {"name": "tags", "type": {"type": "array", "items": "string"}}, {"name": "ref", "type": "string"},
    {"name": "session", "type": "long"}]}


def key(number):
    return f"{number * 2654435761 % 2**32:08x}{number:08x}"


def write_events(path, numbers, seed):
    rng = random.Random(seed)
    pages = [f"https://shop.example/{rng.randrange(16**6):06x}/item" for _ in range(997)]
    with open(path, "w", buffering=1 << 20) as out:
        for i, number in enumerate(numbers):
            out.write(
                f'{{"id":{i},"ts":{1767225600000 + i},"kind":"click","cookie":"{key(number)}","url":"{pages[i % 997]}",'
                f'"country":"{("FR", "DE", "ES")[i % 3]}","price":{10.25 + i % 89},"device":"mobile","tags":["new","sale"],'
                f'"ref":"newsletter","session":{i % 100003}}}\n')


def prepare(root, work):
    work.mkdir(parents=True, exist_ok=True)
    if (work / "ready").exists():
        return
    with open(work / "ids.jsonl", "w", buffering=1 << 20) as out:
        for number in range(ROWS):
            out.write(f'{{"id":"{key(number)}","user":"user-{number:035d}"}}\n')
    rng = random.Random(7)
    warm = list(range(ROWS))
    rng.shuffle(warm)
    write_events(work / "0-warm-all.jsonl", warm, 1)
    write_events(work / "0-warm-hot.jsonl", warm[:HOT], 1)
    write_events(work / "1-all.jsonl", (rng.randrange(ROWS) for _ in range(EVENTS)), 2)
    write_events(work / "1-mixed.jsonl", (warm[rng.randrange(HOT)] if i % 10 else warm[HOT + rng.randrange(ROWS - HOT)]
                                        for i in range(EVENTS)), 3)
    (work / "match.yaml").write_text(MATCH.format(work=work))
    subprocess.run([root / "build/release/messina", "run", "--no-summary", work / "match.yaml"], check=True)
    (work / "event.avsc").write_text(json.dumps(SCHEMA))
    for name in ("0-warm-all", "0-warm-hot", "1-all", "1-mixed"):
        (work / "convert.yaml").write_text(CONVERT.format(work=work, name=name))
        subprocess.run([root / "build/release/messina", "run", "--no-summary", work / "convert.yaml"], check=True)
    for extension in ("jsonl", "avro"):
        for repeat in range(2, REPEATS + 1):
            (work / f"{repeat}-all.{extension}").symlink_to(f"1-all.{extension}")
    (work / "ready").write_text("")


def measure(root, work, files, form, ttl, cache):
    config = work / "enrich.yaml"
    config.write_text(PIPELINE.format(work=work, files=", ".join(str(work / name) for name in files), format=form, ttl=ttl, cache=cache))
    summary = work / "summary.json"
    summary.unlink(missing_ok=True)
    subprocess.run(["taskset", "-c", "1", root / "build/release/messina", "run", "--no-progress", "--no-summary",
                    "--summary-json", summary, config], check=True)
    return json.loads(summary.read_text())


def side(root, work, spread, warm, measured, form, ttl, cache):
    rates, cpu, hits, rss = [], [], [], []
    for _ in range(RUNS):
        before = measure(root, work, [warm], form, ttl, cache)
        both = measure(root, work, [warm, *measured], form, ttl, cache)
        records = both["records_in"] - before["records_in"]
        rates.append(records / (both["seconds"] - before["seconds"]))
        cpu.append((both["cpu_seconds"] - before["cpu_seconds"]) / records * 1e6)
        asked = both["tables"][0]["cache_hits"] - before["tables"][0]["cache_hits"]
        hits.append(asked / records)
        rss.append(both["memory_peak_bytes"] / 1e6)
    return {"records_per_s": spread(rates), "cpu_s_per_million": spread(cpu), "rss_mb": max(rss), "cache_hit_share": spread(hits),
            "steps_last_run_s": {step["name"]: step["seconds"] for step in both["steps"]}}


def run(root, spread):
    work = pathlib.Path(os.environ.get("MESSINA_BENCH_DIR", root / "build" / "bench" / "enrich-inprocess"))
    prepare(root, work)
    sides = {}
    bars = []
    for form, extension in [("json", "jsonl"), ("avro", "avro")]:
        cases = [("100 %", f"0-warm-all.{extension}", [f"{n}-all.{extension}" for n in range(1, REPEATS + 1)], "1h",
                  "512MiB", 3_000_000),
                 ("90 %", f"0-warm-hot.{extension}", [f"1-mixed.{extension}"], "1h", "8MiB", 1_200_000),
                 ("0 %", f"0-warm-hot.{extension}", [f"1-all.{extension}"], "0ms", "8MiB", 250_000)]
        for share, warm, measured, ttl, cache, want in cases:
            name = f"messina {form} {share} hits"
            sides[name] = side(root, work, spread, warm, measured, form, ttl, cache)
            got = sides[name]["records_per_s"]["median"]
            bars.append({"what": f"{form}, {share} cache hits, records per second on one core", "want": f">= {want:,}", "got": round(got), "holds": got >= want})
    return {"sides": sides, "bars": bars}
