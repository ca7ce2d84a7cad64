"""Pipelines with tables in a real Cassandra: what they write is what another client reads, and the other way round."""
import json
import os
import signal
import socket
import sys
import unittest

from world import PATIENCE_S, StoreTest, wait_until

SOURCE = "source: { file: { path: in.jsonl, format: json } }"
WRITE = """
pipeline: write
{source}
sinks:
  - table: {{ table: users, key: {{ id: event.id }}, set: {{ name: 'event.?name', age: 'event.?age', tags: 'event.?tags' }}{more} }}
"""
LOOK_UP = """
pipeline: look-up
{source}
steps:
  - lookup: {{ into: user, table: users, key: {{ id: event.id }}, columns: [name, age], on_miss: {on_miss} }}
  - set: {{ name: user.name, age: user.age }}
sinks: [ {{ file: {{ path: out.jsonl, format: json }} }} ]
"""
USERS = "CREATE TABLE users (id text PRIMARY KEY, name text, age int, tags set<text>)"
DECLARED = ", tables: { users: { key: [id], columns: { name: text, age: int, tags: set<text> } } }"


def write(store, more=""):
    return store + WRITE.format(source=SOURCE, more=more)


def look_up(store, on_miss="pass"):
    return store + LOOK_UP.format(source=SOURCE, on_miss=on_miss)


def statements_in(text):
    """What an error's hint tells people to run."""
    begin = min(at for at in (text.find("CREATE TABLE"), text.find("ALTER TABLE")) if at >= 0)
    return [part.strip() for part in text[begin:text.rindex(";")].split(";")]


