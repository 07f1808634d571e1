// Passkeys, with an authenticator that Chromium plays.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  ADMIN,
  flash,
  freePort,
  NARROWEST,
  newContext,
  SECOND_FACTOR,
  setUp,
  setUpFactor,
  shownCodes,
  signIn,
  signOut,
  withBrowser,
  withServer,
  WIDE,
} from "./support.mjs";
import { findings } from "./support/axe.mjs";

const visit = withBrowser();

/** Browsers know passkeys under names only. */
async function withNamedServer(body) {
  const port = await freePort();
  const args = ["--listen", `127.0.0.1:${port}`, "--public-url", `http://localhost:${port}`];
  await withServer(body, { args });
}

/** Plugs an authenticator in that is always unlocked. */
async function authenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  return { unplug: () => devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }) };
}

async function add(page, name) {
  await page.goto(SECOND_FACTOR);
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("button", { name: "Create passkey" }).click();
}

/** Chromium does not show what is for browsers without scripts when it is a test that turned them off. */
async function saysSo(page) {
  assert.match(await page.locator("noscript").first().textContent(), /A passkey needs JavaScript/);
}

test("a passkey is added, signs in, confirms and is removed", () =>
  withNamedServer((server) =>
    visit(server, {}, async (page) => {
      await authenticator(page);
      await setUp(page, server);
      await add(page, "This laptop");
      const codes = await shownCodes(page);
      assert.equal(codes.length, 10);
      await page.getByRole("link", { name: "I have kept them" }).click();
      await page.getByRole("heading", { name: "This laptop" }).waitFor();

      await signOut(page);
      await signIn(page);
      await page.getByRole("button", { name: "Use a passkey" }).click();
      await page.waitForURL("/employees");

      await server.ageSignIns();
      await page.goto(SECOND_FACTOR);
      await page.getByRole("button", { name: "Renew recovery codes" }).click();
      await page.getByLabel("Password").fill(ADMIN.password);
      await page.getByRole("button", { name: "Confirm with a passkey" }).click();
      const renewed = await shownCodes(page);
      assert.ok(renewed.length === 10 && !renewed.includes(codes[0]));

      await add(page, "The same laptop");
      await page.getByRole("alert").getByText("has a passkey for your account already").waitFor();
      await page.getByRole("link", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Remove passkey This laptop" }).click();
      assert.match(await flash(page), /The passkey is removed/);
      await signOut(page);
      await signIn(page);
      await page.waitForURL("/employees");
    }),
  ));

test("without the passkey, or without JavaScript, a recovery code signs in", () =>
  withNamedServer((server) =>
    visit(server, {}, async (page) => {
      const { unplug } = await authenticator(page);
      await setUp(page, server);
      await add(page, "This laptop");
      const codes = await shownCodes(page);
      await page.goto("/employees");
      await signOut(page);
      await unplug();
      await authenticator(page);
      await signIn(page);
      await page.getByRole("button", { name: "Use a passkey" }).click();
      await page.getByRole("alert").getByText("Nothing was done").waitFor();
      await page.getByRole("link", { name: "Use a code instead" }).click();
      await page.getByLabel("Recovery code").fill(codes[0]);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.waitForURL("/employees");

      const plain = await newContext(page.context().browser(), server, { javaScriptEnabled: false });
      const quiet = await plain.newPage();
      await signIn(quiet);
      await saysSo(quiet);
      await quiet.getByRole("button", { name: "Use a passkey" }).click();
      await saysSo(quiet);
      await quiet.getByRole("link", { name: "Use a code instead" }).click();
      await quiet.getByLabel("Recovery code").fill(codes[1]);
      await quiet.getByRole("button", { name: "Sign in" }).click();
      await quiet.waitForURL("/employees");
      await plain.close();
    }),
  ));

test("axe finds nothing on the pages of passkeys, and none is wider than 320 px", () =>
  withNamedServer((server) =>
    visit(server, { reducedMotion: "reduce" }, async (page) => {
      const found = [];
      const look = async (name) => {
        found.push(...(await findings(page, name)));
        await page.setViewportSize(NARROWEST);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        if (width > NARROWEST.width) found.push(`${name}: ${width} px`);
        await page.setViewportSize(WIDE);
      };
      const { unplug } = await authenticator(page);
      await setUp(page, server);
      await page.goto(SECOND_FACTOR);
      await look("without any");
      await page.getByLabel("Name").fill("A key with a name that goes on and on until it ends here");
      await page.getByRole("button", { name: "Add a passkey" }).click();
      await look("about to make one");
      await page.getByRole("button", { name: "Create passkey" }).click();
      await shownCodes(page);
      await page.goto(SECOND_FACTOR);
      await look("with one");
      await server.ageSignIns();
      await page.getByRole("button", { name: "Remove passkey" }).click();
      await look("confirming");
      await page.goto("/employees");
      await signOut(page);
      await signIn(page);
      await page.getByRole("button", { name: "Use a passkey" }).waitFor();
      await look("passkey or code");
      await unplug();
      await authenticator(page);
      await page.getByRole("button", { name: "Use a passkey" }).click();
      await page.getByRole("alert").getByText("Nothing was done").waitFor();
      await look("no passkey");
      assert.deepEqual(found, []);
    }),
  ));

test("with an app, too, the Enter key sends the code and asks for no passkey", () =>
  withNamedServer((server) =>
    visit(server, {}, async (page) => {
      await authenticator(page);
      await setUp(page, server);
      const { codes } = await setUpFactor(page);
      await add(page, "This laptop");
      assert.match(await flash(page), /The passkey is added/);
      await server.ageSignIns();
      await page.getByRole("button", { name: "Renew recovery codes" }).click();
      await page.getByRole("button", { name: "Confirm with a passkey" }).waitFor();
      await page.getByLabel("Password").fill(ADMIN.password);
      await page.getByLabel("Code", { exact: true }).fill(codes[0]);
      await page.getByLabel("Code", { exact: true }).press("Enter");
      assert.equal((await shownCodes(page)).length, 10);
      const log = await server.spaceiq(["account", "list", "--tenant", "Acme"]);
      assert.match(log, /\tapp and passkey\n/);
      await page.goto("/settings/notices");
      await page.getByText("A recovery code of your account was used").waitFor();
    }),
  ));
