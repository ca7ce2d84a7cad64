"""Random schemas, and random data under them: for each datum what the libraries take and what
Messina must make of it (tagged, see tagged.py)."""

import datetime
import decimal
import random
import struct
import uuid

import tagged

PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
LOGICAL = [
    {"type": "int", "logicalType": "date"},
    {"type": "int", "logicalType": "time-millis"},
    {"type": "long", "logicalType": "time-micros"},
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "long", "logicalType": "local-timestamp-millis"},
    {"type": "long", "logicalType": "local-timestamp-micros"},
    {"type": "string", "logicalType": "uuid"},
    {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 3},
    {"type": "bytes", "logicalType": "decimal", "precision": 30},
]
UNDERLYING = {"boolean": "number", "int": "number", "long": "number", "float": "number", "double": "number",
              "bytes": "bytes", "fixed": "bytes", "string": "text", "enum": "text"}


class Schemas:
    """Random schemas. `plain_unions`: no two branches that a library which picks the branch by the
    datum alone could mistake for each other."""

    def __init__(self, seed, plain_unions):
        self.random = random.Random(seed)
        self.plain_unions = plain_unions
        self.count = 0
        self.open_records = []
        self.named = []

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def record(self, depth=0):
        name = self.name("R")
        schema = {"type": "record", "name": name, "fields": []}
        if depth == 0:
            schema["namespace"] = self.random.choice(["", "a.b", "shop"])
        self.open_records.append(name)
        for i in range(self.random.randint(1, 6)):
            schema["fields"].append({"name": f"{name.lower()}_f{i}", "type": self.any(depth + 1)})
        self.open_records.pop()
        return schema

    def any(self, depth):
        kinds = ["primitive"] * 4 + ["logical"] * 2
        if depth < 4:
            kinds += ["record", "array", "map", "union", "union", "enum", "fixed", "again"]
        kind = self.random.choice(kinds)
        if kind == "primitive":
            return self.random.choice(PRIMITIVES)
        if kind == "logical":
            return dict(self.random.choice(LOGICAL))
        if kind == "record":
            return self.record(depth)
        if kind == "array":
            return {"type": "array", "items": self.any(depth + 1)}
        if kind == "map":
            return {"type": "map", "values": self.any(depth + 1)}
        if kind == "enum":
            self.named.append(self.name("E"))
            symbols = ["A", "B", "C", "D"][: self.random.randint(1, 4)]
            return {"type": "enum", "name": self.named[-1], "symbols": symbols}
        if kind == "fixed":
            return self.fixed()
        if kind == "again" and self.open_records:
            # Recursion ends where the union is null.
            return ["null", self.open_records[-1]]
        return self.union(depth)

    def fixed(self):
        name = self.name("F")
        kind = self.random.choice(["plain", "decimal", "duration"])
        if kind == "decimal":
            return {"type": "fixed", "name": name, "size": 8, "logicalType": "decimal",
                    "precision": 15, "scale": self.random.choice([0, 4])}
        if kind == "duration":
            return {"type": "fixed", "name": name, "size": 12, "logicalType": "duration"}
        return {"type": "fixed", "name": name, "size": self.random.choice([1, 5, 16])}

    def union(self, depth):
        branches, kinds = [], set()
        for _ in range(self.random.randint(2, 4)):
            branch = self.any(depth + 1)
            if isinstance(branch, list):
                branch = "null"
            kind = branch["type"] if isinstance(branch, dict) else branch
            if isinstance(branch, dict) and branch.get("logicalType") == "duration":
                continue
            if self.plain_unions:
                kind = {"record": "map"}.get(kind, UNDERLYING.get(kind, kind))
                if isinstance(branch, dict) and "logicalType" in branch:
                    continue
            elif kind in ("record", "enum", "fixed"):
                kind = branch["name"]
            if kind not in kinds:
                kinds.add(kind)
                branches.append(branch)
        return branches or ["null"]


def float32(number):
    return struct.unpack("<f", struct.pack("<f", number))[0]


