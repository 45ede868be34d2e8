// axe finds nothing on any page, in a wide and a narrow window, light and dark.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { CHOOSER } from "./people.js";
import { picture } from "./pictures.js";
import { enter, member, publish, upload, uploadVideo } from "./scene.js";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];

test("axe finds nothing on the pages for visitors", { timeout: 600_000 }, () =>
  withBrowser(async (browser) => {
    const { ada, post } = await scene();
    const { page } = await openAudited(browser);
    const found = [];
    for (const [path, ready] of [
      ["/", "article"],
      [`/u/${ada.username}`, "article"],
      [`/p/${post.id}`, ".comment"],
      ["/sign-in", "form.form"],
      ["/sign-up", "form.form"],
      [`/search?q=${ada.username}&kind=users`, "main *"],
      ["/nothing/here", ".message"],
      ["/u/nobody-at-all", ".message"],
      ["/docs#create_user", "#create_user[open]"],
      ["/docs/errors", "table"],
    ]) {
      await page.goto(path);
      await page.locator(ready).first().waitFor();
      found.push(...(await audit(page, path)));
    }
    assert.deepEqual(found, []);
  }),
);

test("axe finds nothing on the pages for users", { timeout: 600_000 }, () =>
  withBrowser(async (browser) => {
    const { ada, grace, eve, post } = await scene();
    const { page } = await openAudited(browser);
    const found = [];
    await enter(page, ada);
    for (const [path, ready] of [
      ["/", "article"],
      ["/everyone", "article"],
      [`/u/${ada.username}`, "article"],
      [`/u/${grace.username}`, ".relation-note button"],
      [`/u/${eve.username}`, ".relation-note button"],
      [`/u/${ada.username}/followers`, "article"],
      [`/p/${post.id}`, ".comment"],
      [`/p/${post.id}/likes`, "article"],
      [`/search?q=${ada.username}&kind=users`, "article"],
      [`/search?q=${ada.username}&kind=posts`, "article"],
      ["/follow-requests", ".message"],
      ["/blocks", "article"],
      ["/mutes", "article"],
      ["/settings", ".session"],
      ["/settings/profile", "form.form"],
    ]) {
      await page.goto(path);
      await page.locator(ready).first().waitFor();
      found.push(...(await audit(page, path)));
    }
    assert.deepEqual(found, []);
  }),
);

test("axe finds nothing in dialogs, menus, forms with errors and uploads", { timeout: 600_000 }, () =>
  withBrowser(async (browser) => {
    const { ada, post } = await scene();
    const { page } = await openAudited(browser);
    const found = [];
    await enter(page, ada);
    await page.getByLabel(CHOOSER).setInputFiles([
      picture("lake.png", 90, 60, [30, 80, 140]),
      picture("tree.png", 60, 90, [40, 110, 50]),
      { name: "words.png", mimeType: "image/png", buffer: Buffer.from("no picture") },
    ]);
    await page.locator('.upload[data-phase="failed"]').waitFor();
    await page.getByRole("button", { name: "Account of" }).click();
    found.push(...(await audit(page, "uploads and the menu")));

    await page.goto(`/p/${post.id}`);
    await page.getByRole("button", { name: "Show picture: A lake" }).click();
    await page.getByRole("dialog", { name: "Pictures" }).waitFor();
    found.push(...(await audit(page, "the lightbox")));
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Play video/ }).click();
    await page.locator("video").waitFor();
    await page.getByRole("button", { name: "More about this post" }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).first().click();
    await page.getByRole("form", { name: "Edit the post" }).waitFor();
    found.push(...(await audit(page, "a video and the post's form")));

    await page.goto("/settings");
    await page.getByLabel("Current password").fill("wrong");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.locator("[aria-invalid=true]").first().waitFor();
    found.push(...(await audit(page, "a form with errors")));
    assert.deepEqual(found, []);
  }),
);

test("the current tab differs from the others in forced colours", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const ada = await member();
    const { page } = await openPage(browser);
    await enter(page, ada);
    await page.emulateMedia({ forcedColors: "active" });
    const colours = await page.locator(".tab").evaluateAll((tabs) =>
      tabs.map((tab) => getComputedStyle(tab).borderBottomColor),
    );
    assert.equal(colours.length, 2);
    assert.notEqual(colours[0], colours[1]);
  }),
);

/** Ada has posted, blocks Eve, and mutes and follows Grace, who likes and comments the post. */
async function scene() {
  const [ada, grace, eve] = [await member(), await member("Grace", "Hopper"), await member("Eve", "Black")];
  await ada.call("PATCH", "/me", { bio: "See https://example.org and @nobody" });
  const media = {
    [await upload(ada, picture("lake.png", 900, 600, [30, 80, 140]))]: "A lake",
    [await upload(ada, picture("tree.png", 600, 800, [40, 110, 50]))]: "",
    [await uploadVideo(ada)]: "A rabbit",
  };
  const post = await publish(ada, `By @${ada.username}, see https://example.org.`, media);
  await publish(ada, "For few", {}, "followers");
  const comment = await grace.call("POST", `/posts/${post.id}/comments`, { text: "What a lake!" });
  const reply = { text: "It is cold.", parent_id: comment.id };
  await ada.call("POST", `/posts/${post.id}/comments`, reply);
  await grace.call("PUT", `/posts/${post.id}/like`);
  await grace.call("PUT", `/users/${ada.username}/follow`);
  await ada.call("PUT", `/users/${grace.username}/mute`);
  await ada.call("PUT", `/users/${eve.username}/block`);
  return { ada, grace, eve, post };
}

async function openAudited(browser) {
  const opened = await openPage(browser);
  await opened.page.addInitScript({ path: AXE });
  // Otherwise axe may see a colour on its way to another one.
  await opened.page.emulateMedia({ reducedMotion: "reduce" });
  return opened;
}

async function audit(page, what) {
  const found = [];
  for (const size of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const here = `${what}, ${size.width} px, ${colorScheme}`;
      found.push(...(await page.evaluate(faults)).map((fault) => `${here}: ${fault}`));
    }
  }
  return found;
}

/** What axe finds, and borders of fields that can hardly be seen, which axe does not look at. */
async function faults() {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
  const luminance = (colour) => {
    const [r, g, b] = colour
      .match(/[\d.]+/g)
      .slice(0, 3)
      .map((value) => value / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (!/, 0\)$/.test(backgroundColor)) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (one, other) => {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const fields = [...document.querySelectorAll("input, textarea, select, .drop")].filter(
    (field) => field.checkVisibility() && field.type !== "checkbox" && !field.matches(".visually-hidden"),
  );
  for (const field of fields) {
    const line = getComputedStyle(field).borderTopColor;
    const ratio = contrast(line, background(field.parentElement));
    if (ratio < 3) found.push(`the border of ${field.name || field.className}: ${ratio}`);
  }
  return found;
}
