// Chromium, pages that record all complaints, and a slow connection.

import assert from "node:assert/strict";
import { chromium as engine } from "playwright-core";

import { apiUrl, chromium, uploadUrl } from "./stack.js";

const FLAGS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Long enough for a busy machine; a test that waits this long has failed. */
const PATIENCE_MS = 60_000;

/** Runs `body` with a new browser, which is always closed. */
export async function withBrowser(body) {
  const browser = await engine.launch({ executablePath: chromium, args: FLAGS });
  try {
    await body(browser);
  } finally {
    await browser.close();
  }
}

/**
 * A visitor with empty storage. `complaints` are console errors, exceptions and CSP violations;
 * `foreign` are requested URLs that belong to neither server.
 */
export async function openPage(browser, path = "/") {
  const context = await browser.newContext({
    baseURL: apiUrl,
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const foreign = [];
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    const isOurs = [apiUrl, uploadUrl].some((url) => new URL(url).origin === origin);
    if (!isOurs && protocol.startsWith("http")) foreign.push(request.url());
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      console.error(`content security policy: ${effectiveDirective} ${blockedURI}`);
    });
  });
  const answer = await page.goto(path);
  const policy = answer.headers()["content-security-policy"] ?? "";
  assert.match(policy, /script-src 'self'/, "without a policy there is nothing to violate");
  return { page, complaints, foreign };
}

/** Limits the upload speed of the page's document; call it again for a new document. */
export async function slowDown(page, uploadBytesPerSecond) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: uploadBytesPerSecond,
  });
}

/** Waits until the progress of the first upload is between two percentages. */
export async function waitForBar(page, above, below = 101) {
  await page.waitForFunction(
    ([low, high]) => {
      const value = document.querySelector(".upload progress")?.value ?? 0;
      return value > low && value < high;
    },
    [above, below],
  );
}

export async function barValue(page) {
  return page.locator(".upload progress").evaluate((bar) => bar.value);
}
