// The ports that `make run` uses, and its message if a port is not available.

import assert from "node:assert/strict";
import net from "node:net";
import { after, test } from "node:test";

import { addresses, makeRun, stateFolder } from "./run.js";

const folders = [stateFolder(), stateFolder()];
after(() => folders.forEach(({ remove }) => remove()));

test("two runs that start together never choose the same port", async () => {
  const runs = folders.map(({ folder }) => makeRun(folder));
  const told = await Promise.all(runs.map(addresses));
  const ports = told.flatMap((one) =>
    [one.api_url, one.upload_url, one.database_url, one.redis_url, ...Object.values(one.ops_urls)].map(
      (url) => new URL(url).port,
    ),
  );
  assert.equal(new Set(ports).size, 14, ports.join(" "));
  for (const run of runs) assert.doesNotMatch(run.output, /starting it again/);
  for (const run of runs) run.child.kill("SIGTERM");
  await Promise.all(runs.map((run) => run.ended));
});

test("a taken port that was asked for ends the run at once, and the setting is named", async () => {
  const taken = net.createServer();
  await new Promise((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${taken.address().port}`;
  const run = makeRun(folders[0].folder, { PAWL_API_LISTEN: address });
  assert.notEqual(await run.ended, 0);
  taken.close();
  assert.ok(run.output.includes(`PAWL_API_LISTEN=${address}: this port is taken already`), run.output);
  assert.doesNotMatch(run.output, /starting it again/);
});
