"""One episode: a state directory, the lives of the process over it, and what was seen at each of its deaths."""

import json
import os
import shutil
import signal
import subprocess
import time

from audit import StreamAudit
from watch import ChangeWatch

LIFE_SECONDS_MAX = 120


class Tail:
    """Hands on the whole lines that a file has gained."""

    def __init__(self, path, see):
        self.path = path
        self.see = see
        self.offset = 0

    def whole_size(self):
        return self.offset

    def read(self):
        if not os.path.exists(self.path):
            return
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            content = file.read()
        whole = content.rfind(b"\n") + 1
        self.offset += whole
        for line in content[: max(0, whole - 1)].split(b"\n") if whole else ():
            self.see(line)


class Episode:
    def __init__(self, job, binary, directory, snapshot=None):
        self.job = job
        self.binary = binary
        self.directory = directory
        if snapshot:
            shutil.copytree(snapshot, directory)
        else:
            os.makedirs(os.path.join(directory, "out"))
        os.makedirs(os.path.join(directory, "state"), exist_ok=True)  # to be watched before the first life makes it
        job.write_files(directory)
        self.match = StreamAudit(job.matches, lambda line: None)
        self.enrich = StreamAudit(job.events, job.identify)
        out = os.path.join(directory, "out")
        self.tails = [
            Tail(os.path.join(out, "match_dead.jsonl"), self.match.see_dead_letter),
            Tail(os.path.join(out, "enriched.jsonl"), self.enrich.see_output),
            Tail(os.path.join(out, "enrich_dead.jsonl"), self.enrich.see_dead_letter),
        ]
        self.recovery_ms = []
        self.is_recovering = False

    def start(self, file="job.yaml", failpoints="", store=None):
        environment = dict(os.environ, CHAOS_DIR=self.directory, CHAOS_INPUT=self.job.input)
        environment["CHAOS_STORE"] = store or os.path.join(self.directory, "store")
        environment["MESSINA_FAILPOINTS"] = failpoints
        log = open(os.path.join(self.directory, "log.txt"), "ab")
        with log:
            return subprocess.Popen(
                [self.binary, "run", "--no-progress", "--no-summary", os.path.join(self.directory, file)],
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )

    def life(self, kill_after=None, failpoints=""):
        """Runs the job until its end or its death. Returns whether it was killed."""
        self.match.begin_life()
        self.enrich.begin_life()
        before = self._progress()
        begin = time.monotonic()
        with ChangeWatch([os.path.join(self.directory, name) for name in ("out", "state")]) as watch:
            process = self.start(failpoints=failpoints)
            end = begin + (LIFE_SECONDS_MAX if kill_after is None else kill_after)
            if self.is_recovering and watch.wait_for(process, end, lambda: self._has_new_output(before)):
                self.recovery_ms.append((time.monotonic() - begin) * 1000)
            watch.wait_for(process, end)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            if kill_after is None:
                raise RuntimeError("the pipeline hangs")
        was_killed = process.returncode == -signal.SIGKILL
        if not was_killed and process.returncode != 0:
            raise RuntimeError(f"messina ended with {process.returncode}; see {self.directory}/log.txt")
        self.is_recovering = was_killed
        self.audit()
        return was_killed

    def _progress(self):
        sizes = [tail.whole_size() for tail in self.tails]
        return sizes, [self._file_id(name) for name in ("match", "enrich")]

    def _file_id(self, pipeline):
        try:
            status = os.stat(self._checkpoint(pipeline))
            return status.st_ino, status.st_mtime_ns
        except FileNotFoundError:
            return None

    def _has_new_output(self, before):
        sizes, checkpoints = before
        for tail, size in zip(self.tails, sizes):
            if os.path.exists(tail.path) and os.stat(tail.path).st_size > size:
                return True
        return checkpoints != [self._file_id(name) for name in ("match", "enrich")]

    def _checkpoint(self, pipeline):
        return os.path.join(self.directory, "state", f"{pipeline}.checkpoint.json")

    def committed(self, pipeline):
        try:
            with open(self._checkpoint(pipeline), encoding="utf-8") as file:
                return {lane: position[0] for lane, position in json.load(file)["lanes"].items()}
        except FileNotFoundError:
            return {}

    def is_matched(self):
        positions = self.committed("match")
        return all(positions.get(source.path) == source.size for source in self.job.matches)

    def rows(self):
        """The table as a restart would see it, read from a copy: what is frozen stays as it is."""
        store = os.path.join(self.directory, "store")
        copy = os.path.join(self.directory, "store_copy")
        shutil.rmtree(copy, ignore_errors=True)
        if not os.path.exists(store):
            return {}
        shutil.copytree(store, copy)
        process = self.start("dump.yaml", store=copy)
        if process.wait(LIFE_SECONDS_MAX) != 0:
            raise RuntimeError(f"the table cannot be read; see {self.directory}/log.txt")
        rows = {}
        with open(os.path.join(self.directory, "dump.jsonl"), "rb") as file:
            for line in file:
                row = json.loads(line)
                rows[row["id"]] = (row["user"], row["seq"])
        return rows

    def audit(self):
        """The process is dead: is everything below the committed positions there?"""
        for tail in self.tails:
            tail.read()
        self.enrich.check_commits(self.committed("enrich"))
        positions = self.committed("match")
        if positions and positions != self.match.committed:
            self.match.check_commits(positions, self._row_check())

    def _row_check(self):
        rows = self.rows()
        self.job.table.check_rows(rows, self.match.anomalies)

        def has_row(source, number):
            write = self.job.match_writes[source][number]
            return write is not None and self.job.table.is_at_least(rows, *write)

        return has_row

    def finish(self):
        """The job has run to its end: is everything there, and nothing else?"""
        self.enrich.check_end()
        self.match.check_end(self._row_check())
        self.job.table.check_end(self.rows(), self.match.anomalies)
