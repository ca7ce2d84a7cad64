"""Seeded rich Avro records, written by fastavro: FOLDER gets writer.avsc, reader.avsc (five of its fields) and records.bin, in which
each datum stands behind its length (4 bytes, little-endian)."""
import datetime
import decimal
import io
import json
import pathlib
import random
import struct
import sys

import fastavro

RECORDS = 20_000
UTC = datetime.timezone.utc


def optional(kind):
    return ["null", kind]


def field(name, kind):
    return {"name": name, "type": kind}


MICROS = {"type": "long", "logicalType": "timestamp-micros"}
SCHEMA = {"type": "record", "name": "Event", "namespace": "bench", "fields": [
    field("event_id", {"type": "string", "logicalType": "uuid"}), field("event_time", MICROS), field("received_at", MICROS),
    field("kind", {"type": "enum", "name": "Kind", "symbols": ["view", "click", "cart", "purchase"]}), field("cookie", "string"),
    field("session", "long"), field("sequence", "int"), field("url", "string"), field("referrer", optional("string")),
    field("user", {"type": "record", "name": "User", "fields": [
        field("id", optional("string")), field("email_hash", {"type": "fixed", "name": "Hash", "size": 16}), field("country", "string"),
        field("city", optional("string")), field("birth_year", optional("int")), field("segments", {"type": "array", "items": "string"}),
        field("scores", {"type": "map", "values": "double"})]}),
    field("ip", {"type": "fixed", "name": "Address", "size": 4}), field("language", "string"), field("timezone", "string"),
    field("screen", {"type": "record", "name": "Screen", "fields": [field("width", "int"), field("height", "int"), field("ratio", "float")]}),
    field("device", {"type": "enum", "name": "Device", "symbols": ["mobile", "desktop", "tablet", "tv"]}), field("os", "string"),
    field("os_version", optional("string")), field("is_bot", "boolean"), field("consent", "boolean"),
    field("campaign", optional({"type": "record", "name": "Campaign", "fields": [
        field("id", "long"), field("name", "string"), field("started", {"type": "int", "logicalType": "date"}), field("budget", "double")]})),
    field("creative", optional("long")), field("price", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 4}),
    field("currency", "string"), field("total", "double"), field("quantity", "int"),
    field("items", {"type": "array", "items": {"type": "record", "name": "Item", "fields": [
        field("sku", "string"), field("price", "double"), field("quantity", "int")]}}),
    field("tags", {"type": "array", "items": "string"}), field("attributes", {"type": "map", "values": "string"}),
    field("experiment", ["null", "string", "int"]), field("payload", "bytes"), field("latency", "float"),
    field("day", {"type": "int", "logicalType": "date"}), field("time_of_day", {"type": "long", "logicalType": "time-micros"}),
    field("latitude", "double"), field("longitude", "double"), field("browser", "string"), field("browser_version", "int"),
    field("plugin_count", "int"), field("cart_value", optional("double")), field("coupon", optional("string"))]}

WANTED = ["event_time", "kind", "user", "total", "browser_version"]


def reader_schema():
    fields = []
    for entry in SCHEMA["fields"]:
        if entry["name"] not in WANTED:
            continue
        if entry["name"] == "user":
            country = [inner for inner in entry["type"]["fields"] if inner["name"] == "country"]
            entry = {**entry, "type": {**entry["type"], "fields": country}}
        fields.append(entry)
    return {**SCHEMA, "fields": fields}


def record(chance):
    def text(prefix, numbers):
        return f"{prefix}{chance.randrange(numbers)}"

    def maybe(value):
        return value if chance.random() < 0.6 else None

    time = datetime.datetime(2026, 1, 1, tzinfo=UTC) + datetime.timedelta(microseconds=chance.randrange(10**13))
    day = datetime.date(2026, 1, 1) + datetime.timedelta(days=chance.randrange(300))
    return {
        "event_id": f"{chance.getrandbits(32):08x}-0000-4000-8000-{chance.getrandbits(48):012x}", "event_time": time, "received_at": time,
        "kind": chance.choice(["view", "click", "cart", "purchase"]), "cookie": f"{chance.getrandbits(64):016x}",
        "session": chance.getrandbits(50), "sequence": chance.randrange(5000), "url": f"https://shop.example/{chance.getrandbits(40):x}/item",
        "referrer": maybe("https://news.example/" + text("a", 10**6)),
        "user": {"id": maybe(text("u-", 10**8)), "email_hash": chance.randbytes(16), "country": chance.choice(["DE", "FR", "ES", "BR"]),
                 "city": maybe(text("city-", 5000)), "birth_year": maybe(chance.randrange(1940, 2010)),
                 "segments": [text("segment-", 900) for _ in range(chance.randrange(6))],
                 "scores": {f"model-{n}": chance.random() for n in range(chance.randrange(4))}},
        "ip": chance.randbytes(4), "language": chance.choice(["de", "fr", "en"]), "timezone": "Europe/Paris",
        "screen": {"width": chance.randrange(300, 4000), "height": chance.randrange(300, 3000), "ratio": 1.5},
        "device": chance.choice(["mobile", "desktop", "tablet", "tv"]), "os": "android", "os_version": maybe(text("1", 9)),
        "is_bot": chance.random() < 0.01, "consent": chance.random() < 0.8,
        "campaign": maybe({"id": chance.randrange(10**6), "name": text("campaign ", 10**4), "started": day, "budget": chance.random() * 1e5}),
        "creative": maybe(chance.randrange(10**7)), "price": decimal.Decimal(chance.randrange(10**7)).scaleb(-4), "currency": "EUR",
        "total": chance.random() * 500, "quantity": chance.randrange(1, 9),
        "items": [{"sku": text("sku-", 10**6), "price": chance.random() * 100, "quantity": chance.randrange(1, 4)} for _ in range(chance.randrange(4))],
        "tags": [text("tag-", 300) for _ in range(chance.randrange(5))],
        "attributes": {text("key-", 40): text("value ", 10**5) for _ in range(chance.randrange(4))},
        "experiment": chance.choice([None, "control", 7]), "payload": chance.randbytes(chance.randrange(40)), "latency": 0.25,
        "day": day, "time_of_day": datetime.time(chance.randrange(24), chance.randrange(60), 5, 250), "latitude": chance.uniform(-90, 90),
        "longitude": chance.uniform(-180, 180), "browser": "firefox", "browser_version": chance.randrange(60, 200),
        "plugin_count": chance.randrange(9), "cart_value": maybe(chance.random() * 900), "coupon": maybe(text("SAVE", 99))}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "writer.avsc").write_text(json.dumps(SCHEMA))
    (folder / "reader.avsc").write_text(json.dumps(reader_schema()))
    schema = fastavro.parse_schema(SCHEMA)
    chance = random.Random(11)
    with open(folder / "records.bin", "wb") as out:
        for _ in range(RECORDS):
            datum = io.BytesIO()
            fastavro.schemaless_writer(datum, schema, record(chance))
            out.write(struct.pack("<I", datum.tell()))
            out.write(datum.getvalue())


if __name__ == "__main__":
    main()
