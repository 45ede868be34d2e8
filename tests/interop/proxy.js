// The test proxy as a program: it limits the speed, cuts connections and counts bytes.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { proxyProgram } from "./stack.js";

/** Runs `body` with a proxy in front of `target`, an origin. */
export async function withProxy(target, body) {
  const child = spawn(proxyProgram, [new URL(target).host], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse((await lines.next()).value);
  try {
    const { url } = await answer();
    const tell = (command) => {
      child.stdin.write(`${command}\n`);
      return answer();
    };
    await body({ url, tell });
  } finally {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
  }
}
