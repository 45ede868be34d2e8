// One `make run` under test, with its own state folder and the binaries that the tests have built,
// so that it does not disturb another one and compiles nothing.

import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
export const binaries = process.env.PAWL_TEST_BIN_DIR ?? path.join(root, "target/test/debug");

/** Long enough for a busy machine; a wait that takes this long has failed. */
const PATIENCE_MS = 180_000;

/**
 * A folder instead of `.pawl/`; `remove` also deletes root's database cluster, which is elsewhere.
 */
export function stateFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pawl-run-test-"));
  const remove = () => {
    const cluster = path.join(folder, "postgres");
    if (fs.existsSync(cluster)) fs.rmSync(fs.realpathSync(cluster), { recursive: true });
    fs.rmSync(folder, { recursive: true });
  };
  return { folder, remove };
}

/** Starts `make run` as the leader of a process group, as a shell would; it dies with this test. */
export function makeRun(folder, settings = {}) {
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", "make", "run"], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...neutralEnvironment(), PAWL_RUN_DIR: folder, PAWL_RUN_BIN_DIR: binaries, ...settings },
  });
  const run = { child, folder, output: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => (run.output += chunk));
  }
  run.ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve(code ?? signal)));
  return run;
}

/** Without this test's own settings, which would be inherited. */
function neutralEnvironment() {
  const isOurs = ([name]) => !/^(PAWL_|DATABASE_|REDIS_|MAKE)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(isOurs));
}

/** The content of `.pawl/run.json`, as soon as this run has written it. */
export async function addresses(run) {
  const file = path.join(run.folder, "run.json");
  await until(() => {
    if (run.child.exitCode !== null) throw new Error(`make run ended:\n${run.output}`);
    return run.output.includes("Pawl is up") && fs.existsSync(file);
  }, () => `addresses; so far:\n${run.output}`);
  return JSON.parse(fs.readFileSync(file, "utf8"));
}

/** Live processes with this state folder in their environment, as `{pid, command}`. */
export function processesOf(folder) {
  const found = [];
  for (const entry of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const environment = fs.readFileSync(`/proc/${entry}/environ`, "latin1").split("\0");
      if (!environment.includes(`PAWL_RUN_DIR=${folder}`)) continue;
      const command = fs.readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ");
      found.push({ pid: Number(entry), command: command.trim() });
    } catch {
      // The process ended meanwhile, or belongs to another user.
    }
  }
  return found;
}

/** The Python process that `make run` has started. */
export function supervisorOf(folder) {
  return processesOf(folder).find(({ command }) => /scripts\/stack .*run$/.test(command)).pid;
}

export function isAlive(pid) {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(fs.readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}


export async function until(condition, what) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function isReady(url) {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}