class Writing(StoreTest):
    def test_gives_rows_that_another_client_reads(self):
        self.session.execute(USERS)
        self.write_events([{"id": "a", "name": "Ann", "age": 40, "tags": ["x", "y"]}, {"id": "b", "name": "Bo"}, {"id": "c"}])
        self.run_well(write(self.store()))
        self.assertEqual(self.rows("SELECT id, name, age, tags FROM users"),
                         [("a", "Ann", 40, {"x", "y"}), ("b", "Bo", None, None), ("c", None, None, None)])

    def test_leaves_cells_that_a_record_does_not_name(self):
        self.session.execute(USERS)
        self.session.execute("INSERT INTO users (id, name, age, tags) VALUES ('a', 'Ann', 40, {'x'}) USING TIMESTAMP 1")
        self.write_events([{"id": "a", "age": 41}])
        self.run_well(write(self.store()))
        self.assertEqual(self.rows("SELECT id, name, age, tags FROM users"), [("a", "Ann", 41, {"x"})])

    def test_carries_timestamp_and_ttl(self):
        self.session.execute(USERS)
        self.write_events([{"id": "a", "name": "Ann", "at": 5}])
        self.run_well(write(self.store(), ", timestamp: event.at, ttl: 'duration(\"1h\")'"))
        ((written, ttl),) = self.rows("SELECT writetime(name), ttl(name) FROM users")
        self.assertEqual(written, 5)
        self.assertTrue(3000 < ttl <= 3600, ttl)

    def test_keeps_the_tables_ttl_where_none_is_given(self):
        self.session.execute(USERS + " WITH default_time_to_live = 1000")
        self.write_events([{"id": "a", "name": "Ann"}])
        self.run_well(write(self.store()))
        ((ttl,),) = self.rows("SELECT ttl(name) FROM users")
        self.assertTrue(900 < ttl <= 1000, ttl)

    def test_deletes_rows(self):
        self.session.execute(USERS)
        self.session.execute("INSERT INTO users (id, name) VALUES ('a', 'Ann') USING TIMESTAMP 1")
        self.session.execute("INSERT INTO users (id, name) VALUES ('b', 'Bo') USING TIMESTAMP 1")
        self.write_events([{"id": "a", "gone": True}])
        self.run_well(write(self.store(), ", delete_when: 'event.?gone.orValue(false)'"))
        self.assertEqual(self.rows("SELECT id FROM users"), [("b",)])

    def test_reports_all_of_many_rows_written_by_several_workers(self):
        self.session.execute(USERS)
        self.write_events([{"id": f"u{n}", "age": n} for n in range(20000)])
        self.run_well(write(self.store()) + "workers: 2\n")
        self.assertEqual(sum(age for (age,) in self.session.execute("SELECT age FROM users")), 20000 * 19999 // 2)

    def test_puts_a_record_that_cannot_be_a_row_to_the_dead_letters(self):
        self.session.execute(USERS)
        self.write_events([{"id": "", "name": "nobody"}, {"id": "a", "age": "old"}, {"id": "b"}])
        self.run_well(write(self.store()) + "dead_letter: { file: { path: dead.jsonl, format: json } }\n")
        self.assertEqual(self.rows("SELECT id FROM users"), [("b",)])
        self.assertEqual(len(self.read_events("dead.jsonl")), 2)


class LookingUp(StoreTest):
    def test_finds_what_another_client_wrote(self):
        self.session.execute(USERS)
        self.session.execute("INSERT INTO users (id, name, age) VALUES ('a', 'Ann', 40)")
        self.session.execute("INSERT INTO users (id, name) VALUES ('b', 'Bo')")
        self.write_events([{"id": "a"}, {"id": "b"}, {"id": "nobody"}, {"id": "a"}])
        self.run_well(look_up(self.store()))
        ann = {"id": "a", "name": "Ann", "age": 40}
        self.assertEqual(self.read_events(), [ann, {"id": "b", "name": "Bo", "age": None}, {"id": "nobody"}, ann])

    def test_keeps_the_order_of_many_records(self):
        self.session.execute(USERS)
        insert = self.session.prepare("INSERT INTO users (id, age) VALUES (?, ?)")
        for n in range(500):
            self.session.execute(insert, (f"u{n}", n))
        self.write_events([{"id": f"u{n * 7 % 600}", "n": n} for n in range(20000)])
        self.run_well(look_up(self.store(), on_miss="drop") + "workers: 1\n")
        expected = [n for n in range(20000) if n * 7 % 600 < 500]
        found = self.read_events()
        self.assertEqual([event["n"] for event in found], expected)
        self.assertTrue(all(event["age"] == event["n"] * 7 % 600 for event in found))

    def test_finds_rows_of_a_step_before_it(self):
        self.session.execute(USERS)
        self.write_events([{"id": "a", "name": "Ann"}])
        self.run_well(self.store() + f"""
pipeline: both
{SOURCE}
steps:
  - upsert: {{ table: users, key: {{ id: event.id }}, set: {{ name: event.name }} }}
  - lookup: {{ into: user, table: users, key: {{ id: event.id }}, columns: [name] }}
  - set: {{ again: user.name }}
sinks: [ {{ file: {{ path: out.jsonl, format: json }} }} ]
""")
        self.assertEqual(self.read_events(), [{"id": "a", "name": "Ann", "again": "Ann"}])


class Stopping(StoreTest):
    def test_finishes_what_is_in_flight(self):
        self.session.execute(USERS)
        process = self.start(write(self.store()).replace(SOURCE, "source: { stdin: { format: json } }"))
        process.stdin.write("".join(json.dumps({"id": f"u{n}", "age": n}) + "\n" for n in range(5000)))
        process.stdin.flush()  # and it stays open: only the signal ends the run
        wait_until(lambda: self.rows("SELECT count(*) FROM users") > [(0,)], "rows")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 0, errors)
        summary = json.loads((self.folder / "summary.json").read_text())
        self.assertEqual(summary["records_in"], summary["records_done"])
        self.assertEqual(self.rows("SELECT count(*) FROM users"), [(summary["records_in"],)])

    def test_ends_at_once_while_it_still_connects(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = "{}:{}".format(*silent.getsockname())
            process = self.start(write(self.store()).replace(self.address, address))
            silent.accept()
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 0, errors)


