// What the server says about pages before any script runs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { picture } from "./pictures.js";
import { member, publish, upload } from "./scene.js";
import { apiUrl } from "./stack.js";

test("a link to a post shows its words and its picture to other programs", { timeout: 300_000 }, async () => {
  const ada = await member();
  const lake = await upload(ada, picture("lake.png", 900, 600, [30, 80, 140]));
  const { id } = await publish(ada, "At the “lake” & beyond", { [lake]: "A lake" });
  const answer = await fetch(`${apiUrl}/p/${id}`);
  const html = await answer.text();
  const tag = (name) => html.match(new RegExp(`property="og:${name}" content="([^"]*)"`))?.[1];
  assert.equal(tag("title"), "Ada Lovelace: “At the “lake” &amp; beyond”");
  assert.equal(tag("image:alt"), "A lake");
  assert.equal(tag("url"), `${apiUrl}/p/${id}`);
  const image = await fetch(tag("image"));
  assert.equal(image.status, 200);
  assert.match(image.headers.get("content-type"), /^image\//);
});

test("unknown pages are 404 and look like the client", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    for (const path of ["/nothing/here", "/u/nobody_of_this_name", "/p/999999999999"]) {
      const answer = await page.goto(path);
      assert.equal(answer.status(), 404, path);
      await page.locator(".message").waitFor();
    }
    const { page: another } = await openPage(browser, "/sign-up");
    await another.getByRole("button", { name: "Sign up" }).waitFor();
  }),
);

test("crawlers and home screens find what they look for", async () => {
  const robots = await fetch(`${apiUrl}/robots.txt`);
  assert.match(robots.headers.get("content-type"), /^text\/plain/);
  const manifest = await fetch(`${apiUrl}/manifest.webmanifest`);
  assert.match(manifest.headers.get("content-type"), /^application\/manifest\+json/);
  const icons = (await manifest.json()).icons.map(({ src }) => src);
  const page = await (await fetch(`${apiUrl}/`)).text();
  icons.push(page.match(/apple-touch-icon" href="([^"]+)"/)[1]);
  for (const src of icons) {
    const icon = await fetch(apiUrl + src);
    assert.match(icon.headers.get("content-type"), /^image\//, src);
  }
});
