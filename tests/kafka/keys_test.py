"""Keys in every format: what Messina writes is what the clients of Python and Java read, and the other way round."""
import json
import struct
import sys
import unittest

from schemas import REGISTRY, ask, decode, encode, register
from world import BROKERS, PipelineTest, consume, make_topic, murmur2, produce

from servers.kafka_tools import console_consumer, console_producer  # found through world

NUMBERS = [0, 1, -1, 7, 2**31 - 1, -2**31]


class Keys(PipelineTest):
    def pipeline(self, source, sink, read="bytes", write="", steps="", dead=None, value="json"):
        dead_letter = f"dead_letter: {{ kafka: {{ topic: {dead} }} }}" if dead else ""
        return f"""
pipeline: keys
source:
  kafka: {{ brokers: ["{BROKERS}"], topics: [{source}], group: {self.group}, until: end, format: {value}, key_format: {read} }}
{steps}
sinks:
  - kafka: {{ topic: {sink}{write} }}
{dead_letter}
"""

    def write_numbers(self, write, partitions=1):
        source, sink = make_topic(), make_topic(partitions)
        produce(source, [{"value": json.dumps({"n": n})} for n in NUMBERS])
        self.run_well(self.pipeline(source, sink, write=write))
        return sink

    def test_of_numbers_are_what_java_reads(self):
        for form, deserializer, shown in (("int32", "IntegerDeserializer", str), ("int64", "LongDeserializer", str),
                                          ("double", "DoubleDeserializer", lambda n: float(n))):
            sink = self.write_numbers(f", key: event.n, key_format: {form}")
            read = console_consumer(BROKERS, sink, len(NUMBERS), deserializer)
            convert = float if form == "double" else str
            self.assertEqual([(convert(key), json.loads(value)["n"]) for _, key, value in read], [(shown(n), n) for n in NUMBERS], form)

    def test_of_numbers_are_what_python_reads(self):
        for form, layout in (("int32", ">i"), ("int64", ">q"), ("double", ">d")):
            sink = self.write_numbers(f", key: event.n, key_format: {form}")
            self.assertEqual([struct.unpack(layout, record.key())[0] for record in consume(sink)], NUMBERS, form)

    def test_of_numbers_are_placed_by_their_bytes(self):
        records = consume(self.write_numbers(", key: event.n, key_format: int64", partitions=5))
        self.assertEqual(len(records), len(NUMBERS))
        for record in records:
            self.assertEqual(record.partition(), (murmur2(record.key()) & 0x7FFFFFFF) % 5)

    def test_are_placed_where_java_places_them(self):
        keys = [f"user-{n}" for n in range(50)] + ["ä", "日本", "x" * 301]
        by_java, by_us, source = make_topic(7), make_topic(7), make_topic()
        console_producer(BROKERS, by_java, [(key, "{}") for key in keys])
        produce(source, [{"value": json.dumps({"k": key})} for key in keys])
        self.run_well(self.pipeline(source, by_us, write=", key: event.k"))
        places = {record.key(): record.partition() for record in consume(by_us)}
        self.assertEqual(len(places), len(keys))
        self.assertEqual(places, {record.key(): record.partition() for record in consume(by_java)})

    def test_of_every_plain_form_are_read(self):
        for form, key, expected in (("int32", struct.pack(">i", -7), -7), ("int64", struct.pack(">q", 2**40), 2**40),
                                    ("double", struct.pack(">d", 0.1), 0.1), ("text", "ä".encode(), "ä"),
                                    ("json", b'{"id": [1, null]}', {"id": [1, None]})):
            source, sink = make_topic(), make_topic()
            produce(source, [{"value": "{}", "key": key}, {"value": "{}"}])
            self.run_well(self.pipeline(source, sink, read=form, steps="steps: [ set: { key: meta.key } ]"))
            records = consume(sink)
            self.assertEqual([json.loads(record.value())["key"] for record in records], [expected, None], form)
            self.assertEqual([record.key() for record in records], [key, None], "the input's keys keep their bytes")

    def test_of_json_have_fields(self):
        source, sink = make_topic(), make_topic()
        produce(source, [{"value": '{"n": 1}', "key": '{"tenant": "t", "id": 5}'}])
        self.run_well(self.pipeline(source, sink, read="json", steps="steps: [ set: { id: meta.key.id } ]",
                                    write=", key: '{\"id\": meta.key.id}', key_format: json"))
        record, = consume(sink)
        self.assertEqual((json.loads(record.value()), json.loads(record.key())), ({"n": 1, "id": 5}, {"id": 5}))

    def test_of_another_form_go_to_the_dead_letters(self):
        source, sink, dead = make_topic(), make_topic(), make_topic()
        produce(source, [{"value": '{"n": 1}', "key": struct.pack(">q", 1)}, {"value": '{"n": 2}', "key": "two"},
                         {"value": '{"n": "three"}', "key": struct.pack(">q", 3)}])
        self.run_well(self.pipeline(source, sink, read="int64", steps="steps: [ set: { key: meta.key } ]", dead=dead,
                                    write=", key: event.n, key_format: int32"))
        self.assertEqual([struct.unpack(">i", record.key())[0] for record in consume(sink)], [1])
        letters = {json.loads(record.value())["error"]["code"]: record for record in consume(dead)}
        self.assertEqual(set(letters), {"key.size", "key.type"})
        self.assertEqual(letters["key.size"].key(), b"two")

    def test_of_tombstones_stay(self):
        source, sink = make_topic(), make_topic()
        produce(source, [{"value": None, "key": b"\x00\x00\x00\x09"}])
        self.run_well(self.pipeline(source, sink, write=", key: event.n, key_format: int64"))
        record, = consume(sink)
        self.assertEqual((record.key(), record.value()), (b"\x00\x00\x00\x09", None))

    def test_in_avro_are_written_under_the_topics_key_subject(self):
        source, sink = make_topic(), make_topic()
        produce(source, [{"value": json.dumps({"n": n, "id": f"u{n}"})} for n in range(3)])
        avro = f'{{ avro: {{ registry: "{REGISTRY}" }} }}'
        self.run_well(self.pipeline(source, sink, write=f", key: string(event.id), key_format: {avro}"))
        keys, schemas = zip(*(decode(record.key()) for record in consume(sink)))
        self.assertEqual(keys, ("u0", "u1", "u2"))
        self.assertEqual(set(map(str, schemas)), {"string"})
        self.assertEqual(len(ask(f"/subjects/{sink}-key/versions")), 1)

    def test_in_avro_are_read_and_written_under_a_given_schema(self):
        source, sink = make_topic(), make_topic()
        schema = {"type": "record", "name": "Key", "namespace": source.replace("-", "_"),
                  "fields": [{"name": "id", "type": "int"}, {"name": "tenant", "type": "string"}]}
        schema_id = register(f"{source}-key", schema)
        (self.folder / "key.avsc").write_text(json.dumps(schema))
        produce(source, [{"value": "{}", "key": encode(schema_id, schema, {"id": n, "tenant": "t"})} for n in range(3)] + [{"value": "{}"}])
        avro = f'{{ avro: {{ registry: "{REGISTRY}" }} }}'
        self.run_well(self.pipeline(source, sink, read=avro, steps='steps: [ set: { id: "meta.key.?id.orValue(-1)" } ]',
                                    write=", key: meta.key, key_format: { avro: { schema: key.avsc } }"))
        records = consume(sink)
        self.assertEqual([json.loads(record.value())["id"] for record in records], [0, 1, 2, -1])
        self.assertEqual([record.key() and decode(record.key())[0] for record in records], [*({"id": n, "tenant": "t"} for n in range(3)), None])
        self.assertEqual(len(ask(f"/subjects/{sink}-key/versions")), 1)

    def test_in_avro_of_an_unknown_schema_go_to_the_dead_letters(self):
        source, sink, dead = make_topic(), make_topic(), make_topic()
        schema_id = register(f"{source}-key", "string")
        good = encode(schema_id, "string", "k")
        produce(source, [{"value": '{"n": 1}', "key": good}, {"value": '{"n": 2}', "key": struct.pack(">bI", 0, 99999998) + good[5:]}])
        self.run_well(self.pipeline(source, sink, read=f'{{ avro: {{ registry: "{REGISTRY}" }} }}', dead=dead,
                                    steps="steps: [ set: { key: meta.key } ]"))
        self.assertEqual([json.loads(record.value()) for record in consume(sink)], [{"n": 1, "key": "k"}])
        letter, = [json.loads(record.value()) for record in consume(dead)]
        self.assertEqual(letter["error"]["code"], "avro.unknown_schema_id")

    def test_are_refused_where_their_format_cannot_be_known(self):
        source, sink = make_topic(), make_topic()
        produce(source, [{"value": "{}"}])
        for write, words in ((", key_format: int64", "key: meta.key"),
                             (f', key: event.id, key_format: {{ avro: {{ registry: "{REGISTRY}" }} }}', "avro.no_key_schema"),
                             (", key: event.id, key_format: { avro: {} }", "avro: { registry:")):
            result = self.run_to_end(self.pipeline(source, sink, write=write))
            self.assertEqual(result.returncode, 78, result.stderr)
            self.assertIn(words, result.stderr)


if __name__ == "__main__":
    PipelineTest.binary = sys.argv.pop(1)
    unittest.main(verbosity=2)
