// tuspy, a common client in Python.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "node:test";

import { decode } from "./player.js";
import { apiUrl, readyMedia, signUp, uploadUrl, video } from "./stack.js";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

test("tuspy resumes where it stopped, and the video plays", { timeout: 300_000 }, async () => {
  const python = (await run(here("../../scripts/tuspy"))).stdout.trim();
  const headers = await signUp();
  const args = [here("tuspy.py"), `${uploadUrl}/files/`, headers.Authorization, video];
  const url = (await run(python, args, { timeout: 180_000 })).stdout.trim();
  assert.ok(url.startsWith(uploadUrl), url);
  const media = await readyMedia(url.split("/").pop(), headers);
  await decode(apiUrl + media.playback.hls_url);
});
