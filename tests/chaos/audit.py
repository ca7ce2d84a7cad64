"""What a run must have done, and what is wrong with what it did.

Everything here looks at plain data (lines, positions, rows), so that audit_test.py can plant each anomaly and see it caught.

A source file is a list of records; record i begins at byte offsets[i]. A record that is no poison must leave exactly one output
line, known in advance; poison must leave a dead letter with its own bytes. Words for anomalies:

  lost          no effect at the end
  early_commit  no effect, though the committed position says that there is one (seen while the process is dead)
  invented      an effect that no record asks for, or with other content
  duplicates    effects of one record beyond the first: allowed by at-least-once, counted
  reordered     within one life of the process the records of one file left in another order than they came
  went_back     a committed position below the one before
"""

import bisect
import json
from dataclasses import dataclass, field


@dataclass
class SourceFile:
    """One input file: where its records begin, and which of them are poison."""

    path: str
    lines: list  # bytes, without line end
    poison: set  # record numbers
    expected: dict = field(default_factory=dict)  # record number to output line
    offsets: list = field(default_factory=list)

    def __post_init__(self):
        at = 0
        for line in self.lines:
            self.offsets.append(at)
            at += len(line) + 1
        self.size = at

    def records_below(self, position):
        """How many records begin before byte `position`."""
        return bisect.bisect_left(self.offsets, position)


@dataclass
class Anomalies:
    lost: int = 0
    early_commits: int = 0
    invented: int = 0
    duplicates: int = 0
    reordered: int = 0
    went_back: int = 0
    notes: list = field(default_factory=list)

    def add(self, kind, note):
        setattr(self, kind, getattr(self, kind) + 1)
        if kind != "duplicates" and len(self.notes) < 20:
            self.notes.append(f"{kind}: {note}")

    def is_clean(self):
        return not (self.lost or self.early_commits or self.invented or self.reordered or self.went_back)


class StreamAudit:
    """Follows the output lines and dead letters of one pipeline over all its lives."""

    def __init__(self, sources, identify):
        """`identify(line)` gives (source number, record number) of an output line, or None."""
        self.sources = sources
        self.by_path = {source.path: i for i, source in enumerate(sources)}
        self.identify = identify
        self.counts = [bytearray(len(source.lines)) for source in sources]
        self.last = {}  # source number to the last record that left in this life
        self.committed = {}
        self.anomalies = Anomalies()

    def begin_life(self):
        self.last.clear()

    def _see(self, source, number):
        counts = self.counts[source]
        if counts[number]:
            self.anomalies.add("duplicates", "")
        counts[number] = min(255, counts[number] + 1)

    def see_output(self, line):
        place = self.identify(line)
        if place is None or place[0] >= len(self.sources):
            return self.anomalies.add("invented", f"no record asks for {line[:120]!r}")
        source, number = place
        if self.sources[source].expected.get(number) != line:
            return self.anomalies.add("invented", f"record {number} of {self.sources[source].path} left as {line[:120]!r}")
        if self.last.get(source, -1) >= number:
            self.anomalies.add("reordered", f"record {number} of {self.sources[source].path} left after {self.last[source]}")
        self.last[source] = number
        self._see(source, number)

    def see_dead_letter(self, line):
        try:
            envelope = json.loads(line)
            source = self.by_path[envelope["source"]["lane"]]
            position = int(envelope["source"]["position"])
            number = self.sources[source].records_below(position)
            is_right = (
                number in self.sources[source].poison
                and self.sources[source].offsets[number] == position
                and envelope["value"].encode() == self.sources[source].lines[number]
            )
        except (ValueError, KeyError, IndexError, TypeError):
            is_right = False
        if not is_right:
            return self.anomalies.add("invented", f"dead letter {line[:160]!r}")
        self._see(source, number)

    def check_commits(self, positions, has_effect=None):
        """With the process dead: everything below `positions` (path to byte) has its effect already."""
        for path, position in positions.items():
            source = self.by_path[path]
            if position < self.committed.get(path, 0):
                self.anomalies.add("went_back", f"{path} from {self.committed[path]} to {position}")
            self.committed[path] = position
            below = self.sources[source].records_below(position)
            for number in self._missing(source, below, has_effect):
                self.anomalies.add("early_commits", f"record {number} of {path}, committed at byte {position}")

    def check_end(self, has_effect=None):
        """After the last record: every one has its effect."""
        for source in range(len(self.sources)):
            for number in self._missing(source, len(self.sources[source].lines), has_effect):
                self.anomalies.add("lost", f"record {number} of {self.sources[source].path}")

    def _missing(self, source, below, has_effect):
        counts = self.counts[source]
        if has_effect is None:
            return [] if counts.find(0, 0, below) < 0 else [n for n in range(below) if not counts[n]]
        return [n for n in range(below) if not counts[n] and not has_effect(source, n)]


class TableModel:
    """Rows as upserts leave them: each key holds the last written of its values."""

    def __init__(self):
        self.writes = {}  # key to its values, in order of their timestamps
        self.rank = {}  # (key, value) to its number among them

    def add(self, key, value):
        values = self.writes.setdefault(key, [])
        self.rank[key, value] = len(values)
        values.append(value)

    def last(self, key):
        return self.writes[key][-1]

    def is_at_least(self, rows, key, value):
        """Whether the row of `key` holds `value` or one written after it."""
        row = rows.get(key)
        return row is not None and self.rank.get((key, row), -1) >= self.rank[key, value]

    def check_rows(self, rows, anomalies):
        """No row may hold what nobody wrote."""
        for key, row in rows.items():
            if (key, row) not in self.rank:
                anomalies.add("invented", f"row {key} holds {row}")

    def check_end(self, rows, anomalies):
        for key, values in self.writes.items():
            if rows.get(key) != values[-1]:
                anomalies.add("lost", f"row {key} holds {rows.get(key)}, not {values[-1]}")
