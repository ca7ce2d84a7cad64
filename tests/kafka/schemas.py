"""The schema registry and Confluent's messages, through fastavro."""
import io
import json
import os
import struct
import urllib.parse
import urllib.request

import fastavro

REGISTRY = os.environ["MESSINA_REGISTRY"]


def ask(path, body=None, url=REGISTRY):
    request = urllib.request.Request(url + path, None if body is None else json.dumps(body).encode(),
                                     {"Content-Type": "application/vnd.schemaregistry.v1+json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def register(subject, schema, references=()):
    return ask(f"/subjects/{urllib.parse.quote(subject)}/versions", {"schema": json.dumps(schema), "references": list(references)})["id"]


def encode(schema_id, schema, datum):
    out = io.BytesIO()
    out.write(struct.pack(">bI", 0, schema_id))
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), datum)
    return out.getvalue()


def decode(message):
    """The value, and the schema that the registry has for it."""
    magic, schema_id = struct.unpack(">bI", message[:5])
    assert magic == 0
    schema = json.loads(ask(f"/schemas/ids/{schema_id}")["schema"])
    return fastavro.schemaless_reader(io.BytesIO(message[5:]), fastavro.parse_schema(schema)), schema
