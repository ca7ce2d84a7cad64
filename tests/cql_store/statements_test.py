"""Pipelines with statements of their own (`cql:`) in a real Cassandra."""
import os
import sys
import unittest

from world import StoreTest

USERS = "CREATE TABLE users (id text PRIMARY KEY, name text, age int, tags set<text>)"


class Statements(StoreTest):
    def run_step(self, kind, options, events, more="", sinks="sinks: [ { file: { path: out.jsonl, format: json } } ]"):
        self.write_events(events)
        return self.run_well(self.file(kind, options, more, sinks))

    def file(self, kind, options, more="", sinks="sinks: [ { file: { path: out.jsonl, format: json } } ]"):
        return f"""{self.store()}
pipeline: statements
source: {{ file: {{ path: in.jsonl, format: json }} }}
steps:
  - {kind}: {{ {options.replace("KS", self.keyspace)} }}
{more}
{sinks}
workers: 1
"""

    def refused(self, kind, options, verb="check"):
        self.write_events([{"id": "a"}])
        result = self.messina(verb, self.file(kind, options), *(["--connect"] if verb == "check" else []))
        self.assertEqual(result.returncode, 1 if verb == "check" else 78, result.stderr)
        return result.stderr


class LookingUp(Statements):
    SELECT = 'into: user, store: s, cql: "SELECT name, age FROM KS.users WHERE id = :id", bind: { id: event.id }'
    SET = "  - set: { name: user.name, age: user.age }"

    def setUp(self):
        super().setUp()
        self.session.execute(USERS)
        self.session.execute("INSERT INTO users (id, name, age) VALUES ('a', 'Ann', 40)")

    def test_reads_the_row_that_the_statement_gives(self):
        self.run_step("lookup", self.SELECT, [{"id": "a"}, {"id": "nobody"}, {"id": None}, {"id": "a"}], self.SET)
        ann = {"id": "a", "name": "Ann", "age": 40}
        self.assertEqual(self.read_events(), [ann, {"id": "nobody"}, {"id": None}, ann])

    def test_obeys_on_miss_and_default(self):
        self.run_step("lookup", self.SELECT + ", on_miss: drop", [{"id": "a"}, {"id": "nobody"}], self.SET)
        self.assertEqual([event["id"] for event in self.read_events()], ["a"])
        (self.folder / "out.jsonl").unlink()
        self.run_step("lookup", self.SELECT + ", on_miss: default, default: { name: '\"-\"' }", [{"id": "nobody"}], self.SET)
        self.assertEqual(self.read_events(), [{"id": "nobody", "name": "-", "age": None}])

    def test_asks_for_each_key_once(self):
        """The cache and the single flight of look-ups by key serve statements too."""
        count = 20000
        self.write_events([{"id": "a", "n": n} for n in range(count)])
        result = self.run_well(self.file("lookup", self.SELECT + ", cache: { ttl: 1h }", self.SET))
        self.assertEqual([event["n"] for event in self.read_events()], list(range(count)))
        self.assertTrue(all(event["age"] == 40 for event in self.read_events()), result.stderr)

    def test_binds_one_value_to_a_name_that_is_there_twice(self):
        self.session.execute("CREATE TABLE pairs (a int, b int, v text, PRIMARY KEY (a, b))")
        self.session.execute("INSERT INTO pairs (a, b, v) VALUES (1, 1, 'both')")
        self.run_step("lookup", 'into: p, cql: "SELECT v AS value FROM KS.pairs WHERE a = :n AND b = :n", bind: { n: event.n }',
                      [{"n": 1}, {"n": 2}], "  - set: { v: p.value }")
        self.assertEqual(self.read_events(), [{"n": 1, "v": "both"}, {"n": 2}])

    def test_takes_the_first_of_several_rows_and_aggregates(self):
        self.session.execute("CREATE TABLE seen (id text, at int, PRIMARY KEY (id, at)) WITH CLUSTERING ORDER BY (at DESC)")
        for at in range(3):
            self.session.execute(f"INSERT INTO seen (id, at) VALUES ('a', {at})")
        self.run_step("lookup", 'into: s, cql: "SELECT at FROM KS.seen WHERE id = :id", bind: { id: event.id }', [{"id": "a"}], "  - set: { at: s.at }")
        self.assertEqual(self.read_events(), [{"id": "a", "at": 2}])
        (self.folder / "out.jsonl").unlink()
        self.run_step("lookup", 'into: s, cql: "SELECT count(*) AS n FROM KS.seen WHERE id = :id", bind: { id: event.id }', [{"id": "a"}],
                      "  - set: { n: s.n }")
        self.assertEqual(self.read_events(), [{"id": "a", "n": 3}])

    def test_reads_user_types(self):
        self.session.execute("CREATE TYPE place (city text, zip int)")
        self.session.execute("CREATE TABLE homes (id text PRIMARY KEY, home frozen<place>)")
        self.session.execute("INSERT INTO homes (id, home) VALUES ('a', {city: 'Paris', zip: 75})")
        self.run_step("lookup", 'into: h, cql: "SELECT home FROM KS.homes WHERE id = :id", bind: { id: event.id }', [{"id": "a"}],
                      "  - set: { city: h.home.city }")
        self.assertEqual(self.read_events(), [{"id": "a", "city": "Paris"}])


