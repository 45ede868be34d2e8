// Going back from a post to its place in a long list.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { goTo, signUp } from "./people.js";

test("back from a post, a list is as long and where it was", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    const person = await signUp(page);
    await writePosts(page, person, 13);
    await goTo(page, `@${person.username}`);
    const posts = page.getByRole("article");
    await page.getByRole("button", { name: "Load more" }).click();
    await posts.nth(12).waitFor();
    const link = posts.nth(11).locator("a[href^='/p/']").first();
    await link.scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => scrollY);
    assert.ok(before > 0, "the list is longer than the page");
    await link.click();
    await page.getByText("No comments yet.").waitFor();
    assert.equal(await page.evaluate(() => scrollY), 0);

    await page.goBack();
    await posts.nth(12).waitFor();
    await page.waitForFunction((y) => Math.abs(scrollY - y) < 2, before);
    assert.deepEqual(complaints, []);
  }),
);

async function writePosts(page, { username, password }, count) {
  const session = await page.request.post("/api/v1/sessions", {
    data: { login: username, password },
  });
  const { access_token } = await session.json();
  const headers = { Authorization: `Bearer ${access_token}` };
  for (let i = 1; i <= count; i += 1) {
    const data = { text: `Number ${i}`, visibility: "public", media: [] };
    const answer = await page.request.post("/api/v1/posts", { headers, data });
    assert.equal(answer.status(), 201);
  }
}