class Schemas(StoreTest):
    def setUp(self):
        super().setUp()
        self.write_events([{"id": "a", "name": "Ann"}])

    def refused(self, text, status=78):
        result = self.messina("run", text)
        self.assertEqual(result.returncode, status, result.stderr)
        return result.stderr

    def test_tells_the_statement_that_creates_a_missing_table(self):
        error = self.refused(write(self.store(DECLARED)))
        self.assertIn(f"there is no table {self.keyspace}.users", error)
        for statement in statements_in(error):
            self.session.execute(statement)
        self.run_well(write(self.store(DECLARED)))
        self.assertEqual(self.rows("SELECT id, name FROM users"), [("a", "Ann")])

    def test_tells_the_statements_that_add_missing_columns(self):
        self.session.execute("CREATE TABLE users (id text PRIMARY KEY, name text)")
        error = self.refused(write(self.store(DECLARED)))
        self.assertIn(f"table {self.keyspace}.users has no column age, tags", error)
        for statement in statements_in(error):
            self.session.execute(statement)
        self.run_well(write(self.store(DECLARED)))

    def test_names_a_column_of_another_type(self):
        self.session.execute("CREATE TABLE users (id text PRIMARY KEY, name text, age bigint, tags set<text>)")
        self.assertIn("'age' is of type bigint, in the file of type int", self.refused(write(self.store(DECLARED))))

    def test_names_a_key_that_is_another(self):
        self.session.execute("CREATE TABLE users (id text, name text, age int, tags set<text>, PRIMARY KEY (id, name))")
        self.assertIn("'name' is a clustering column, in the file a column", self.refused(write(self.store(DECLARED))))

    def test_creates_missing_tables_when_it_may(self):
        text = write(self.store(DECLARED + ", create: if_missing"))
        for _ in range(2):
            self.run_well(text)
        self.assertEqual(self.rows("SELECT id, name FROM users"), [("a", "Ann")])

    def test_names_the_keyspace_that_is_missing(self):
        error = self.refused(write(self.store()).replace(self.keyspace, self.keyspace + "x"))
        self.assertIn(f"there is no keyspace '{self.keyspace}x'", error)
        self.assertIn(f"did you mean '{self.keyspace}'", error)

    def test_are_checked_without_running(self):
        self.session.execute(USERS)
        wrong = write(self.store()).replace("age: 'event.?age'", "agee: event.age")
        result = self.messina("check", wrong, "--connect")
        self.assertEqual(result.returncode, 1)
        self.assertIn("table users has no column 'agee'", result.stderr)
        self.assertEqual(self.messina("check", write(self.store()), "--connect").returncode, 0)
        self.assertIn("--connect", self.messina("check", write(self.store())).stderr)
        self.assertEqual(self.messina("check", write(self.store(DECLARED))).returncode, 0)

    def test_of_udts_and_quoted_names_are_read(self):
        self.session.execute("CREATE TYPE place (city text, zip int)")
        self.session.execute("CREATE TYPE trip (\"from\" frozen<place>, goal frozen<place>)")
        self.session.execute('CREATE TABLE "Trips" ("Id" int PRIMARY KEY, "order" frozen<trip>, v frozen<list<place>>)')
        self.write_events([{"id": 1, "from": {"city": "Paris", "zip": 75}}])
        self.run_well(self.store() + f"""
pipeline: trips
{SOURCE}
sinks:
  - table: {{ table: Trips, key: {{ Id: event.id }}, set: {{ order: '{{"from": event.from, "goal": null}}', v: '[event.from]' }} }}
""")
        ((identity, order, v),) = self.rows('SELECT "Id", "order", v FROM "Trips"')
        self.assertEqual((identity, tuple(order[0]), order[1], [tuple(place) for place in v]), (1, ("Paris", 75), None, [("Paris", 75)]))


if __name__ == "__main__":
    StoreTest.binary = sys.argv.pop(1)
    StoreTest.address = os.environ["MESSINA_CASSANDRA"]
    unittest.main()
