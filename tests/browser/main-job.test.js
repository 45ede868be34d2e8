// The main job in the web client: upload, pause, reload, resume, transcode, play, feed.

import assert from "node:assert/strict";
import { basename } from "node:path";
import { test } from "node:test";

import { barValue, openPage, slowDown, waitForBar, withBrowser } from "./browser.js";
import { CHOOSER, signUp } from "./people.js";
import { uploadUrl, video } from "./stack.js";

/** The clip has about 1 MB: half a minute, time enough to pause and to reload on a busy machine. */
const SLOW_BYTES_PER_SECOND = 35_000;
const TRANSCODED_WITHIN_MS = 180_000;

test(
  "a video is uploaded with a pause and a reload, transcoded, played, and in the public feed",
  { timeout: 600_000 },
  () =>
    withBrowser(async (browser) => {
      const { page, complaints } = await openPage(browser);
      const { username } = await signUp(page);
      const text = `From the train, by ${username}`;

      await chooseAndPause(page);
      await post(page, text);
      await resumeAfterReload(page);
      await playToTheEnd(page, page.getByRole("article").filter({ hasText: text }));

      const visitor = await openPage(browser);
      const seen = visitor.page.getByRole("article").filter({ hasText: text });
      await playToTheEnd(visitor.page, seen);
      assert.deepEqual(complaints, []);
      assert.deepEqual(visitor.complaints, []);
    }),
);

async function chooseAndPause(page) {
  await slowDown(page, SLOW_BYTES_PER_SECOND);
  await page.getByLabel(CHOOSER).setInputFiles(video);
  await page.getByText(/ of 1\.1 MB · .*\/s/).waitFor();
  await waitForBar(page, 5);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Paused. The server keeps what it has received.").waitFor();
  const paused = await barValue(page);
  assert.ok(paused < 60, `paused at ${paused} %`);
  // A second would have carried 3 % more.
  await page.waitForTimeout(1_000);
  assert.equal(await barValue(page), paused, "nothing moves while it is paused");
  await page.getByRole("button", { name: "Resume" }).click();
  await waitForBar(page, paused + 3);
}

/** The post appears at once, while its video is still being uploaded. */
async function post(page, text) {
  await page.getByLabel("What is it about?").fill(text);
  await page.getByLabel(/^Describe the video/).fill("A rabbit wakes up");
  await page.getByRole("button", { name: "Post", exact: true }).click();
  const article = page.getByRole("article").filter({ hasText: text });
  await article.getByText("Uploading…").waitFor();
}

async function resumeAfterReload(page) {
  assert.ok((await barValue(page)) < 90, "the reload must come in mid-upload");
  await page.reload();
  const waiting = page.getByText(`Waiting for “${basename(video)}” (1.1 MB).`);
  await waiting.waitFor();
  await waitForBar(page, 0, 95);
  const chooser = page.getByLabel("Choose the same file again");
  await chooser.setInputFiles({
    name: "other.mp4",
    mimeType: "video/mp4",
    buffer: Buffer.from("no"),
  });
  await page.getByText("“other.mp4” (2 B) is a different file.").waitFor();

  const append = page.waitForRequest((request) => request.method() === "PATCH");
  await chooser.setInputFiles(video);
  const request = await append;
  assert.equal(new URL(request.url()).origin, new URL(uploadUrl).origin);
  assert.ok(Number(request.headers()["upload-offset"]) > 0, "it goes on at the stored offset");
}

async function playToTheEnd(page, article) {
  const play = article.getByRole("button", { name: "Play video: A rabbit wakes up" });
  await play.click({ timeout: TRANSCODED_WITHIN_MS });
  const player = await article.locator("video").elementHandle();
  await page.waitForFunction((element) => element.currentTime > 1, player);
  await page.waitForFunction((element) => element.ended, player);
  const { duration, frames, error } = await player.evaluate((element) => ({
    duration: element.duration,
    frames: element.getVideoPlaybackQuality().totalVideoFrames,
    error: element.error?.message ?? null,
  }));
  assert.equal(error, null);
  assert.ok(Math.abs(duration - 5.28) < 0.2, `${duration} s long`);
  assert.ok(frames > 60, `${frames} frames shown`);
}
