// A binary that dies before it is ready is restarted with growing pauses; finally `make run` gives
// up.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, test } from "node:test";

import { addresses, binaries as built, makeRun, stateFolder } from "./run.js";

const { folder, remove } = stateFolder();
after(remove);

/** The built binaries, with a script instead of transcoder. */
function binariesWith(script) {
  const mixed = path.join(folder, "bin");
  fs.rmSync(mixed, { recursive: true, force: true });
  fs.mkdirSync(mixed, { recursive: true });
  for (const name of ["api-server", "upload-server"]) {
    fs.symlinkSync(path.join(built, name), path.join(mixed, name));
  }
  const text = `#!/bin/sh\n${script.replaceAll("REAL", path.join(built, "transcoder"))}\n`;
  fs.writeFileSync(path.join(mixed, "transcoder"), text, { mode: 0o755 });
  return { PAWL_RUN_BIN_DIR: mixed };
}

test("a binary that dies before it is ready is started again after a pause", async () => {
  const once = path.join(folder, "died-once");
  const run = makeRun(folder, binariesWith(`[ -e ${once} ] || { touch ${once}; exit 3; }; exec REAL "$@"`));
  const { pids } = await addresses(run);
  assert.match(run.output, /transcoder exited with code 3; starting it again in 0\.5 s/);
  assert.ok(pids.transcoder > 0);
  run.child.kill("SIGTERM");
  await run.ended;
});

test("a binary that dies each time is given up, and the run fails", async () => {
  const run = makeRun(folder, binariesWith("exit 3"));
  assert.notEqual(await run.ended, 0);
  assert.match(run.output, /in 0\.5 s[^]*in 1 s[^]*in 2 s/);
  assert.match(run.output, /transcoder exited with code 3 before it was ready/);
});

test("a refused configuration is not tried again", async () => {
  const run = makeRun(folder, binariesWith("exit 64"));
  assert.notEqual(await run.ended, 0);
  assert.match(run.output, /transcoder exited with code 64 before it was ready/);
  assert.doesNotMatch(run.output, /starting it again/);
});
