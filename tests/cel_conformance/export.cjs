// Turns the test data of @bufbuild/cel-spec into JSON lines, one test a line:
//   node export.cjs <folder of the unpacked package> <folder for the .jsonl files>
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const SETS = ["conformance", "parsing", "checking", "comprehension"];

// Tests that need protobuf message or enum types; timestamps and durations are values of CEL itself.
const PROTOBUF = new RegExp(
  [
    "TestAllTypes|TestRequired|NestedEnum|GlobalEnum|NullValue|Proto2Message|NotAMessage",
    "google\\.protobuf\\.(?!Timestamp|Duration)",
    "google\\.protobuf\\.(Timestamp|Duration)\\{",
    "\\b[A-Za-z0-9]*Value\\s*\\{\\s*(value|null_value)",
    "proto\\.(has|get)Ext",
  ].join("|"),
);

function* walk(suite, at) {
  for (const test of suite.tests ?? []) yield [at, test];
  for (const child of suite.suites ?? []) yield* walk(child, `${at}/${child.name}`);
}

// Doubles as text: as a JSON number 2^64 would read as a whole number out of range.
function withTextualDoubles(key, value) {
  return key === "doubleValue" ? String(value) : value;
}

function exportSet(data, name) {
  const seen = new Map();
  const lines = [];
  for (const [suite, test] of walk(data, name)) {
    const { container, description, ...content } = test.original;
    const own = test.original.name ?? String(lines.length + 1).padStart(3, "0");
    const base = `${suite}/${own}`;
    const times = (seen.get(base) ?? 0) + 1;
    seen.set(base, times);
    lines.push(
      JSON.stringify({
        id: times === 1 ? base : `${base}#${times}`,
        is_protobuf: PROTOBUF.test(JSON.stringify(content)),
        expr: test.original.expr,
        container: container ?? "",
        disable_check: test.original.disableCheck ?? false,
        check_only: test.original.checkOnly ?? false,
        type_env: test.original.typeEnv ?? [],
        bindings: test.original.bindings ?? {},
        value: test.original.value ?? test.original.typedResult?.result ?? null,
        deduced_type: test.original.typedResult?.deducedType ?? null,
        is_eval_error: test.original.evalError !== undefined,
        ast: test.ast ?? "",
        type: test.type ?? "",
        error: test.error ?? "",
      }, withTextualDoubles),
    );
  }
  return lines;
}

const [packageFolder, outFolder] = process.argv.slice(2);
if (packageFolder === undefined || outFolder === undefined) {
  console.error("usage: node export.cjs <package folder> <output folder>");
  process.exit(2);
}
fs.mkdirSync(outFolder, { recursive: true });
for (const name of SETS) {
  const file = path.resolve(packageFolder, "dist/cjs/testdata", `${name}.js`);
  const lines = exportSet(require(file).tests, name);
  fs.writeFileSync(path.join(outFolder, `${name}.jsonl`), `${lines.join("\n")}\n`);
  console.log(`${name}: ${lines.length} tests`);
}
