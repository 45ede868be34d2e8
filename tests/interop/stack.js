// The running stack and a user.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

export const apiUrl = wanted("PAWL_TEST_API_URL");
export const uploadUrl = wanted("PAWL_TEST_UPLOAD_URL");
export const proxyProgram = wanted("PAWL_TEST_PROXY");
export const video = wanted("PAWL_TEST_VIDEO");

const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 50;

function wanted(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this by \`pawl-test-stack npm test\``);
  return value;
}

/** Calls `look` until it returns something, for at most 90 seconds. */
export async function eventually(what, look) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Creates an account and signs in; returns the `Authorization` header. */
export async function signUp() {
  const username = `grace_${randomBytes(6).toString("hex")}`;
  const password = "correct horse battery";
  const names = { first_name: "Grace", last_name: "Hopper" };
  const email = `${username}@example.org`;
  await post("/api/v1/users", { username, email, password, ...names });
  const { access_token: token } = await post("/api/v1/sessions", { login: username, password });
  return { Authorization: `Bearer ${token}` };
}

async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(apiUrl + path, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 201, `${path}: ${await answer.clone().text()}`);
  return answer.json();
}

/** Waits until a media item is ready; returns it as its owner sees it. */
export function readyMedia(id, headers) {
  return eventually("the media to be ready", async () => {
    const answer = await fetch(`${apiUrl}/api/v1/media/${id}`, { headers });
    assert.equal(answer.status, 200);
    const media = await answer.json();
    assert.notEqual(media.state, "failed", JSON.stringify(media.error));
    return media.state === "ready" && media;
  });
}
