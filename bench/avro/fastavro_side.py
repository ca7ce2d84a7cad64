"""fastavro's side of bench/jobs/avro-decode.py: FOLDER MODE SECONDS, see there."""
import io
import json
import pathlib
import struct
import sys
import time

import fastavro


def datums(folder):
    data = (folder / "records.bin").read_bytes()
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        yield data[at + 4 : at + 4 + size]
        at += 4 + size


def main():
    folder, mode, seconds = pathlib.Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    writer = fastavro.parse_schema(json.loads((folder / "writer.avsc").read_text()))
    reader = fastavro.parse_schema(json.loads((folder / "reader.avsc").read_text())) if mode == "projection" else None
    records = list(datums(folder))
    checksum = 0
    for datum in records:
        value = fastavro.schemaless_reader(io.BytesIO(datum), writer, reader)
        checksum += len(value["kind"]) + len(value["user"]["country"]) + value["browser_version"] + int(value["total"])
    count = 0
    begin, begin_cpu = time.perf_counter(), time.process_time()
    while time.perf_counter() - begin < seconds:
        for datum in records:
            fastavro.schemaless_reader(io.BytesIO(datum), writer, reader)
        count += len(records)
    print(json.dumps({"records_per_s": count / (time.perf_counter() - begin),
                      "cpu_s_per_million": (time.process_time() - begin_cpu) / count * 1e6, "checksum": checksum}))


if __name__ == "__main__":
    main()
