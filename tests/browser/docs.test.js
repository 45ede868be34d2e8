// The API documentation, read and tried out in a browser.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";

test("the API is described at /docs, with files of our own only", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page, complaints, foreign } = await openPage(browser, "/docs");
    const described = await (await page.request.get("/openapi.json")).json();
    const operations = Object.values(described.paths).flatMap((path) => Object.keys(path));
    await page.locator(".operation").nth(operations.length - 1).waitFor();
    assert.equal(await page.locator(".operation").count(), operations.length);
    assert.equal(await page.locator("main").count(), 1);
    assert.match(await page.locator("main").innerText(), /upload/);

    const instance = page.locator("#get_instance");
    await instance.locator("summary").click();
    await instance.getByRole("button", { name: "Send" }).click();
    await instance.getByRole("status").getByText('"post_text_chars": 5000').waitFor();

    // Every operation with a body has an example of it that the server can read.
    await page.locator("details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
    const post = page.locator("#create_post");
    await post.getByText('"text": "A bird').first().waitFor();
    await page.goto("/docs#create_user");
    await page.locator("#create_user[open]").getByLabel("Body").waitFor();

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
