// However `make run` ends, it leaves nothing behind that the next run does not clean up.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, test } from "node:test";

import {
  addresses,
  isAlive,
  makeRun,
  processesOf,
  stateFolder,
  supervisorOf,
  until,
} from "./run.js";

const { folder, remove } = stateFolder();
after(remove);

/** No process runs, and no file is left that would disturb others. */
async function assertNothingLeft(pids) {
  await until(() => processesOf(folder).length === 0, () => JSON.stringify(processesOf(folder)));
  assert.deepEqual(Object.values(pids).filter(isAlive), []);
  for (const name of ["run.json", "run.ledger"]) {
    assert.ok(!fs.existsSync(path.join(folder, name)), `${name} is gone`);
  }
}

function socketFoldersOf(ledger) {
  return JSON.parse(fs.readFileSync(ledger, "utf8")).scratch;
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  test(`${signal} stops everything that was started and takes run.json away`, async () => {
    const run = makeRun(folder);
    const { pids } = await addresses(run);
    const sockets = socketFoldersOf(path.join(folder, "run.ledger"));
    // Ctrl-C signals the whole group, a plain kill only make.
    process.kill(signal === "SIGINT" ? -run.child.pid : run.child.pid, signal);
    await run.ended;
    await assertNothingLeft(pids);
    assert.deepEqual(sockets.filter(fs.existsSync), []);
  });
}

test("KILL of make takes everything down in order", async () => {
  const run = makeRun(folder);
  const { pids } = await addresses(run);
  run.child.kill("SIGKILL");
  await assertNothingLeft(pids);
});

test("after KILL of the supervisor the next run cleans up and is ready", async () => {
  const first = makeRun(folder);
  const before = await addresses(first);
  const sockets = socketFoldersOf(path.join(folder, "run.ledger"));
  process.kill(supervisorOf(folder), "SIGKILL");
  await first.ended;

  const second = makeRun(folder);
  const now = await addresses(second);
  assert.match(second.output, /cleaning up after a run that was killed/);
  assert.deepEqual(Object.values(before.pids).filter(isAlive), []);
  assert.deepEqual(sockets.filter(fs.existsSync), []);
  assert.equal(now.database_url, before.database_url);
  second.child.kill("SIGTERM");
  await second.ended;
  await assertNothingLeft(now.pids);
});

test("after KILL of the supervisor and a stopped binary the next run ends that binary", async () => {
  const first = makeRun(folder);
  const { pids } = await addresses(first);
  // A stopped process cannot handle the signal that it gets when its supervisor dies.
  process.kill(pids["upload-server"], "SIGSTOP");
  process.kill(supervisorOf(folder), "SIGKILL");
  await first.ended;
  assert.ok(isAlive(pids["upload-server"]));

  const second = makeRun(folder);
  const now = await addresses(second);
  assert.ok(!isAlive(pids["upload-server"]));
  second.child.kill("SIGTERM");
  await second.ended;
  await assertNothingLeft(now.pids);
});

test("a signal in the middle of the start leaves nothing", async () => {
  const run = makeRun(folder);
  await until(() => fs.existsSync(path.join(folder, "run.ledger")), () => "the first process");
  run.child.kill("SIGTERM");
  await run.ended;
  await assertNothingLeft({});
});
