// The API documentation, read and tried out in a browser.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";

test("the API is described at /docs, with files of our own only", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page, complaints, foreign } = await openPage(browser, "/docs");
    const described = await (await page.request.get("/openapi.json")).json();
    const operations = Object.values(described.paths).flatMap((path) => Object.keys(path));
    await page.locator(".opblock").nth(operations.length - 1).waitFor();
    assert.equal(await page.locator(".opblock").count(), operations.length);

    const instance = page.locator("#operations-instance-get_instance");
    await instance.locator(".opblock-summary-control").click();
    await instance.getByRole("button", { name: "Try it out" }).click();
    await instance.getByRole("button", { name: "Execute" }).click();
    await instance.locator(".live-responses-table").getByText('"post_text_chars"').waitFor();

    await page.setViewportSize({ width: 360, height: 740 });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.ok(overflow <= 0, `${overflow} px beyond a narrow window`);
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign, []);
  }),
);

test("the type of a problem is a page that explains it", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page, complaints, foreign } = await openPage(browser, "/docs");
    const problem = await (await page.request.get("/api/v1/me")).json();
    await page.goto(problem.type);
    const row = page.locator("tr:target");
    assert.match(await row.innerText(), /Authorization: Bearer/);
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign, []);
  }),
);
