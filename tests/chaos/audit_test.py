"""The checker must catch what it is there for: plants each anomaly and expects it named, and nothing else."""

import json
import unittest

from audit import Anomalies, SourceFile, StreamAudit, TableModel

LANE = "/in/a.jsonl"


def identify(line):
    try:
        return 0, json.loads(line)["n"]
    except (ValueError, KeyError):
        return None


def make_audit():
    lines = [b'{"n":0}', b'{"n":1}', b'{"n":2', b'{"n":3}', b'{"n":4}']
    source = SourceFile(LANE, lines, {2}, {n: lines[n] for n in (0, 1, 3, 4)})
    return StreamAudit([source], identify)


def dead_letter(position=16, value='{"n":2', lane=LANE):
    return json.dumps({"source": {"lane": lane, "position": str(position)}, "value": value}).encode()


def play(audit, numbers=(0, 1, 3, 4), letters=1):
    for number in numbers:
        audit.see_output(b'{"n":%d}' % number)
    for _ in range(letters):
        audit.see_dead_letter(dead_letter())


def figures(anomalies):
    names = ("lost", "early_commits", "invented", "duplicates", "reordered", "went_back")
    return {name: getattr(anomalies, name) for name in names if getattr(anomalies, name)}


class StreamAuditTest(unittest.TestCase):
    def expect(self, audit, **anomalies):
        self.assertEqual(figures(audit.anomalies), anomalies)

    def test_a_clean_run_has_no_anomaly(self):
        audit = make_audit()
        play(audit)
        audit.check_commits({LANE: audit.sources[0].size})
        audit.check_end()
        self.expect(audit)
        self.assertTrue(audit.anomalies.is_clean())

    def test_a_lost_record_is_caught(self):
        for numbers in ((1, 3, 4), (0, 1, 4), (0, 1, 3)):
            audit = make_audit()
            play(audit, numbers)
            audit.check_end()
            self.expect(audit, lost=1)
            self.assertFalse(audit.anomalies.is_clean())

    def test_a_lost_dead_letter_is_caught(self):
        audit = make_audit()
        play(audit, letters=0)
        audit.check_end()
        self.expect(audit, lost=1)

    def test_an_early_commit_is_caught_though_the_record_comes_later(self):
        audit = make_audit()
        play(audit, (0,), letters=0)
        audit.check_commits({LANE: 16})  # record 1 has left nothing yet
        play(audit, (1, 3, 4))
        audit.check_end()
        self.expect(audit, early_commits=1)

    def test_a_commit_of_poison_before_its_dead_letter_is_caught(self):
        audit = make_audit()
        play(audit, (0, 1), letters=0)
        audit.check_commits({LANE: 16})
        self.expect(audit)
        audit.check_commits({LANE: 23})
        self.expect(audit, early_commits=1)

    def test_invented_output_is_caught(self):
        for line in (b'{"n":77}', b'{"n":1,"user":"somebody"}', b'{"n":2}', b"torn", b""):
            audit = make_audit()
            play(audit)
            audit.see_output(line)
            self.expect(audit, invented=1)

    def test_invented_dead_letters_are_caught(self):
        wrong = (dead_letter(8), dead_letter(17), dead_letter(value="other"), dead_letter(lane="/in/b.jsonl"), b"{}", b"[]", dead_letter(99))
        for line in wrong:
            audit = make_audit()
            audit.see_dead_letter(line)
            self.expect(audit, invented=1)

    def test_duplicates_are_counted_and_allowed(self):
        audit = make_audit()
        play(audit)
        audit.begin_life()
        play(audit)
        audit.check_end()
        self.expect(audit, duplicates=5)
        self.assertTrue(audit.anomalies.is_clean())

    def test_another_order_within_one_life_is_caught(self):
        audit = make_audit()
        play(audit, (0, 3, 1, 4))
        self.expect(audit, reordered=1)

    def test_a_position_that_goes_back_is_caught(self):
        audit = make_audit()
        play(audit)
        audit.check_commits({LANE: 16})
        audit.check_commits({LANE: 8})
        self.expect(audit, went_back=1)


class TableModelTest(unittest.TestCase):
    def setUp(self):
        self.model = TableModel()
        for key, value in (("a", 1), ("b", 2), ("a", 3)):
            self.model.add(key, value)

    def end(self, rows):
        anomalies = Anomalies()
        self.model.check_rows(rows, anomalies)
        self.model.check_end(rows, anomalies)
        return figures(anomalies)

    def test_the_last_write_wins(self):
        self.assertEqual(self.end({"a": 3, "b": 2}), {})

    def test_a_lost_or_stale_row_is_caught(self):
        self.assertEqual(self.end({"b": 2}), {"lost": 1})
        self.assertEqual(self.end({"a": 1, "b": 2}), {"lost": 1})

    def test_an_invented_row_is_caught(self):
        self.assertEqual(self.end({"a": 3, "b": 2, "c": 9}), {"invented": 1})
        self.assertEqual(self.end({"a": 2, "b": 2}), {"invented": 1, "lost": 1})

    def test_an_early_commit_of_a_row_is_caught(self):
        lines = [b"a 1", b"b 2", b"a 3"]
        writes = [("a", 1), ("b", 2), ("a", 3)]
        for rows, expected in (({"a": 3}, 1), ({"a": 1, "b": 2}, 1), ({"a": 3, "b": 2}, 0), ({}, 3)):
            audit = StreamAudit([SourceFile(LANE, lines, set())], identify)
            audit.check_commits({LANE: 12}, lambda _, number, rows=rows: self.model.is_at_least(rows, *writes[number]))
            self.assertEqual(audit.anomalies.early_commits, expected)


if __name__ == "__main__":
    unittest.main()
