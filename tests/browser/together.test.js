// Two users: one posts pictures and a video, the other follows, likes and comments.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { CHOOSER, goTo, newPerson, postWith, signUp } from "./people.js";
import { picture } from "./pictures.js";
import { video } from "./stack.js";

const READY_WITHIN_MS = 180_000;

test(
  "two people post, follow, like, talk, edit, delete, and find each other",
  { timeout: 600_000 },
  () =>
    withBrowser(async (browser) => {
      const ada = await openPage(browser);
      const grace = await openPage(browser);
      const face = picture("face.png", 300, 300, [150, 60, 30]);
      const { username } = await signUp(ada.page, newPerson(), face);
      assert.ok(await ada.page.locator(".bar img.avatar").isVisible(), "the picture is in the bar");
      await signUp(grace.page, newPerson("Grace", "Hopper"));

      const text = `Three things by ${username}`;
      await postThree(ada.page, text);
      await follow(grace.page, username);
      await like(grace.page, text);
      await talk(grace.page, ada.page, text);
      await change(ada.page, text);
      await search(grace.page, username, text);
      await remove(ada.page, username, text);
      assert.deepEqual(ada.complaints, []);
      // The injected failure, and no other.
      assert.match(grace.complaints.shift() ?? "", /status of 503 .*\/like/);
      assert.deepEqual(grace.complaints, []);
    }),
);

async function postThree(page, text) {
  const pictures = [
    picture("lake.png", 900, 600, [30, 80, 140]),
    picture("tree.png", 600, 800, [40, 110, 50]),
  ];
  await page.getByLabel(CHOOSER).setInputFiles(pictures);
  await page.getByLabel(CHOOSER).setInputFiles(video);
  const alts = page.getByLabel(/^Describe the (picture|video)/);
  await alts.nth(2).waitFor();
  assert.equal(await page.locator("img.upload-icon").count(), 2, "shown from the local files");
  for (const [place, alt] of ["A lake", "A tree", "A rabbit"].entries()) {
    await alts.nth(place).fill(alt);
  }
  await page.getByRole("button", { name: "Move up: tree.png" }).click();
  assert.equal(await alts.nth(0).inputValue(), "A tree");
  await page.getByLabel("What is it about?").fill(text);
  await page.getByText("1.1 MB uploaded").waitFor();

  await page.reload();
  await alts.nth(2).waitFor();
  assert.deepEqual(
    await alts.evaluateAll((all) => all.map(({ value }) => value)),
    ["A tree", "A lake", "A rabbit"],
    "the draft is kept with its order",
  );
  await page.getByRole("button", { name: "Post", exact: true }).click();
  const article = postWith(page, text);
  await article
    .getByRole("button", { name: "Show picture: A lake" })
    .waitFor({ timeout: READY_WITHIN_MS });
  await article
    .getByRole("button", { name: "Show picture: A tree" })
    .click({ timeout: READY_WITHIN_MS });
  const dialog = page.getByRole("dialog", { name: "Pictures" });
  await dialog.getByText("1 of 2").waitFor();
  await page.keyboard.press("ArrowRight");
  await dialog.getByText("2 of 2").waitFor();
  await page.waitForFunction(() => document.querySelector("dialog img")?.naturalWidth === 900);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await article
    .getByRole("button", { name: /^Play video: A rabbit/ })
    .waitFor({ timeout: READY_WITHIN_MS });
}

async function follow(page, username) {
  await page.goto(`/u/${username}`);
  await page.getByRole("button", { name: "Follow: Ada Lovelace" }).click();
  await page.getByRole("link", { name: "1 follower" }).click();
  await page.getByRole("article", { name: "Grace Hopper" }).waitFor();
}

async function like(page, text) {
  await page.getByRole("link", { name: "Pawl" }).click();
  const heart = postWith(page, text).getByRole("button", { name: /^Like this post/ });
  await page.route("**/like", (route) => route.fulfill({ status: 503, body: "{}" }), { times: 1 });
  await heart.click();
  await postWith(page, text).getByText("The server is not available right now.").waitFor();
  assert.equal(await heart.getAttribute("aria-pressed"), "false", "taken back when it fails");
  const answered = page.waitForResponse((answer) => answer.url().endsWith("/like"));
  await heart.click();
  assert.equal((await answered).status(), 204);
  assert.equal(await heart.getAttribute("aria-pressed"), "true");
}

async function talk(grace, ada, text) {
  await postWith(grace, text).getByRole("link", { name: "0 comments" }).click();
  await grace.getByLabel("Write a comment").fill("What a tree!");
  await grace.getByRole("button", { name: "Comment", exact: true }).click();
  await grace.getByRole("article", { name: "Comment by Grace Hopper" }).waitFor();

  await ada.goto(new URL(grace.url()).pathname);
  const comment = ada.getByRole("article", { name: "Comment by Grace Hopper" });
  await comment.getByRole("button", { name: "Reply" }).click();
  await ada.getByLabel("Write a reply").fill("It is the one by the lake.");
  await comment.locator("form").getByRole("button", { name: "Reply" }).click();
  const reply = ada.getByRole("article", { name: "Comment by Ada Lovelace" });
  await reply.waitFor();
  await ada.getByRole("link", { name: "2 comments" }).waitFor();
  await reply.getByRole("button", { name: /^Like this comment/ }).click();
  await reply.getByRole("button", { name: "Edit" }).click();
  await ada.getByLabel("Text of the comment").fill("It stands by the lake.");
  await ada.getByRole("button", { name: "Save" }).click();
  await reply.getByText("It stands by the lake.").waitFor();
  await reply.getByText("edited").waitFor();
  await ada.getByRole("link", { name: "Who likes it" }).click();
  await ada.getByRole("article", { name: "Grace Hopper" }).waitFor();

  // A deleted comment with replies stays as a placeholder.
  const own = grace.getByRole("article", { name: "Comment by Grace Hopper" });
  await grace.reload();
  await own.locator(":scope > .comment-body").getByRole("button", { name: "Delete" }).click();
  await grace.getByRole("button", { name: "Really delete?" }).click();
  await own.getByText("Deleted.").waitFor();
  await grace.reload();
  await grace.getByText("Deleted.").waitFor();
  await grace.getByText("It stands by the lake.").waitFor();
}

async function change(page, text) {
  await page.getByRole("link", { name: "Pawl" }).click();
  const article = postWith(page, text);
  await article.getByRole("button", { name: "More about this post" }).click();
  await article.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Text of the post").fill(`${text}, in colour`);
  await page.getByRole("button", { name: "Save" }).click();
  await article.getByText("in colour").waitFor();
  await article.getByText("edited").waitFor();
}

async function search(page, username, text) {
  const box = page.getByRole("searchbox", { name: "Search" });
  await box.fill(username);
  await box.press("Enter");
  await page.getByRole("article", { name: "Ada Lovelace" }).waitFor();
  await page.getByRole("link", { name: "Posts", exact: true }).click();
  await postWith(page, text).waitFor();
  assert.match(page.url(), /kind=posts/);
}

async function remove(page, username, text) {
  await goTo(page, `@${username}`);
  const article = postWith(page, text);
  await article.getByRole("button", { name: "More about this post" }).click();
  await article.getByRole("button", { name: "Delete" }).click();
  await article.getByRole("button", { name: "Really delete?" }).click();
  await page.getByText("has not posted yet").waitFor();
}
