// Everything can be reached and done without a mouse.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { newPerson } from "./people.js";
import { video } from "./stack.js";

/** More stops than any view has. */
const MOST_STOPS = 25;

test("signing up, choosing a file and posting need only the keyboard", { timeout: 120_000 }, () =>
  withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    // Set early: what a key press opens at once, a later listener would miss.
    page.on("filechooser", (dialog) => dialog.setFiles(video));
    await page.getByRole("link", { name: "Sign up" }).waitFor();
    await tabTo(page, "Sign up");
    await page.keyboard.press("Enter");
    await page.waitForURL("/sign-up");

    const person = newPerson();
    for (const value of Object.values(person)) {
      await page.keyboard.type(value);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.getByRole("form", { name: "New post" }).waitFor();

    await tabTo(page, "What is it about?");
    const text = `Typed by ${person.username}, never clicked`;
    await page.keyboard.type(text);
    await tabTo(page, "Choose a video");
    assert.ok(await isOutlined(page), "the focus can be seen");
    await page.keyboard.press("Enter");
    await page.getByText("1.1 MB uploaded").waitFor();
    // From the drop zone over “Pause” to what is there in the end.
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Leave out");

    await tabTo(page, "Post");
    await page.keyboard.press("Enter");
    await page.getByRole("article").filter({ hasText: text }).waitFor();
    await tabTo(page, "Sign out", "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    assert.deepEqual(complaints, []);
  }),
);

async function tabTo(page, name, key = "Tab") {
  const passed = [];
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return (element?.labels?.[0]?.textContent ?? element?.textContent ?? "").trim();
    });
    if (focused.startsWith(name)) return;
    passed.push(focused.slice(0, 20));
  }
  assert.fail(`the keyboard never came to “${name}”, only to: ${passed.join(", ")}`);
}

/** The file input is hidden; its label shows the focus for it. */
async function isOutlined(page) {
  return page.evaluate(() => {
    const label = document.activeElement?.closest("label");
    return (
      label !== null && label !== undefined && getComputedStyle(label).outlineStyle === "solid"
    );
  });
}
