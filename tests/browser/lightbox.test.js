// A picture in full size: all of it is visible, and its words are beside it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { picture } from "./pictures.js";
import { member, publish, upload } from "./scene.js";

test("the lightbox shows whole pictures of every shape, beside their words", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const ada = await member();
    const long = "A light tower of numbers that goes on and on. ".repeat(30).trim();
    const media = {
      [await upload(ada, picture("tall.png", 500, 2400, [230, 230, 190]))]: long,
      [await upload(ada, picture("wide.png", 2400, 500, [230, 190, 190]))]: "A wide one",
      [await upload(ada, picture("tree.png", 900, 1200, [190, 230, 190]))]: "",
    };
    const post = await publish(ada, "Three shapes", media);
    const { page, complaints } = await openPage(browser, `/p/${post.id}`);
    for (const size of [
      { width: 1280, height: 900 },
      { width: 1280, height: 500 },
      { width: 390, height: 844 },
    ]) {
      await page.setViewportSize(size);
      await page.locator(".picture").first().click();
      for (let shown = 1; shown <= 3; shown += 1) {
        await page.getByText(`${shown} of 3`).waitFor();
        await page.waitForFunction(() => document.querySelector("dialog img").naturalWidth > 0);
        const image = await page.locator("dialog img").boundingBox();
        const words = await page.locator(".lightbox-foot").boundingBox();
        const close = await page.getByRole("button", { name: "Close" }).boundingBox();
        const what = `picture ${shown} at ${size.width} × ${size.height}: ${JSON.stringify({ image, words })}`;
        assert.ok(image.x >= 0 && image.x + image.width <= size.width, what);
        assert.ok(image.y >= 0 && image.y + image.height <= words.y, what);
        assert.ok(words.y + words.height <= size.height, what);
        assert.ok(close.x + close.width <= size.width, what);
        const [width, height] = [[500, 2400], [2400, 500], [900, 1200]][shown - 1];
        assert.ok(Math.abs(image.width / image.height / (width / height) - 1) < 0.05, what);
        await page.keyboard.press("ArrowRight");
      }
      await page.keyboard.press("Escape");
    }
    assert.deepEqual(complaints, []);
  }),
);