class Checking(Statements):
    def setUp(self):
        super().setUp()
        self.session.execute(USERS)

    def test_prepares_the_statement(self):
        error = self.refused("lookup", 'into: u, cql: "SELECT nme FROM KS.users WHERE id = :id", bind: { id: event.id }')
        self.assertIn("nme", error)
        self.assertRegex(error, r"yaml:5:\d+: ")
        self.assertIn("users", self.refused("upsert", 'cql: "DELETE FROM KS.userz WHERE id = :id", bind: { id: event.id }').replace("userz", "users"))
        self.assertIn("line 1", self.refused("upsert", 'cql: "DELETE FRM KS.users WHERE id = :id", bind: { id: event.id }'))

    def test_knows_the_columns_that_come(self):
        text = self.file("lookup", 'into: u, cql: "SELECT name FROM KS.users WHERE id = :id", bind: { id: event.id }', "  - set: { age: u.age }")
        result = self.messina("check", text, "--connect")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("age", result.stderr)

    def test_names_binds_that_are_missing_or_unknown(self):
        self.assertIn(":id of the statement has no value", self.refused("lookup", 'into: u, cql: "SELECT name FROM KS.users WHERE id = :id"', "run"))
        self.assertIn("no bind marker :idd",
                      self.refused("lookup", 'into: u, cql: "SELECT name FROM KS.users WHERE id = :id", bind: { id: "1", idd: "1" }'))


class Writing(Statements):
    def setUp(self):
        super().setUp()
        self.session.execute(USERS)

    def test_runs_the_statement_with_timestamp_and_ttl_of_the_record(self):
        self.run_step("upsert", 'cql: "UPDATE KS.users USING TIMESTAMP :ts AND TTL :ttl SET age = :age WHERE id = :id", '
                      "bind: { ts: event.at, ttl: event.ttl, age: event.age, id: event.id }",
                      [{"id": "a", "age": 1, "at": 2000, "ttl": 5000}, {"id": "a", "age": 2, "at": 1000, "ttl": 5000}])
        ((age, written, ttl),) = self.rows("SELECT age, writetime(age), ttl(age) FROM users")
        self.assertEqual((age, written), (1, 2000))
        self.assertTrue(4000 < ttl <= 5000, ttl)

    def test_gives_a_statement_without_a_timestamp_that_of_the_record(self):
        self.run_step("upsert", 'cql: "UPDATE KS.users SET age = :age WHERE id = :id", bind: { age: event.age, id: event.id }, timestamp: event.at',
                      [{"id": "a", "age": 1, "at": 2000}, {"id": "a", "age": 2, "at": 1000}])
        self.assertEqual(self.rows("SELECT age, writetime(age) FROM users"), [(1, 2000)])

    def test_leaves_what_is_absent_and_removes_what_is_null(self):
        self.session.execute("INSERT INTO users (id, name, age) VALUES ('a', 'Ann', 40) USING TIMESTAMP 1")
        self.run_step("upsert", 'cql: "UPDATE KS.users SET name = :name, age = :age WHERE id = :id", '
                      "bind: { name: 'event.?name', age: event.age, id: event.id }", [{"id": "a", "age": None}])
        self.assertEqual(self.rows("SELECT name, age FROM users"), [("Ann", None)])

    def test_serves_the_table_sink(self):
        self.write_events([{"id": "a", "tag": "x"}, {"id": "a", "tag": "y"}, {"id": "a", "tag": "x"}])
        self.run_well(f"""{self.store()}
pipeline: tags
source: {{ file: {{ path: in.jsonl, format: json }} }}
sinks:
  - table: {{ cql: "UPDATE {self.keyspace}.users SET tags = tags + :tags WHERE id = :id", idempotent: true, bind: {{ tags: '[event.tag]', id: event.id }} }}
""")
        self.assertEqual(self.rows("SELECT tags FROM users"), [({"x", "y"},)])

    def test_counts_when_told_that_it_may(self):
        self.session.execute("CREATE TABLE counts (id text PRIMARY KEY, n counter)")
        self.run_step("upsert", 'cql: "UPDATE KS.counts SET n = n + :more WHERE id = :id", idempotent: false, bind: { more: event.more, id: event.id }',
                      [{"id": "a", "more": n} for n in range(1, 101)])
        self.assertEqual(self.rows("SELECT n FROM counts"), [(5050,)])

    def test_runs_conditions_when_told_that_it_may(self):
        self.run_step("upsert", 'cql: "INSERT INTO KS.users (id, age) VALUES (:id, :age) IF NOT EXISTS", idempotent: false, '
                      "bind: { age: event.age, id: event.id }", [{"id": "a", "age": 1}], "  - filter: true")
        self.run_step("upsert", 'cql: "INSERT INTO KS.users (id, age) VALUES (:id, :age) IF NOT EXISTS", idempotent: false, '
                      "bind: { age: event.age, id: event.id }", [{"id": "a", "age": 2}])
        self.assertEqual(self.rows("SELECT age FROM users"), [(1,)])

    def test_puts_a_record_whose_values_do_not_fit_to_the_dead_letters(self):
        self.run_step("upsert", 'cql: "UPDATE KS.users SET age = :age WHERE id = :id", bind: { age: event.age, id: event.id }',
                      [{"id": "a", "age": "old"}, {"id": None, "age": 1}, {"id": "", "age": 1}, {"id": "b", "age": 2}],
                      more="dead_letter: { file: { path: dead.jsonl, format: json } }")
        self.assertEqual(self.rows("SELECT id, age FROM users"), [("b", 2)])
        self.assertEqual(len(self.read_events("dead.jsonl")), 3)


if __name__ == "__main__":
    StoreTest.binary = sys.argv.pop(1)
    StoreTest.address = os.environ["MESSINA_CASSANDRA"]
    unittest.main()
