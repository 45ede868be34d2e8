// schemathesis generates valid and invalid requests from the API's description. None may get a 5xx.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { apiUrl, signUp } from "./stack.js";

const run = promisify(execFile);

// These operations would end the session that the others use.
const ENDING = ["delete_current_session", "delete_all_sessions"];
// The same requests every time. More requests would find more, but make every test run minutes
// longer.
const BOUNDS = ["--seed", "1", "--workers", "1", "--max-examples", "10", "--request-timeout", "60"];
const WAYS = ["--phases", "examples,coverage,fuzzing", "--suppress-health-check", "all"];
const CHECKS = ["--checks", "not_a_server_error,content_type_conformance", "--warnings", "off"];

async function tryOut(headers, filters) {
  const program = await run(fileURLToPath(new URL("../../scripts/schemathesis", import.meta.url)));
  // It stores data in its working directory.
  const cwd = await mkdtemp(join(tmpdir(), "pawl-schemathesis-"));
  const header = ["--header", `Authorization: ${headers.Authorization}`];
  const args = ["run", `${apiUrl}/openapi.json`, ...header, ...BOUNDS, ...WAYS, ...CHECKS, ...filters];
  const options = { cwd, timeout: 900_000, maxBuffer: 64 << 20 };
  try {
    return (await run(program.stdout.trim(), args, options)).stdout;
  } catch (error) {
    assert.fail(`${error.stdout ?? ""}\n${error.stderr ?? error}`);
  } finally {
    await rm(cwd, { recursive: true });
  }
}

test("no request that can be made up is answered by a 5xx", { timeout: 960_000 }, async () => {
  const told = await tryOut(await signUp(), ENDING.flatMap((id) => ["--exclude-operation-id", id]));
  assert.match(told, /[1-9]\d* generated/, told);
});

test("nor is one that ends its own session", { timeout: 960_000 }, async () => {
  await tryOut(await signUp(), ENDING.flatMap((id) => ["--include-operation-id", id]));
});
