"""examples/flights on the real data: records per second and peak memory of the whole job, and the time from the start of the process
to its first output: the first row written to a table, and, with the tables filled before, the first enriched flight."""
import ctypes
import json
import os
import select
import shutil
import subprocess
import time

RUNS = 5
MEMORY_MB_MAX = 150
FIRST_OUTPUT_MS_MAX = 100
IN_MODIFY, IN_CREATE = 0x2, 0x100


class FolderWatch:
    """Tells when a folder changes (inotify), so that nothing is polled."""

    def __init__(self, folder):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = self.libc.inotify_init1(os.O_CLOEXEC)
        if self.libc.inotify_add_watch(self.descriptor, os.fsencode(folder), IN_MODIFY | IN_CREATE) < 0:
            raise OSError(ctypes.get_errno(), f"cannot watch {folder}")

    def wait_for(self, has_output):
        """The time at which `has_output` was first true after a change."""
        while not has_output():
            if not select.select([self.descriptor], [], [], 60)[0]:
                raise RuntimeError("no output within a minute")
            os.read(self.descriptor, 65536)
        return time.monotonic()


def start(root, config, environment, summary):
    return subprocess.Popen([root / "build/release/messina", "run", "--no-progress", "--no-summary", "--summary-json", summary, config],
                            env=environment, cwd=root)


def first_output_ms(root, config, environment, folder, pattern, work):
    watch = FolderWatch(folder)
    begin = time.monotonic()
    process = start(root, config, environment, work / "first.json")
    seen = watch.wait_for(lambda: any(path.stat().st_size > 0 for path in folder.glob(pattern)))
    if process.wait() != 0:
        raise RuntimeError("messina failed")
    return (seen - begin) * 1000


def run(root, spread):
    work = root / "build" / "bench" / "demo"
    subprocess.run([root / "tools/fetch-flights", work / "data"], check=True)
    environment = {**os.environ, "MESSINA_DEMO_DIR": str(work)}
    whole = root / "examples/flights/flights.yaml"
    head, *pipelines = whole.read_text().split("  - pipeline: ")
    enrich = work / "enrich.yaml"
    enrich.write_text(head + "  - pipeline: " + pipelines[-1])

    rates, cpu, memory, first_row, first_flight = [], [], [], [], []
    for _ in range(RUNS):
        for name in ("tables", "out"):
            shutil.rmtree(work / name, ignore_errors=True)
            (work / name).mkdir()
        first_row.append(first_output_ms(root, whole, environment, work / "tables", "*.log", work))
        shutil.rmtree(work / "out")
        (work / "out").mkdir()
        first_flight.append(first_output_ms(root, enrich, environment, work / "out", "enriched.jsonl", work))
        shutil.rmtree(work / "tables")
        begin = time.monotonic()
        (work / "whole.json").unlink(missing_ok=True)
        if start(root, whole, environment, work / "whole.json").wait() != 0:
            raise RuntimeError("messina failed")
        seconds = time.monotonic() - begin
        summaries = [json.loads(line) for line in (work / "whole.json").read_text().splitlines()]
        flights = summaries[-1]["records_in"]
        rates.append(flights / seconds)
        cpu.append(sum(summary["cpu_seconds"] for summary in summaries) / flights * 1e6)
        memory.append(max(summary["memory_peak_bytes"] for summary in summaries) / 1e6)
    side = {"records_per_s": spread(rates), "cpu_s_per_million": spread(cpu), "rss_mb": max(memory),
            "first_row_ms": spread(first_row), "first_flight_ms": spread(first_flight)}
    bars = [{"what": "peak memory, MB", "want": f"<= {MEMORY_MB_MAX}", "got": round(max(memory)), "holds": max(memory) <= MEMORY_MB_MAX}]
    for what, times in (("start to the first row of a table, ms", first_row), ("start to the first enriched flight, tables filled, ms", first_flight)):
        got = spread(times)["median"]
        bars.append({"what": what, "want": f"< {FIRST_OUTPUT_MS_MAX}", "got": round(got, 1), "holds": got < FIRST_OUTPUT_MS_MAX})
    return {"sides": {"messina": side}, "bars": bars}
