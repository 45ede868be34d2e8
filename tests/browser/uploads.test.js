// Uploads in the composer: leaving the page, a reload, and files that cannot be used.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, slowDown, waitForBar, withBrowser } from "./browser.js";
import { CHOOSER, goTo } from "./people.js";
import { picture } from "./pictures.js";
import { enter, member, publish, uploadVideo } from "./scene.js";
import { video } from "./stack.js";

test("leaving during an upload asks first", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    await enter(page, await member());
    const dialogs = [];
    page.on("dialog", async (dialog) => {
      dialogs.push(dialog.type());
      await dialog.dismiss();
    });
    await slowDown(page, 35_000);
    await page.getByLabel(CHOOSER).setInputFiles(video);
    await waitForBar(page, 2);
    await page.close({ runBeforeUnload: true });
    await page.waitForFunction(() => document.querySelector(".upload progress").value > 4);
    assert.deepEqual(dialogs, ["beforeunload"], "the user has stayed");

    await goTo(page, "Sign out");
    await page.getByRole("button", { name: "Stop the upload and sign out?" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByRole("button", { name: "Really discard?" }).click();
    await page.locator(".upload").waitFor({ state: "detached" });
    await page.reload();
    assert.equal(dialogs.length, 1, "without an upload nothing asks");
  }),
);

test("thumbnails survive a reload, and a failed file is shown as failed", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    await enter(page, await member());
    const words = { name: "words.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
    const lake = picture("lake.png", 900, 600, [30, 80, 140]);
    await page.getByLabel(CHOOSER).setInputFiles([lake, words]);
    const card = (name) => page.getByRole("region", { name: `Upload ${name}` });
    const check = async () => {
      await card("lake.png").getByText("uploaded").waitFor();
      await page.waitForFunction(() => document.querySelector("img.upload-icon")?.naturalWidth > 0);
      await card("words.png").getByText("This file cannot be read").waitFor();
      assert.equal(await card("words.png").getByText("uploaded").isVisible(), false);
      assert.equal(await page.locator("img.upload-icon").count(), 1);
    };
    await check();
    await page.reload();
    await check();
  }),
);

test("only one video plays at a time", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const ada = await member();
    await publish(ada, "Two", {
      [await uploadVideo(ada, "one.mp4")]: "One",
      [await uploadVideo(ada, "two.mp4")]: "Two",
    });
    const { page, complaints } = await openPage(browser, `/u/${ada.username}`);
    await page.getByRole("button", { name: "Play video: One" }).click();
    await page.waitForFunction(() => document.querySelector("video")?.currentTime > 0);
    await page.getByRole("button", { name: "Play video: Two" }).click();
    await page.waitForFunction(() => document.querySelectorAll("video")[1]?.currentTime > 0);
    assert.ok(await page.locator("video").first().evaluate((video) => video.paused || video.ended));
    assert.deepEqual(complaints, []);
  }),
);
