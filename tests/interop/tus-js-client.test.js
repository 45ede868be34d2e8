// tus-js-client with its defaults, over a bad connection, and with uploads that are aborted.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { test } from "node:test";
import { Upload } from "tus-js-client";

import { decode, durationSeconds } from "./player.js";
import { withProxy } from "./proxy.js";
import { apiUrl, readyMedia, signUp, uploadUrl, video } from "./stack.js";

const METADATA = { filename: "rabbit.mp4", filetype: "video/mp4" };
/**
 * The headers of six requests have about 3 kB in total; bytes that arrived before a cut are not
 * sent again.
 */
const LITTLE_BYTES = 16 << 10;

const bytes = readFileSync(video);

test("a video cut twice on its way is resumed, transcoded and played", { timeout: 300_000 }, () =>
  withProxy(uploadUrl, async (proxy) => {
    const headers = await signUp();
    await proxy.tell("speed 800000");
    await proxy.tell("cut after 350000");
    await proxy.tell("cut after 350000");
    const { url, mediaIds, methods } = await upload(proxy.url, headers);

    const { up, cuts } = await proxy.tell("counts");
    assert.equal(cuts, 2);
    assert.ok(up >= bytes.length, "it went through the proxy");
    assert.ok(up - bytes.length < LITTLE_BYTES, `${up - bytes.length} bytes more than the file`);
    assert.deepEqual(methods, ["POST", "PATCH", "HEAD", "PATCH", "HEAD", "PATCH"]);

    const id = url.split("/").pop();
    assert.deepEqual([...mediaIds], [id], "every answer names the media");
    await plays(await readyMedia(id, headers), headers);
  }),
);

test("an upload in small chunks is paused, forgotten and found again", { timeout: 300_000 }, async () => {
  const headers = await signUp();
  const chunked = { chunkSize: 150_000 };
  const paused = await new Promise((resolve, reject) => {
    const first = new Upload(createReadStream(video), {
      ...options(uploadUrl, headers),
      ...chunked,
      onError: reject,
      onChunkComplete: async (_, accepted) => {
        if (accepted < 450_000) return;
        await first.abort();
        resolve({ url: first.url, accepted });
      },
    });
    first.start();
  });

  const offset = await offsetOf(paused.url, headers);
  assert.ok(offset >= paused.accepted, `${offset} of ${paused.accepted} acknowledged`);
  const { methods } = await upload(uploadUrl, headers, { ...chunked, uploadUrl: paused.url });
  assert.deepEqual(methods.slice(0, 2), ["HEAD", "PATCH"]);
  assert.equal(await offsetOf(paused.url, headers), bytes.length);
});

test("an upload that is called off is gone, and so is its media", { timeout: 300_000 }, async () => {
  const headers = await signUp();
  const { url } = await new Promise((resolve, reject) => {
    const unwanted = new Upload(createReadStream(video), {
      ...options(uploadUrl, headers),
      chunkSize: 150_000,
      onError: reject,
      onChunkComplete: () => resolve(unwanted.abort(true).then(() => unwanted)),
    });
    unwanted.start();
  });
  const answer = await fetch(url, { method: "HEAD", headers: tus(headers) });
  assert.ok([404, 410].includes(answer.status), `HEAD says ${answer.status}`);
  const media = await fetch(`${apiUrl}/api/v1/media/${url.split("/").pop()}`, { headers });
  assert.equal(media.status, 404);
});

/**
 * Uploads the whole video; returns its URL, the media ids of the answers, and the methods of the
 * requests.
 */
function upload(origin, headers, more = {}) {
  const mediaIds = new Set();
  const methods = [];
  return new Promise((resolve, reject) => {
    const one = new Upload(createReadStream(video), {
      ...options(origin, headers),
      ...more,
      onBeforeRequest: (request) => void methods.push(request.getMethod()),
      onAfterResponse: (_, answer) => void mediaIds.add(answer.getHeader("Pawl-Media-Id")),
      onError: reject,
      onSuccess: () => resolve({ url: one.url, mediaIds, methods }),
    });
    one.start();
  });
}

function options(origin, headers) {
  return { endpoint: `${origin}/files/`, headers, metadata: METADATA };
}

function tus(headers) {
  return { ...headers, "Tus-Resumable": "1.0.0" };
}

async function offsetOf(url, headers) {
  const answer = await fetch(url, { method: "HEAD", headers: tus(headers) });
  assert.equal(answer.status, 200);
  return Number(answer.headers.get("Upload-Offset"));
}

async function plays({ playback }, headers) {
  const playlist = apiUrl + playback.hls_url;
  await decode(playlist);
  const [expected, played] = await Promise.all([video, playlist].map(durationSeconds));
  assert.ok(Math.abs(played - expected) < 0.1, `${played} s instead of ${expected} s`);

  const source = await fetch(apiUrl + playback.source_url, { headers });
  const returned = Buffer.from(await source.arrayBuffer());
  assert.equal(sha256(returned), sha256(bytes));
}

function sha256(data) {
  return createHash("sha256").update(data).digest("hex");
}
