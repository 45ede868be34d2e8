// Errors appear where they belong, and an expired token causes none.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, withBrowser } from "./browser.js";
import { CHOOSER, goTo, newPerson, signUp } from "./people.js";
import { video } from "./stack.js";

test(
  "errors about a taken username and a short password appear at their fields",
  { timeout: 300_000 },
  () =>
    withBrowser(async (browser) => {
      const { username } = await signUp((await openPage(browser)).page);
      const { page } = await openPage(browser, "/sign-up");
      const person = { ...newPerson(), password: "short" };
      for (const [name, value] of Object.entries(person)) {
        await page.locator(`input[name=${name}]`).fill(value);
      }
      const send = page.getByRole("button", { name: "Sign up" });
      await send.click();
      await page.locator("input[name=password][aria-invalid=true]").waitFor();

      await page.locator("input[name=password]").fill(newPerson().password);
      await page.locator("input[name=username]").fill(username);
      await send.click();
      await page.locator("input[name=username][aria-invalid=true]").waitFor();
      assert.equal(
        await page.evaluate(() => document.activeElement?.getAttribute("name")),
        "username",
      );
    }),
);

test("errors have words for people and never show the detail", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page } = await openPage(browser, "/sign-in");
    const login = page.getByLabel("Username or e-mail");
    const send = page.getByRole("button", { name: "Sign in" });
    await login.fill("nobody");
    await page.getByLabel("Password").fill("not this one");
    await send.click();
    await page.getByText("Username or e-mail or password is wrong.", { exact: true }).waitFor();

    const detail = "the detail is for developers";
    for (const [status, code, errors, words] of [
      [429, "too_many_attempts", [], "have failed. Try again in 7 s."],
      [403, "suspended", [], "This account is suspended."],
      [422, "invalid_fields", [["/login", "invalid_login"]], "neither a username nor an e-mail"],
      [422, "invalid_fields", [["/other", "required"]], "Fill this in."],
      [418, "newer_than_the_client", [], "The server did not accept this."],
    ]) {
      const fields = errors.map(([pointer, code]) => ({ pointer, code, detail }));
      const body = { type: "", title: detail, status, code, detail, request_id: null };
      const headers = { "Retry-After": "7" };
      const answer = { status, headers, json: { ...body, errors: fields } };
      await page.route("**/api/v1/sessions", (route) => route.fulfill(answer), { times: 1 });
      await send.click();
      await page.getByText(words).waitFor();
      assert.equal(await page.getByText(detail).count(), 0, code);
    }
  }),
);

test("text that is named like a video ends as failed, with words", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    const { username } = await signUp(page);
    const buffer = Buffer.from("These are words, not pictures.\n".repeat(100));
    const file = { name: "holiday.mp4", mimeType: "video/mp4", buffer };
    await page.getByLabel(CHOOSER).setInputFiles(file);
    await page.getByLabel("What is it about?").fill(`Look, by ${username}`);
    await page.getByRole("button", { name: "Post", exact: true }).click();
    const failed = page.getByRole("article").filter({ hasText: username }).locator(".media-failed");
    await failed.waitFor({ timeout: 180_000 });
    assert.equal((await failed.innerText()).trim(), "This file cannot be read as a picture or video.");
    assert.deepEqual(complaints, []);
  }),
);

test("a text is refused before it is sent, by choosing and by dropping", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    await signUp(page);
    const file = { name: "cat.pdf", mimeType: "application/pdf", buffer: Buffer.from("pdf") };
    await page.getByLabel(CHOOSER).setInputFiles(file);
    await page.getByText("“cat.pdf” is neither a picture nor a video.").waitFor();

    await page.locator("label.drop").evaluate(async (zone) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["text"], "notes.txt", { type: "text/plain" }));
      const drag = (name) => new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true });
      zone.dispatchEvent(drag("dragenter"));
      if (!zone.classList.contains("drag-over")) throw new Error("the zone shows no drag");
      zone.dispatchEvent(drag("drop"));
      if (zone.classList.contains("drag-over")) throw new Error("the zone still shows a drag");
    });
    await page.getByText("“notes.txt” is neither a picture nor a video.").waitFor();
    assert.deepEqual(complaints, []);
  }),
);

test("a post whose answer is lost is made once", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    const { username } = await signUp(page);
    await page.getByLabel(CHOOSER).setInputFiles(video);
    await page.getByText("1.1 MB uploaded").waitFor();
    await page.getByLabel("What is it about?").fill(`Once, by ${username}`);
    const loseAnswer = async (route) => {
      await route.fetch();
      await route.abort();
    };
    await page.route("**/api/v1/posts", loseAnswer, { times: 1 });
    const send = page.getByRole("button", { name: "Post", exact: true });
    await send.click();
    await page.getByText("The server cannot be reached.").waitFor();
    // Even a reload in between does not create a second post.
    await page.reload();
    await page.getByText("1.1 MB uploaded").waitFor();
    await send.click();
    const posts = page.getByRole("article").filter({ hasText: username });
    await posts.first().waitFor();
    await page.waitForFunction(() => document.activeElement?.matches("article.post"));
    await page.reload();
    await posts.first().waitFor();
    assert.equal(await posts.count(), 1);
    await page.getByLabel("What is it about?").fill(`Twice, by ${username}`);
    await send.click();
    await posts.filter({ hasText: "Twice" }).waitFor();
  }),
);

test("a finished upload is left out for good, once that is confirmed", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page, complaints } = await openPage(browser);
    await signUp(page);
    const chooser = page.getByLabel(CHOOSER);
    await chooser.setInputFiles(video);
    await page.getByRole("button", { name: "Remove" }).click();
    const deleted = page.waitForResponse((answer) => answer.request().method() === "DELETE");
    await page.getByRole("button", { name: "Really remove?" }).click();
    const answer = await deleted;
    assert.equal(answer.status(), 204);
    assert.match(answer.url(), /\/api\/v1\/media\//);
    await page.locator(".upload").waitFor({ state: "detached" });
    assert.ok(await chooser.evaluate((input) => input === document.activeElement));
    // Chromium reports the 404 of a request for its state that the deletion has overtaken.
    const others = complaints.filter((text) => !(text.includes("404") && text.endsWith(answer.url())));
    assert.deepEqual(others, []);
  }),
);

test("a refused access token is renewed once and the page goes on", { timeout: 300_000 }, () =>
  withBrowser(async (browser) => {
    const { page } = await openPage(browser);
    const { username } = await signUp(page);
    let refreshes = 0;
    await page.route("**/api/v1/**", async (route) => {
      // A new token within the same second may be identical.
      const isRefresh = route.request().url().endsWith("/sessions/refresh");
      if (isRefresh) refreshes += 1;
      if (isRefresh || refreshes > 0) await route.continue();
      else await route.fulfill({ status: 401, body: "{}" });
    });
    await goTo(page, `@${username}`);
    await page.getByText("has not posted yet").waitFor();
    assert.equal(refreshes, 1);

    await page.unroute("**/api/v1/**");
    await page.reload();
    await page.getByRole("button", { name: "Account of" }).waitFor();
  }),
);
