// A page asks again at a bounded rate, as the server wishes, and only while somebody sees it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { openPage, withBrowser } from "./browser.js";
import { CHOOSER, signUp } from "./people.js";
import { picture } from "./pictures.js";

const TICK_MS = 250;

/** The requests of each page that have no answer yet. */
const open = new WeakMap();

test("polling obeys Retry-After and rests while hidden or offline", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    watchRequests(page);
    await signUp(page);
    const headers = { "Retry-After": "5", "Access-Control-Expose-Headers": "Retry-After" };
    let asked = 0;
    await page.route("**/api/v1/media/*", (route) => {
      asked += 1;
      return route.fulfill({ status: 503, headers, body: "{}" });
    });
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.getByLabel(CHOOSER).setInputFiles(picture("lake.png", 30, 20, [30, 80, 140]));
    await page.locator('.upload[data-phase="done"]').waitFor();
    await pass(page, 25_000);
    // At 0 s, after the 5 s that the server wishes, and after twice that; each delay is longer by a
    // random share of up to a quarter.
    assert.equal(asked, 3);

    await hide(page, true);
    // The request that was on its way.
    await pass(page, 10_000);
    asked = 0;
    await pass(page, 60_000);
    assert.equal(asked, 0, "a hidden page asks nothing");
    await hide(page, false);
    await pass(page, 2_000);
    assert.equal(asked, 1, "a page that is seen again asks at once");

    await page.context().setOffline(true);
    // Longer than the longest delay.
    await pass(page, 80_000);
    assert.equal(asked, 1, "without a network nothing is asked");
    await page.context().setOffline(false);
    await pass(page, 2_000);
    assert.equal(asked, 2);
  }),
);

test("an append that fails is repeated when the server allows it", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    watchRequests(page);
    await signUp(page);
    let asked = 0;
    await page.route("**/files/*", (route) => {
      if (route.request().method() === "OPTIONS") return route.continue();
      asked += 1;
      const headers = {
        "Access-Control-Allow-Origin": new URL(page.url()).origin,
        "Access-Control-Expose-Headers": "Retry-After",
        "Retry-After": "30",
      };
      return route.fulfill({ status: 503, headers, body: "{}" });
    });
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.getByLabel(CHOOSER).setInputFiles(picture("tree.png", 900, 900, [40, 110, 50]));
    await page.getByText("trying again…").waitFor();
    await pass(page, 29_000);
    assert.equal(asked, 1);
    await pass(page, 60_000);
    assert.ok(asked >= 2 && asked <= 3, `${asked} requests in 89 s`);
  }),
);

function watchRequests(page) {
  const requests = new Set();
  open.set(page, requests);
  page.on("request", (request) => requests.add(request));
  for (const end of ["requestfinished", "requestfailed"]) {
    page.on(end, (request) => requests.delete(request));
  }
}

/** Lets the page's time pass in steps. It stands still while the page waits for an answer. */
async function pass(page, ms) {
  for (let passed = 0; passed < ms; passed += TICK_MS) {
    await page.clock.runFor(TICK_MS);
    while (open.get(page).size > 0) await sleep(5);
    await page.evaluate(() => new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(null);
    }));
  }
}

async function hide(page, isHidden) {
  await page.evaluate((isHidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}