class Data:
    """Random data of one schema: pairs of what fastavro takes (branches of unions named) and the
    tagged value."""

    def __init__(self, schema, seed):
        self.random = random.Random(seed)
        self.names = tagged.named_types(schema)
        self.schema = schema

    def datum(self):
        return self.make(self.schema, 0)

    def make(self, schema, depth):
        schema = tagged.resolve(schema, self.names)
        if isinstance(schema, list):
            branch = schema[0] if depth > 6 else self.random.choice(schema)
            datum, value = self.make(branch, depth + 1)
            return (tagged.branch_name(branch, self.names), datum), value
        kind = schema["type"] if isinstance(schema, dict) else schema
        if isinstance(schema, dict) and "logicalType" in schema:
            return self.logical(schema, kind)
        if kind == "record":
            pairs = {f["name"]: self.make(f["type"], depth + 1) for f in schema["fields"]}
            return ({k: p[0] for k, p in pairs.items()},
                    tagged.map_of({k: p[1] for k, p in pairs.items()}))
        size = 0 if depth > 6 else self.random.choice([0, 1, 2, 5])
        if kind == "array":
            pairs = [self.make(schema["items"], depth + 1) for _ in range(size)]
            return [p[0] for p in pairs], [p[1] for p in pairs]
        if kind == "map":
            pairs = {f"k{i}ü": self.make(schema["values"], depth + 1) for i in range(size)}
            return ({k: p[0] for k, p in pairs.items()},
                    tagged.map_of({k: p[1] for k, p in pairs.items()}))
        if kind == "enum":
            symbol = self.random.choice(schema["symbols"])
            return symbol, {"s": symbol}
        datum = self.primitive(kind, schema)
        return datum, tagged.of_python(datum)

    def primitive(self, kind, schema):
        r = self.random
        if kind == "null":
            return None
        if kind == "boolean":
            return r.random() < 0.5
        if kind in ("int", "long"):
            bits = 31 if kind == "int" else 63
            number = r.getrandbits(r.randint(0, bits))
            return number if r.random() < 0.5 else -number - r.choice([0, 1])
        if kind == "float":
            return float32(r.choice([0.0, -1.5, r.uniform(-1e30, 1e30)]))
        if kind == "double":
            return r.choice([0.0, -2.25, r.uniform(-1e300, 1e300), float("inf")])
        if kind == "string":
            return "".join(r.choice('ab"\\\n\x01ü→𝄞') for _ in range(r.choice([0, 3, 9, 70])))
        size = schema["size"] if kind == "fixed" else r.choice([0, 1, 8, 200])
        return r.randbytes(size)

    def logical(self, schema, kind):
        r = self.random
        name = schema["logicalType"]
        if name == "date":
            datum = datetime.date.fromordinal(r.randint(1, 3652059))
        elif name in ("time-millis", "time-micros"):
            step = 1000 if name == "time-millis" else 1
            micros = r.randrange(0, 86_400_000_000, step) if r.random() < 0.8 else 0
            datum = (datetime.datetime.min + datetime.timedelta(microseconds=micros)).time()
        elif name.startswith(("timestamp", "local-timestamp")):
            step = 1000 if name.endswith("millis") else 1
            micros = r.randrange(-60_000_000_000_000_000, 250_000_000_000_000_000, step)
            zone = None if name.startswith("local") else datetime.timezone.utc
            datum = datetime.datetime(1970, 1, 1, tzinfo=zone) + datetime.timedelta(
                microseconds=micros)
        elif name == "uuid":
            datum = uuid.UUID(int=r.getrandbits(128))
        elif name == "duration":
            parts = [r.getrandbits(32) for _ in range(3)]
            return struct.pack("<III", *parts), tagged.duration(parts)
        else:
            scale = schema.get("scale", 0)
            number = r.getrandbits(r.choice([3, 30, 39 if schema["precision"] < 30 else 99]))
            datum = decimal.Decimal(number).scaleb(-scale, decimal.Context(prec=60))
            datum = datum if r.random() < 0.5 else -datum
            return datum, tagged.of_decimal(datum, scale)
        return datum, tagged.of_python(datum)
