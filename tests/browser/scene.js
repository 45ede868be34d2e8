// Users, posts and files that tests need and do not test, made over the API.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { newPerson } from "./people.js";
import { apiUrl, uploadUrl, video } from "./stack.js";

const READY_WITHIN_MS = 180_000;

/** A new user, and a function that sends requests as this user. */
export async function member(first, last) {
  const person = newPerson(first, last);
  await request(null, "POST", "/users", person);
  const { username: login, password } = person;
  const { access_token: token } = await request(null, "POST", "/sessions", { login, password });
  return { ...person, token, call: (method, path, body) => request(token, method, path, body) };
}

async function request(token, method, path, body) {
  const headers = { "Content-Type": "application/json" };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
  const answer = await fetch(`${apiUrl}/api/v1${path}`, init);
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

/** Uploads a file; returns the id of its media item. */
export async function upload({ token }, { name, mimeType, buffer }) {
  const encoded = (text) => Buffer.from(text).toString("base64");
  const headers = {
    Authorization: `Bearer ${token}`,
    "Tus-Resumable": "1.0.0",
    "Upload-Length": String(buffer.length),
    "Upload-Metadata": `filename ${encoded(name)},filetype ${encoded(mimeType)}`,
    "Content-Type": "application/offset+octet-stream",
  };
  const answer = await fetch(`${uploadUrl}/files/`, { method: "POST", headers, body: buffer });
  assert.equal(answer.status, 201, await answer.text());
  return answer.headers.get("Pawl-Media-Id");
}

export async function uploadVideo(person, name = "rabbit.mp4") {
  return upload(person, { name, mimeType: "video/mp4", buffer: await readFile(video) });
}

/** A post, as soon as its media are ready. `media` maps ids to alternative texts. */
export async function publish({ call }, text, media = {}, visibility = "public") {
  const attached = Object.entries(media).map(([upload_id, alt]) => ({ upload_id, alt }));
  const { id } = await call("POST", "/posts", { text, visibility, media: attached });
  for (const deadline = Date.now() + READY_WITHIN_MS; ; ) {
    const post = await call("GET", `/posts/${id}`);
    if (post.media.every(({ state }) => ["ready", "failed"].includes(state))) return post;
    assert.ok(Date.now() < deadline, "the media are not ready");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Signs in without typing; the page shows the home feed afterwards. */
export async function enter(page, { username, password }) {
  await page.goto("/sign-in");
  await page.locator("input[name=login]").fill(username);
  await page.locator("input[name=password]").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("form", { name: "New post" }).waitFor();
}
