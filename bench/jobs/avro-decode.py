"""The same 20,000 rich Avro records (40 fields: nested records, unions, arrays, maps, enums, fixed, logical types), decoded whole and by
projection to five fields, by Messina, fastavro (compiled) and the Rust crate apache-avro; one core, sides in turn.

What each does: Messina decodes batches into slots, texts are views into the record; whole means the root value with everything in it.
fastavro and the crate give their generic values, by projection with a reader's schema; since the crate is faster without one, its
full decode is what the bar of the projection is held against. Every side adds up the same checksum over the wanted fields.
"""
import json
import subprocess

RUNS = 5
SECONDS = 2
FASTAVRO_TIMES = 5
RUST_TIMES = 2


def prepare(root, work):
    subprocess.run(["cmake", "--preset", "release", "-DMESSINA_BENCH=ON"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "avro_decode_bench", "--", "--quiet"], cwd=root, check=True)
    subprocess.run(["cargo", "build", "--quiet", "--release", "--locked", "--manifest-path", root / "bench/peers/avro-rust/Cargo.toml",
                    "--target-dir", root / "build/peers/avro-rust"], check=True)
    python = root / "build/bench/venv/bin/python"
    if not python.exists():
        subprocess.run(["python3", "-m", "venv", python.parent.parent], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", root / "tests/avro_interop/requirements.txt"],
                   check=True)
    if not (work / "records.bin").exists():
        subprocess.run([python, root / "bench/avro/generate.py", work], check=True)
    return python


def run(root, spread):
    work = root / "build/bench/avro-decode"
    python = prepare(root, work)
    ours = [root / "build/release/bench/avro/avro_decode_bench"]
    rust = [root / "build/peers/avro-rust/release/avro-rust"]
    fastavro = [python, root / "bench/avro/fastavro_side.py"]
    commands = {("messina", "full"): ours, ("fastavro", "full"): fastavro, ("apache-avro (Rust)", "full"): rust,
                ("messina", "projection"): ours, ("fastavro", "projection"): fastavro, ("apache-avro (Rust)", "projection"): rust}
    results = {side: [] for side in commands}
    for _ in range(RUNS):
        for side, command in commands.items():
            out = subprocess.run(["taskset", "-c", "1", *command, work, side[1], str(SECONDS)], check=True, capture_output=True, text=True).stdout
            results[side].append(json.loads(out))
    if len({result["checksum"] for runs in results.values() for result in runs}) != 1:
        raise RuntimeError("the sides disagree about what the records hold")

    sides = {f"{name}, {mode}": {figure: spread([run[figure] for run in runs]) for figure in ("records_per_s", "cpu_s_per_million")}
             for (name, mode), runs in results.items()}
    rate = lambda name: sides[name]["records_per_s"]["median"]
    bars = []
    for mode in ("full", "projection"):
        for peer, want in ((f"fastavro, {mode}", FASTAVRO_TIMES), ("apache-avro (Rust), full", RUST_TIMES)):
            got = rate(f"messina, {mode}") / rate(peer)
            bars.append({"what": f"{mode}: times {peer}", "want": f">= {want}", "got": round(got, 2), "holds": got >= want})
    return {"sides": sides, "bars": bars}
