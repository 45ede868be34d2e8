// The guarantees of `make run` while it is active.

import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";

import { addresses, isAlive, isReady, makeRun, stateFolder, until } from "./run.js";

const { folder, remove } = stateFolder();
let run;
let told;

/** Listens on a default port, unless another process already does. */
const takenPort = net.createServer();

before(async () => {
  await new Promise((resolve) => {
    takenPort.once("error", resolve);
    takenPort.listen(8000, "127.0.0.1", resolve);
  });
  run = makeRun(folder);
  told = await addresses(run);
});

after(async () => {
  takenPort.close();
  run.child.kill("SIGTERM");
  await run.ended;
  remove();
});

function readRunJson() {
  return JSON.parse(fs.readFileSync(path.join(folder, "run.json"), "utf8"));
}

test("run.json tells addresses that answer, and live pids", async () => {
  assert.deepEqual(Object.keys(told.ops_urls), ["api-server", "upload-server", "transcoder"]);
  const urls = [told.api_url, told.upload_url, ...Object.values(told.ops_urls)];
  for (const url of urls) assert.ok(await isReady(url), url);
  const names = ["api-server", "postgres", "redis", "transcoder", "upload-server"];
  assert.deepEqual(Object.keys(told.pids).sort(), names);
  assert.ok(Object.values(told.pids).every(isAlive));
  assert.equal(told.store, path.join(folder, "store"));
});

test("a taken default port moves to a free one, and the instance tells where uploads go", async () => {
  assert.notEqual(new URL(told.api_url).port, "8000");
  const instance = await (await fetch(`${told.api_url}/api/v1/instance`)).json();
  assert.equal(new URL(instance.uploads.url).origin, told.upload_url);
});

test("keys and run.json are for the owner alone", () => {
  const keys = path.join(folder, "keys");
  const files = fs.readdirSync(keys).map((name) => path.join(keys, name));
  assert.ok(files.length > 0);
  for (const file of [...files, path.join(folder, "run.json")]) {
    assert.equal(fs.statSync(file).mode & 0o777, 0o600, file);
  }
});

test("the store is closed to everybody else", () => {
  assert.equal(fs.statSync(told.store).mode & 0o777, 0o700);
});

test("only api-server gets the secret that mints tokens", () => {
  const hasSecret = (name) =>
    fs.readFileSync(`/proc/${told.pids[name]}/environ`, "latin1").includes("PAWL_SECRET_KEY");
  assert.deepEqual(Object.keys(told.ops_urls).filter(hasSecret), ["api-server"]);
});

test("a second run in the same clone names the first one's address and fails", async () => {
  const second = makeRun(folder);
  assert.notEqual(await second.ended, 0);
  assert.match(second.output, /up in this clone already/);
  assert.ok(second.output.includes(told.api_url));
  assert.ok(await isReady(told.api_url));
});

for (const name of ["api-server", "upload-server", "transcoder", "postgres", "redis"]) {
  test(`a killed ${name} is started again at once and run.json tells its new pid`, async () => {
    const old = readRunJson().pids[name];
    process.kill(old, "SIGKILL");
    await until(() => readRunJson().pids[name] !== old, () => `a new ${name}:\n${run.output}`);
    const urls = Object.values(told.ops_urls);
    await until(
      async () => (await Promise.all(urls.map(isReady))).every(Boolean),
      () => `all to be ready:\n${run.output}`,
    );
    assert.match(run.output, new RegExp(`${name} was ended by SIGKILL; starting it again`));
  });
}
