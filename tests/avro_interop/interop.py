"""Messina's Avro against two other implementations, on random schemas and data:
interop.py <avro_tool> [--cases N] [--seed N] [--keep]"""

import argparse
import datetime
import decimal
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import uuid
import warnings

import avro.datafile
import avro.errors
import avro.io
import avro.schema
import fastavro
import fastavro.read

import tagged
from evolve import Evolution, is_ambiguous
from generate import Data, Schemas

CODECS = ["null", "deflate", "snappy", "zstandard"]
RECORDS = 12


class Mismatch(Exception):
    pass


class Tool:
    def __init__(self, path, folder):
        self.path = path
        self.folder = folder

    def run(self, *arguments, data=""):
        done = subprocess.run([self.path, *map(str, arguments)], input=data.encode(),
                              capture_output=True, timeout=60, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def read(self, file, reader=None):
        code, out, error = self.run("read", file, *([reader] if reader else []))
        if code != 0:
            raise Mismatch(error.strip())
        return [json.loads(line) for line in out.splitlines()]

    def write(self, schema, codec, file, values):
        lines = "".join(json.dumps(value) + "\n" for value in values)
        code, _, error = self.run("write", schema, codec, file, data=lines)
        if code != 0:
            raise Mismatch(error.strip())


def compare(what, wanted, got):
    if wanted == got:
        return
    for number, (a, b) in enumerate(zip(wanted, got)):
        if a != b:
            raise Mismatch(f"{what}: record {number}\n  wanted {json.dumps(a)}\n"
                           f"  got    {json.dumps(b)}")
    raise Mismatch(f"{what}: {len(wanted)} records wanted, {len(got)} got")


def read_fastavro(path, reader_schema=None):
    with open(path, "rb") as file:
        return list(fastavro.reader(file, reader_schema))


def read_apache(path):
    with avro.datafile.DataFileReader(open(path, "rb"), avro.io.DatumReader()) as reader:
        return list(reader)


def for_apache(schema, datum, names):
    """Apache's library picks branches by itself, wants UUIDs as text and knows no local
    timestamps."""
    schema = tagged.resolve(schema, names)
    if isinstance(schema, list):
        name, inner = datum
        branch = next(b for b in schema if tagged.branch_name(b, names) == name)
        return for_apache(branch, inner, names)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind == "record":
        return {f["name"]: for_apache(f["type"], datum[f["name"]], names)
                for f in schema["fields"]}
    if kind == "array":
        return [for_apache(schema["items"], item, names) for item in datum]
    if kind == "map":
        return {key: for_apache(schema["values"], item, names) for key, item in datum.items()}
    if isinstance(datum, uuid.UUID):
        return str(datum)
    if isinstance(datum, datetime.datetime) and datum.tzinfo is None:
        unit = tagged.UNITS[schema["logicalType"].rsplit("-", 1)[-1]]
        return (datum - datetime.datetime(1970, 1, 1)) // datetime.timedelta(
            microseconds=1_000_000 // unit)
    return datum


class Case:
    def __init__(self, tool, folder, seed):
        self.tool = tool
        self.folder = folder
        self.seed = seed
        self.codec = CODECS[seed % len(CODECS)]
        self.has_plain_unions = seed % 2 == 0
        self.schema = Schemas(seed, self.has_plain_unions).record()
        self.names = tagged.named_types(self.schema)
        data = Data(self.schema, seed)
        pairs = [data.datum() for _ in range(RECORDS)]
        self.datums = [pair[0] for pair in pairs]
        self.values = [pair[1] for pair in pairs]
        self.schema_file = folder / "schema.avsc"
        self.schema_file.write_text(json.dumps(self.schema))

    def normalised(self, values, schema=None):
        schema = schema or self.schema
        names = tagged.named_types(schema)
        return [tagged.normalise(schema, value, names) for value in values]

    def canonical_form(self):
        _, out, _ = self.tool.run("schema", self.schema_file)
        mine, fingerprint = out.splitlines()
        theirs = fastavro.schema.to_parsing_canonical_form(json.loads(json.dumps(self.schema)))
        if mine != theirs:
            raise Mismatch(f"canonical form\n  wanted {theirs}\n  got    {mine}")
        wanted = fastavro.schema.fingerprint(theirs, "CRC-64-AVRO")
        # fastavro prints the eight bytes as they lie in memory.
        if bytes.fromhex(wanted)[::-1].hex() != fingerprint:
            raise Mismatch(f"fingerprint: wanted {wanted}, got {fingerprint}")

    def reads_fastavro(self):
        path = self.folder / "fastavro.avro"
        with open(path, "wb") as file:
            fastavro.writer(file, fastavro.parse_schema(json.loads(json.dumps(self.schema))),
                            self.datums, codec=self.codec, sync_interval=300)
        compare("reading fastavro's file", self.values, self.tool.read(path))

    def writes_for_both(self):
        path = self.folder / "messina.avro"
        self.tool.write(self.schema_file, self.codec, path, self.values)
        compare("reading the own file", self.values, self.tool.read(path))
        compare("fastavro reading", self.values, self.normalised(read_fastavro(path)))
        if self.has_plain_unions:
            compare("Apache Avro reading", self.values, self.normalised(read_apache(path)))

    def reads_apache(self):
        """Where a datum has but one branch that it can be written as."""
        if not self.has_plain_unions:
            return
        path = self.folder / "apache.avro"
        schema = avro.schema.parse(json.dumps(self.schema))
        with avro.datafile.DataFileWriter(open(path, "wb"), avro.io.DatumWriter(), schema,
                                          codec=self.codec) as writer:
            for datum in self.datums:
                writer.append(for_apache(self.schema, datum, self.names))
        compare("reading Apache Avro's file", self.values, self.tool.read(path))

    def resolves(self):
        path = self.folder / "fastavro.avro"
        reader = Evolution(self.seed).schema(self.schema)
        if is_ambiguous(reader):
            return "not compared"
        reader_file = self.folder / "reader.avsc"
        reader_file.write_text(json.dumps(reader))
        try:
            theirs = self.normalised(
                read_fastavro(path, fastavro.parse_schema(json.loads(json.dumps(reader)))), reader)
        except (fastavro.read.SchemaResolutionError, UnicodeDecodeError, ValueError) as error:
            theirs = error
        try:
            mine = self.tool.read(path, reader_file)
        except Mismatch as error:
            mine = error
        if isinstance(theirs, Exception) and isinstance(mine, Exception):
            return "refused"
        if isinstance(theirs, Exception) or isinstance(mine, Exception):
            raise Mismatch(f"resolution\n  wanted {str(theirs)[:500]}\n  got    {str(mine)[:500]}")
        compare("resolution", theirs, mine)
        return "resolved"


def main():
    warnings.simplefilter("ignore", avro.errors.AvroWarning)
    decimal.getcontext().prec = 60  # Apache's library rounds decimals to the context's
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tool")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the files of the last case")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="avro_interop_"))
    outcomes = {}
    failures = 0
    for seed in range(options.seed, options.seed + options.cases):
        case = Case(Tool(options.tool, folder), folder, seed)
        for step in (case.canonical_form, case.reads_fastavro, case.writes_for_both,
                     case.reads_apache, case.resolves):
            try:
                outcome = f"{step.__name__} {step() or 'agreed'}"
            except Exception as error:  # whatever a library raises, the other cases go on
                failures += 1
                outcome = f"{step.__name__} FAILED"
                print(f"seed {seed}, {case.codec}: {type(error).__name__} {error}\n  schema "
                      f"{json.dumps(case.schema)}", file=sys.stderr)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:5} {outcome}")
    if not options.keep:
        shutil.rmtree(folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
