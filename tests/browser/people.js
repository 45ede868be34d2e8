// Signing up in the web client, and other frequent steps.

import { randomBytes } from "node:crypto";

export const CHOOSER = "Choose pictures and videos or drop them here";

export function newPerson(first = "Ada", last = "Lovelace") {
  const username = `${first.toLowerCase()}_${randomBytes(5).toString("hex")}`;
  return {
    username,
    email: `${username}@example.org`,
    first_name: first,
    last_name: last,
    password: `engine-${randomBytes(6).toString("hex")}-no-1`,
  };
}

/** With a picture file, if given. */
export async function signUp(page, person = newPerson(), picture = null) {
  await page.getByRole("link", { name: "Sign up" }).click();
  for (const [name, value] of Object.entries(person)) {
    await page.locator(`input[name=${name}]`).fill(value);
  }
  if (picture !== null) await page.locator("input[name=picture]").setInputFiles(picture);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("form", { name: "New post" }).waitFor();
  return person;
}

/** Opens an entry of the account menu. */
export async function goTo(page, name) {
  await page.getByRole("button", { name: "Account of" }).click();
  await page.locator(".bar .menu-item").filter({ hasText: name }).click();
}

export async function writePost(page, text) {
  await page.getByLabel("What is it about?").fill(text);
  await page.getByRole("button", { name: "Post", exact: true }).click();
  const article = postWith(page, text);
  await article.waitFor();
  return article;
}

export function postWith(page, text) {
  return page.getByRole("article").filter({ hasText: text });
}

/** The beginning of the accessible name of the focused element. */
export function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element?.getAttribute("aria-label") ?? element?.labels?.[0]?.textContent;
    return (label ?? element?.textContent ?? "").trim();
  });
}
