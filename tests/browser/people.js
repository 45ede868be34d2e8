// Signing up through the page, as a person would.

import { randomBytes } from "node:crypto";

export function newPerson() {
  const username = `ada_${randomBytes(5).toString("hex")}`;
  return {
    username,
    email: `${username}@example.org`,
    first_name: "Ada",
    last_name: "Lovelace",
    password: `engine-${randomBytes(6).toString("hex")}-no-1`,
  };
}

export async function signUp(page) {
  const person = newPerson();
  await page.getByRole("link", { name: "Sign up" }).click();
  for (const [name, value] of Object.entries(person)) {
    await page.locator(`input[name=${name}]`).fill(value);
  }
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("form", { name: "New post" }).waitFor();
  return person;
}
