"""One evaluation of the five-term rule that CEL engines are compared by, on decoded slots, through the full compiler:
kind == …, url.startsWith(…), price > …, country in […], tags.exists(…); every term is looked at."""
import json
import subprocess

RUNS = 9
NANOSECONDS_MAX = 100


def run(root, spread):
    subprocess.run(["cmake", "--preset", "release", "-DMESSINA_BENCH=ON"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "cel_bench", "--", "--quiet"], cwd=root, check=True)
    out = subprocess.run(["taskset", "-c", "1", root / "build/release/bench/cel/cel_bench", "--benchmark_filter=five_terms",
                          f"--benchmark_repetitions={RUNS}", "--benchmark_format=json"],
                         check=True, capture_output=True, text=True).stdout
    runs = [entry["cpu_time"] for entry in json.loads(out)["benchmarks"] if entry["run_type"] == "iteration"]
    nanoseconds = spread(runs)
    side = {"records_per_s": spread([1e9 / ns for ns in runs]), "cpu_s_per_million": spread([ns / 1000 for ns in runs]), "ns": nanoseconds}
    return {"sides": {"messina": side},
            "bars": [{"what": "the five-term rule, ns", "want": f"< {NANOSECONDS_MAX}", "got": round(nanoseconds["median"], 1),
                      "holds": nanoseconds["median"] < NANOSECONDS_MAX}]}
