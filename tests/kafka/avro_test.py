"""Avro messages with a schema registry: what official clients wrote is read, and what Messina writes is what they read."""
import decimal
import http.server
import json
import struct
import sys
import threading
import unittest
import urllib.error
import urllib.request

from schemas import REGISTRY, ask, decode, encode, register
from world import BROKERS, PipelineTest, committed, consume, make_topic, produce

CLICK = {"type": "record", "name": "Click", "namespace": "shop", "fields": [
    {"name": "n", "type": "long"}, {"name": "cookie", "type": "string"},
    {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
    {"name": "tags", "type": {"type": "map", "values": "string"}}]}
CLICK_2 = {**CLICK, "fields": CLICK["fields"] + [{"name": "page", "type": ["null", "string"], "default": None}]}


def click(n, **more):
    return {"n": n, "cookie": f"c{n}", "price": decimal.Decimal(n).scaleb(-2), "tags": {"a": "b"}, **more}


class Avro(PipelineTest):
    def pipeline(self, source, sink, registry=REGISTRY, steps="", dead=None, more=""):
        dead_letter = f'dead_letter: {{ kafka: {{ topic: {dead} }} }}' if dead else ""
        return f"""
pipeline: avro
source:
  kafka: {{ brokers: ["{BROKERS}"], topics: [{source}], group: {self.group}, until: end, format: {{ avro: {{ registry: "{registry}" }} }} }}
steps:
  - filter: event.n >= 0
{steps}
sinks:
  - kafka: {{ topic: {sink}, key: event.cookie, format: {{ avro: {{ {more} }} }} }}
{dead_letter}
"""

    def test_is_read_and_written_under_a_derived_schema(self):
        source, sink = make_topic(3), make_topic()
        first, second = register(f"{source}-value", CLICK), register(f"{source}-value", CLICK_2)
        produce(source, [{"value": encode(first, CLICK, click(n)), "key": str(n)} for n in range(200)])
        produce(source, [{"value": encode(second, CLICK_2, click(n, page="/p")), "key": str(n)} for n in range(200, 400)])
        self.run_well(self.pipeline(source, sink, steps='  - set: { upper: event.cookie + "!", twice: event.n * 2 }'))
        values, schemas = zip(*(decode(record.value()) for record in consume(sink)))
        self.assertEqual(sorted(value["n"] for value in values), list(range(400)))
        for value in values:
            n = value["n"]
            expected = click(n, upper=f"c{n}!", twice=2 * n)
            if n >= 200:
                expected["page"] = "/p"
            self.assertEqual(value, expected)
        self.assertEqual(len({json.dumps(schema) for schema in schemas}), 2)
        versions = ask(f"/subjects/{sink}-value/versions")
        self.assertEqual(len(versions), 2, "each derived schema was registered once")

    def test_keeps_every_byte_that_no_step_touches(self):
        source, sink = make_topic(), make_topic()
        schema_id = register(f"{source}-value", CLICK)
        sent = encode(schema_id, CLICK, click(7))
        produce(source, [{"value": sent}])
        self.run_well(self.pipeline(source, sink))
        record, = consume(sink)
        self.assertEqual(record.value()[5:], sent[5:])

    def test_of_an_unknown_schema_goes_to_the_dead_letters(self):
        source, sink, dead = make_topic(), make_topic(), make_topic()
        schema_id = register(f"{source}-value", CLICK)
        good = encode(schema_id, CLICK, click(1))
        produce(source, [{"value": good}, {"value": struct.pack(">bI", 0, 99999999) + good[5:]}, {"value": b"no header"},
                         {"value": good[:-3]}, {"value": None, "key": "gone"}, {"value": good}])
        self.run_well(self.pipeline(source, sink, dead=dead, steps="").replace("event.n >= 0", "'!has(event.n) || event.n >= 0'"))
        self.assertEqual([None if record.value() is None else decode(record.value())[0]["n"] for record in consume(sink)], [1, None, 1])
        letters = [json.loads(record.value()) for record in consume(dead)]
        self.assertEqual([letter["error"]["code"] for letter in letters], ["avro.unknown_schema_id", "avro.no_header", "avro.truncated"])
        self.assertIn("99999999", letters[0]["error"]["message"])

    def test_waits_while_the_registry_is_away(self):
        source, sink = make_topic(), make_topic()
        schema_id = register(f"{source}-value", CLICK)
        produce(source, [{"value": encode(schema_id, CLICK, click(n))} for n in range(50)])
        with Gate(refusals=12) as gate:
            result = self.run_well(self.pipeline(source, sink, registry=gate.url, steps="  - set: { more: event.n }"))
        self.assertGreater(gate.asked, 12)
        self.assertEqual([decode(record.value())[0]["more"] for record in consume(sink)], list(range(50)), result.stderr)
        told = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{") and '"registry.' in line]
        self.assertEqual([event["event"] for event in told][:1], ["registry.retrying"], result.stderr)
        self.assertEqual((told[0]["level"], told[0]["error_code"], told[0]["pipeline"]), ("warn", "registry.unavailable", "avro"))
        self.assertIn("registry.answers", [event["event"] for event in told])

    def test_asks_the_next_registry_when_one_is_away(self):
        source, sink = make_topic(), make_topic()
        schema_id = register(f"{source}-value", CLICK)
        produce(source, [{"value": encode(schema_id, CLICK, click(1))}])
        self.run_well(self.pipeline(source, sink, registry='X').replace('registry: "X"', f'registry: ["http://127.0.0.1:1", "{REGISTRY}"]'))
        self.assertEqual(len(consume(sink)), 1)

    def test_with_references_is_read(self):
        source, sink = make_topic(), make_topic()
        money = {"type": "record", "name": "Money", "namespace": f"ref{source[2:]}", "fields": [{"name": "units", "type": "long"}]}
        order = {"type": "record", "name": "Order", "namespace": money["namespace"],
                 "fields": [{"name": "n", "type": "long"}, {"name": "cookie", "type": "string"}, {"name": "total", "type": "Money"}]}
        register(f"money-{source}", money)
        schema_id = register(f"{source}-value", order, [{"name": f"{money['namespace']}.Money", "subject": f"money-{source}", "version": 1}])
        whole = {**order, "fields": order["fields"][:2] + [{"name": "total", "type": money}]}
        produce(source, [{"value": encode(schema_id, whole, {"n": 5, "cookie": "c", "total": {"units": 12}})}])
        self.run_well(self.pipeline(source, sink, steps="  - set: { units: event.total.units }"))
        record, = consume(sink)
        self.assertEqual(decode(record.value())[0], {"n": 5, "cookie": "c", "total": {"units": 12}, "units": 12})

    def test_that_the_subject_refuses_stops_the_pipeline(self):
        source, sink = make_topic(), make_topic()
        schema_id = register(f"{source}-value", CLICK)
        register(f"{sink}-value", {"type": "record", "name": "Click", "namespace": "shop", "fields": [{"name": "other", "type": "long"}]})
        request = urllib.request.Request(f"{REGISTRY}/config/{sink}-value", json.dumps({"compatibility": "FULL"}).encode(),
                                         {"Content-Type": "application/json"}, method="PUT")
        urllib.request.urlopen(request, timeout=30).close()
        produce(source, [{"value": encode(schema_id, CLICK, click(1))}])
        result = self.run_to_end(self.pipeline(source, sink))
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("registry.incompatible", result.stderr)
        self.assertEqual(committed(self.group, source), {0: -1001})


class Gate:
    """A registry in front of the registry, which is away for the first questions."""

    def __init__(self, refusals):
        gate = self
        self.asked = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, body=None):
                gate.asked += 1
                if gate.asked <= refusals:
                    return self.reply(503, b"{}")
                request = urllib.request.Request(REGISTRY + self.path, body, {"Content-Type": "application/json"})
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:
                        self.reply(answer.status, answer.read())
                except urllib.error.HTTPError as error:
                    self.reply(error.code, error.read())

            def reply(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                self.answer()

            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


if __name__ == "__main__":
    PipelineTest.binary = sys.argv.pop(1)
    unittest.main(verbosity=2)
