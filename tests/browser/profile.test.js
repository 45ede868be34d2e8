// Profiles: mutes and blocks, what visitors may do, and links in texts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { newPerson } from "./people.js";
import { enter, member, publish } from "./scene.js";

test("a mute and a block are shown on the profile and end there", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const [ada, eve] = [await member(), await member("Eve", "Black")];
    await publish(eve, "Seen until the block");
    const { page, complaints } = await openPage(browser);
    await enter(page, ada);
    await page.goto(`/u/${eve.username}`);
    const more = page.getByRole("button", { name: /^More about @/ });
    await more.click();
    await page.getByRole("button", { name: "Mute", exact: true }).click();
    await page.getByText(`You have muted @${eve.username}.`).waitFor();
    await page.reload();
    await page.locator(".relation-note").getByRole("button", { name: "Unmute" }).click();
    await page.getByText("You have muted").waitFor({ state: "detached" });

    await more.click();
    await page.getByRole("button", { name: "Block" }).click();
    await page.getByRole("button", { name: "Really block?" }).click();
    await page.getByText("You have blocked this person.").waitFor();
    assert.equal(await page.getByText("Seen until the block").count(), 0);
    assert.deepEqual(complaints, []);

    // In the address, upper case is as good as lower case.
    await page.goto(`/u/${eve.username.toUpperCase()}`);
    await page.getByText("You have blocked this person.").waitFor();
    assert.match(await page.title(), /^Eve Black/);
    await page.getByRole("button", { name: "Unblock" }).click();
    await page.getByText("Seen until the block").waitFor();

    await page.goto("/u/nobody_of_this_name");
    await page.getByText("There is no user @nobody_of_this_name.").waitFor();
  }),
);

test("a visitor searches, signs up to follow, and returns to the profile", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const ada = await member();
    const { page, complaints } = await openPage(browser);
    const box = page.getByRole("searchbox", { name: "Search" });
    await box.fill(ada.username);
    await box.press("Enter");
    await page.getByRole("article").getByRole("link", { name: "Ada Lovelace", exact: true }).click();
    await page.locator(".profile").getByRole("link", { name: "Follow: Ada Lovelace" }).click();
    for (const [name, value] of Object.entries(newPerson("Grace", "Hopper"))) {
      await page.locator(`input[name=${name}]`).fill(value);
    }
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByRole("button", { name: "Follow: Ada Lovelace" }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/u/${ada.username}`);
    assert.deepEqual(complaints, []);

    const other = await openPage(browser, "/sign-in?next=https://evil.example/");
    await other.page.locator("input[name=login]").fill(ada.username);
    await other.page.locator("input[name=password]").fill(ada.password);
    await other.page.getByRole("button", { name: "Sign in" }).click();
    await other.page.getByRole("form", { name: "New post" }).waitFor();
    assert.equal(new URL(other.page.url()).pathname, "/");
  }),
);

test("addresses and @names in texts are links, and titles name the page", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const ada = await member();
    const about = `see https://example.org/a_(b)?c=1, @${ada.username}, (http://example.org/x). ` +
      "Not ada@example.org, javascript:alert(1) or <b>this</b>";
    await ada.call("PATCH", "/me", { bio: about });
    const post = await publish(ada, about);
    const comment = { text: about };
    await ada.call("POST", `/posts/${post.id}/comments`, comment);
    const { page, complaints } = await openPage(browser, `/p/${post.id}`);
    await page.locator(".comment").waitFor();
    const linked = (place) =>
      page.locator(place).evaluate((text) =>
        [...text.querySelectorAll("a")].map((a) => [a.getAttribute("href"), a.textContent]),
      );
    const expected = [
      ["https://example.org/a_(b)?c=1", "https://example.org/a_(b)?c=1"],
      [`/u/${ada.username}`, `@${ada.username}`],
      ["http://example.org/x", "http://example.org/x"],
    ];
    for (const place of [".post > .post-words", ".comment .post-text"]) {
      assert.deepEqual(await linked(place), expected);
      assert.equal(await page.locator(place).innerText(), about);
    }
    assert.match(await page.title(), /^Ada Lovelace: “see https:.*…” · Pawl$/);
    await page.locator(".post .post-words").getByRole("link", { name: `@${ada.username}` }).click();
    await page.locator(".profile-bio").waitFor();
    assert.deepEqual(await linked(".profile-bio"), expected);
    assert.equal(await page.title(), `Ada Lovelace (@${ada.username}) · Pawl`);
    assert.deepEqual(complaints, []);
  }),
);

test("a session that was ended elsewhere says so, in every tab", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const ada = await member();
    const { page } = await openPage(browser);
    await enter(page, ada);
    const other = await page.context().newPage();
    await other.goto("/");
    await other.getByRole("button", { name: "Account of" }).waitFor();
    // Else the other tab may be the first to learn it.
    await other.waitForLoadState("networkidle");
    await ada.call("DELETE", "/sessions");
    // Servers may accept the access token for a few more seconds.
    const notice = page.getByText("Your session was ended elsewhere. Sign in again.");
    const isShown = () => notice.waitFor({ timeout: 2_000 }).then(() => true, () => false);
    do await page.getByRole("link", { name: "Pawl" }).click();
    while (!(await isShown()));
    await page.getByRole("link", { name: "Sign up", exact: true }).waitFor();
    await other.getByText("You were signed out in another tab.").waitFor();
    await page.goto("/sign-in");
    assert.equal(await page.getByText("Your session").count(), 0);
  }),
);
