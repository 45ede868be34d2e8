// How `make test` counts the results of its suites, with stubs for the suites.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";

const root = path.resolve(import.meta.dirname, "../..");
const results = fs.mkdtempSync(path.join(os.tmpdir(), "pawl-counts-test-"));
after(() => fs.rmSync(results, { recursive: true }));

const onePassed = "test a ... ok\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured;";
const oneIgnored =
  "test a ... ok\ntest slow::b ... ignored, slow\ntest result: ok. 1 passed; 0 failed; 1 ignored;";
const tapSkipped = "ok 1 - a\nok 2 - b c # SKIP no screen\n# pass 1\n# fail 0\n# skipped 1\n# todo 0";

/** Counts one suite that prints `report` and exits with `code`. */
function count(kind, report, { ci = "", allowed = "", code = 0 } = {}) {
  const script = `set -euo pipefail
    source scripts/lib/common.sh; source scripts/lib/counts.sh
    allowed_skips=(${allowed})
    stub() { printf '%s\\n' "$REPORT" >"$1"; return ${code}; }
    run_suite stub ${kind} stub
    sum_up`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, results, REPORT: report, CI: ci },
  });
  return { status, told: stderr, last: stdout.trim().split("\n").at(-1), table: stdout };
}

test("a suite that passes is counted", () => {
  const { status, last } = count("cargo", onePassed, { ci: "true" });
  assert.deepEqual([status, last], [0, "1 passed, 0 failed"]);
});

test("a suite that ends well without a test fails", () => {
  const noneRan = oneIgnored.replace("1 passed", "0 passed");
  for (const [kind, report] of [["cargo", ""], ["cargo", noneRan], ["tap", "# pass 0"]]) {
    const { status, last, told } = count(kind, report);
    assert.deepEqual([status, last], [1, "0 passed, 1 failed"]);
    assert.match(told, /passed no test/);
  }
});

test("a suite that ends badly without a failed test fails", () => {
  const { status, last } = count("cargo", onePassed, { code: 3 });
  assert.deepEqual([status, last], [1, "1 passed, 1 failed"]);
});

for (const [kind, report, name] of [["cargo", oneIgnored, "slow::b"], ["tap", tapSkipped, "b c"]]) {
  test(`a skipped test of ${kind} is named, and fails in CI alone`, () => {
    const here = count(kind, report);
    assert.deepEqual([here.status, here.last], [0, "1 passed, 0 failed"]);
    assert.match(here.table, /^1 skipped$/m);
    assert.ok(here.told.includes(`skipped: ${name}`), here.told);
    const ci = count(kind, report, { ci: "true" });
    assert.deepEqual([ci.status, ci.last], [1, "1 passed, 1 failed"]);
  });

  test(`a skipped test of ${kind} that is on the list passes in CI`, () => {
    const { status, last } = count(kind, report, { ci: "true", allowed: `"${name}"` });
    assert.deepEqual([status, last], [0, "1 passed, 0 failed"]);
  });
}
