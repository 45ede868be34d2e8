// Account settings: a private account with follow requests, pictures, sessions, the password.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { focused, goTo, newPerson, postWith, signUp, writePost } from "./people.js";
import { picture } from "./pictures.js";

test("a private account is asked before it is followed", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const ada = await openPage(browser);
    const grace = await openPage(browser);
    const { username } = await signUp(ada.page);
    const { username: asking } = await signUp(grace.page, newPerson("Grace", "Hopper"));
    await goTo(ada.page, "Settings");
    await ada.page.getByRole("link", { name: "Edit profile" }).click();
    await ada.page.getByLabel("Private account").check();
    await ada.page.getByRole("textbox", { name: "About you" }).fill("Only for friends.");
    await ada.page.getByRole("button", { name: "Save" }).click();
    await ada.page.getByText("Only for friends.").waitFor();
    await ada.page.getByRole("link", { name: "Pawl" }).click();
    const choices = ada.page.getByLabel("Who can see it").locator("option");
    assert.deepEqual(await choices.allTextContents(), ["Followers", "Only me"]);
    const text = `Quietly, by ${username}`;
    await writePost(ada.page, text);

    await grace.page.goto(`/u/${username}`);
    await grace.page.getByText("Only followers see the posts").waitFor();
    await grace.page.getByRole("button", { name: "Follow: Ada Lovelace" }).click();
    await grace.page.getByRole("button", { name: "Requested: Ada Lovelace" }).waitFor();

    await goTo(ada.page, "Follow requests (1)");
    const request = ada.page.getByRole("article").filter({ hasText: asking });
    await request.getByRole("button", { name: "Accept" }).click();
    await ada.page.getByText("You have no follow requests.").waitFor();

    await grace.page.reload();
    await postWith(grace.page, text).waitFor();
    await block(grace.page);
    assert.deepEqual(ada.complaints, []);
    assert.deepEqual(grace.complaints, []);
  }),
);

async function block(page) {
  await page.getByRole("button", { name: /^More about @/ }).click();
  await page.getByRole("button", { name: "Block" }).click();
  await page.getByRole("button", { name: "Really block?" }).click();
  await page.getByRole("button", { name: "Unblock" }).waitFor();
  await goTo(page, "Settings");
  await page.getByRole("link", { name: "Blocked people" }).click();
  await page.getByRole("button", { name: "Unblock" }).click();
  await page.getByText("You have blocked nobody.").waitFor();
}

test("pictures are set and removed, sessions end, the password changes", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    const person = await signUp(page);
    const elsewhere = await openPage(browser, "/sign-in");
    await signIn(elsewhere.page, person.username, person.password);

    await goTo(page, "Settings");
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await page.getByRole("button", { name: "Really sign out everywhere else?" }).click();
    await page.getByText("Signed out of 1 other session.").waitFor();
    await page.getByText("this browser").waitFor();
    assert.equal(await page.locator(".session").count(), 1);

    const change = page.getByRole("button", { name: "Change password" });
    await page.getByLabel("Current password").fill("not this one");
    await page.getByLabel("New password").fill("a-heron-and-seven-lamps");
    await change.click();
    await page.locator("input[name=current_password][aria-invalid=true]").waitFor();
    await page.getByLabel("Current password").fill(person.password);
    await page.getByLabel("New password").fill("12345678");
    await change.click();
    await page.locator("input[name=new_password][aria-invalid=true]").waitFor();
    assert.equal(await focused(page), "New password");
    await page.getByLabel("New password").fill("a-heron-and-seven-lamps");
    await change.click();
    await page.getByText("Password changed.").waitFor();

    await page.getByRole("link", { name: "Edit profile" }).click();
    await page.getByLabel("Cover").setInputFiles(picture("sky.png", 1200, 400, [60, 90, 150]));
    await page.getByText("Saved.").waitFor();
    await goTo(page, `@${person.username}`);
    const cover = page.locator("img.profile-cover");
    await page.waitForFunction(() => document.querySelector("img.profile-cover")?.naturalWidth > 0);
    await page.getByRole("link", { name: "Edit profile" }).click();
    await page.getByRole("button", { name: "Remove the cover" }).click();
    await page.getByRole("button", { name: "Really remove it?" }).click();
    await page.getByText("Removed.").waitFor();
    assert.equal(await cover.count(), 0);
    // A wrong password and a weak one also cause errors in the console.
    const unexpected = complaints.filter((text) => !/status of (403|422)/.test(text));
    assert.deepEqual(unexpected, []);
  }),
);

async function signIn(page, login, password) {
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("form", { name: "New post" }).waitFor();
}
