// How `make run` treats the settings of its caller.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { addresses, makeRun, stateFolder } from "./run.js";

const { folder, remove } = stateFolder();
after(remove);

test("DATABASE_URL of the environment is used, an empty REDIS_URL means none", async () => {
  const database = `${process.env.PAWL_TEST_DATABASE_URL}/pawl`;
  const run = makeRun(folder, { DATABASE_URL: database, REDIS_URL: "" });
  const told = await addresses(run);
  run.child.kill("SIGTERM");
  await run.ended;
  assert.equal(told.database_url, database);
  assert.equal(told.redis_url, "");
  assert.deepEqual([told.pids.postgres, told.pids.redis], [null, null]);
});

test("a wrong setting ends the run, and the fault is named", async () => {
  const run = makeRun(folder, { PAWL_DURABILITY: "sometimes" });
  assert.notEqual(await run.ended, 0);
  assert.match(run.output, /durability/i);
  assert.doesNotMatch(run.output, /Pawl is up/);
});
