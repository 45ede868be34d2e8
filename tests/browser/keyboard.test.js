// Every control can be reached and used with the keyboard alone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { focused, newPerson, signUp, writePost } from "./people.js";
import { video } from "./stack.js";

/** More tab stops than any view has. */
const MOST_STOPS = 25;

test("signing up, choosing a file and posting need only the keyboard", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    // Add the listener early: a later one would miss what a key press opens at once.
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
    await tabTo(page, "Sign up");
    await page.keyboard.press("Enter");
    await page.getByRole("form", { name: "New post" }).waitFor();

    await tabTo(page, "What is it about?");
    const text = `Typed by ${person.username}, never clicked`;
    await page.keyboard.type(text);
    await tabTo(page, "Choose pictures");
    assert.ok(await isOutlined(page), "the focus can be seen");
    await page.keyboard.press("Enter");
    await page.getByText("1.1 MB uploaded").waitFor();
    // From the drop zone past “Pause” to the last button.
    assert.equal(await focused(page), "Remove");

    await tabTo(page, "Post");
    await page.keyboard.press("Enter");
    await page.getByRole("article").filter({ hasText: text }).waitFor();
    await page.waitForFunction(() => document.activeElement?.matches("article.post"));
    await tabTo(page, "Account of", "Shift+Tab");
    await page.keyboard.press("Enter");
    await tabTo(page, "Sign out");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Sign in", exact: true }).waitFor();
    assert.deepEqual(complaints, []);
  }),
);

test("liking, commenting and following need only the keyboard", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const ada = await openPage(browser);
    const { username } = await signUp(ada.page);
    const text = `Read by keys, by ${username}`;
    await writePost(ada.page, text);

    const { page, complaints } = await openPage(browser);
    await signUp(page, newPerson("Grace", "Hopper"));
    await page.goto(`/u/${username}`);
    await page.getByRole("article").filter({ hasText: text }).waitFor();
    await tabTo(page, "Follow: Ada");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "1 follower" }).waitFor();
    assert.equal(await focused(page), "Following: Ada Lovelace");

    await tabTo(page, "Like this post");
    await page.keyboard.press("Space");
    assert.match(await focused(page), /1 like$/);
    await tabTo(page, "0 comments");
    await page.keyboard.press("Enter");
    await page.getByLabel("Write a comment").waitFor();
    await tabTo(page, "Write a comment");
    await page.keyboard.type("All by keys");
    await page.keyboard.press("Control+Enter");
    const comment = page.getByRole("article", { name: "Comment by Grace" });
    await comment.waitFor();
    assert.equal(await focused(page), "Comment by Grace Hopper", "the new comment has the focus");
    await tabTo(page, "Reply");
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "Write a reply");
    await page.keyboard.press("Escape");
    assert.equal(await focused(page), "Reply");
    await tabTo(page, "Delete");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.getByText("No comments yet.").waitFor();
    assert.equal(await focused(page).then((name) => name.slice(0, 8)), "Comments");
    assert.deepEqual(complaints, []);
  }),
);

async function tabTo(page, name, key = "Tab") {
  const passed = [];
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press(key);
    const now = await focused(page);
    if (now.startsWith(name)) return;
    passed.push(now.slice(0, 20));
  }
  assert.fail(`the keyboard never came to “${name}”, only to: ${passed.join(", ")}`);
}

/** The file input is hidden; its label shows the focus. */
async function isOutlined(page) {
  return page.evaluate(() => {
    const label = document.activeElement?.closest("label");
    return (
      label !== null && label !== undefined && getComputedStyle(label).outlineStyle === "solid"
    );
  });
}
