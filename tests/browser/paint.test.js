// What a page waits for, and how far its content moves while it loads.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { picture } from "./pictures.js";
import { enter, member, publish, upload, uploadVideo } from "./scene.js";

/** The limit of a good score (web.dev/cls) is 0.1. */
const MOST_SHIFT = 0.05;

test("no page waits for the terms of uploads", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const ada = await member();
    await publish(ada, "Here at once");
    const { page } = await openPage(browser);
    // It is never answered.
    await page.route("**/api/v1/instance", () => undefined);
    await page.reload();
    await page.getByText("Here at once").first().waitFor();
    await enter(page, ada);
    await page.getByText("Nothing here yet.").or(page.getByText("Here at once")).first().waitFor();
  }),
);

test("the frame is painted before the session is restored", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    await enter(page, await member());
    await page.route("**/api/v1/sessions/refresh", () => undefined);
    await page.reload();
    await page.getByRole("link", { name: "Pawl" }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Sign in" }).count(), 0, "nor as a visitor");
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length);
  }),
);

test("layout shift stays below 0.05 on every page", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const ada = await member();
    const media = {
      [await upload(ada, picture("lake.png", 900, 600, [30, 80, 140]))]: "A lake",
      [await uploadVideo(ada)]: "A rabbit",
    };
    const post = await publish(ada, "Look", media);
    for (let i = 0; i < 12; i += 1) await publish(ada, `Number ${i}`);
    await ada.call("POST", `/posts/${post.id}/comments`, { text: "Yes" });
    const { page } = await openPage(browser);
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shift += value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    const found = {};
    const visit = async (who, paths) => {
      for (const { width, height } of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
        await page.setViewportSize({ width, height });
        for (const [path, last] of paths) {
          await page.goto(path);
          await page.locator(last).first().waitFor();
          await page.waitForLoadState("networkidle");
          found[`${who} ${path} ${width}`] = await page.evaluate(() => shift);
        }
      }
    };
    const pages = [["/", "article"], [`/u/${ada.username}`, "article"], [`/p/${post.id}`, ".comment"]];
    await visit("visitor", [...pages, ["/sign-up", "form"], ["/docs", "h1"]]);
    await enter(page, ada);
    await visit("user", [...pages, ["/everyone", "article"], ["/settings", ".session"]]);
    const moved = Object.entries(found).filter(([, value]) => value >= MOST_SHIFT);
    assert.deepEqual(moved, []);
  }),
);
