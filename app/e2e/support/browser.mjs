// Chromium, and what must not happen in it unseen.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { chromium } from "playwright-core";

import { required } from "./server.mjs";

/** The sizes at which pages are looked at. */
export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 844 };
export const NARROWEST = { width: 320, height: 640 };

/** How long, in milliseconds, a busy machine may need for what usually takes a tenth of a second. */
const PATIENCE = 20_000;

const ARGUMENTS = [
  // Build machines run as root, where Chromium's sandbox does not start.
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch({ args = [], ...options } = {}) {
  const executablePath = required("SPACEIQ_CHROMIUM");
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...args], ...options });
}

/**
 * Starts Chromium before a file's tests and ends it after them. Answers `visit(server, options, body)`, which gives
 * `body` a page in a fresh profile and fails when the browser had anything to complain about.
 */
export function withBrowser(launchOptions) {
  let browser;
  before(async () => {
    browser = await launch(launchOptions);
  });
  after(() => browser?.close());
  return async (server, { js = true, ...options }, body) => {
    const context = await newContext(browser, server, { javaScriptEnabled: js, ...options });
    const watch = new Watch(context, js);
    try {
      await body(await context.newPage(), watch);
    } catch (error) {
      if (watch.complaints.length > 0) error.message += `\n\nThe browser said:\n${watch.complaints.join("\n")}`;
      throw error;
    } finally {
      await context.close();
    }
    assert.deepEqual(watch.complaints, []);
  };
}

export async function newContext(browser, server, options = {}) {
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: WIDE,
    locale: "en-GB",
    timezoneId: "UTC",
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/** Everything that a browser complains about: its console, exceptions, broken policies, failed requests. */
export class Watch {
  complaints = [];
  /** Every address that was asked for. */
  addresses = [];
  #expected = new Set();
  #failed = new Set();
  #js;

  constructor(context, js) {
    this.#js = js;
    context.on("request", (request) => this.addresses.push(request.url()));
    context.on("response", (response) => this.#response(response));
    context.on("requestfailed", (request) => this.#failure(request));
    context.on("weberror", (error) => this.complaints.push(`exception: ${error.error().stack}`));
    context.on("console", (message) => this.#console(message));
  }

  /** From here on, these statuses (404) and network errors ("net::ERR_CACHE_MISS") are what the test wants to see. */
  expect(...reasons) {
    reasons.forEach((reason) => this.#expected.add(reason));
  }

  #response(response) {
    if (response.status() < 400) return;
    this.#failed.add(response.url());
    if (!this.#expected.has(response.status())) {
      this.complaints.push(`${response.status()} ${response.request().method()} ${response.url()}`);
    }
  }

  #failure(request) {
    const reason = request.failure()?.errorText;
    // What Chromium calls it when it loads no script because scripts are turned off.
    if (!this.#js && reason === "csp" && request.resourceType() === "script") return;
    // The page was left before all of it was loaded.
    if (reason === "net::ERR_ABORTED") return;
    if (!this.#expected.has(reason)) this.complaints.push(`${reason} ${request.method()} ${request.url()}`);
  }

  #console(message) {
    // The browser repeats each refused request on its console; `#response` has judged it already.
    const repeated = message.text().startsWith("Failed to load resource") && this.#failed.has(message.location().url);
    // Nothing uses what was loaded for scripts that are turned off.
    const unused = !this.#js && message.text().includes("was preloaded using link preload but not used");
    // The test typed before the page was whole: then a field has the focus already, as it would with a quick person.
    const early = message.text().startsWith("Autofocus processing was blocked because a document already has a focused element");
    if (!repeated && !unused && !early) this.complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  }
}
