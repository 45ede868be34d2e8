// What a player finds at a URL, as ffmpeg reports it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const TIMEOUT = { timeout: 180_000 };

/** Decodes every frame; ffmpeg must not report anything. */
export async function decode(url) {
  const args = ["-v", "warning", "-xerror", "-i", url, "-map", "0", "-f", "null", "-"];
  const { stderr } = await run("ffmpeg", args, TIMEOUT);
  assert.equal(stderr, "");
}

export async function durationSeconds(url) {
  const args = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", url];
  const { stdout } = await run("ffprobe", args, TIMEOUT);
  return Number(stdout);
}
