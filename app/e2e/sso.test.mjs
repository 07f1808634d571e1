// Sign-on through a real identity provider, begun on either side.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { activateAzure, AZURE, flash, scim, setUp, user, withBrowser, withServer } from "./support.mjs";
import { IdentityProvider } from "./support/identity_provider.mjs";

const visit = withBrowser();
const PERSON = user("Ada", "Lovelace");
let provider;

before(async () => {
  provider = await IdentityProvider.start(PERSON.userName);
});
after(() => provider?.stop());

/** An admin fills in the tab, and tells the identity provider what it shows. */
async function connect(page) {
  await page.goto(`${AZURE}?tab=sso`);
  await page.getByLabel("SAML Issuer URL").fill(provider.issuer);
  await page.getByLabel("X.509 Certificate", { exact: true }).fill(provider.certificate);
  await page.getByLabel("SAML Redirect URL").fill(`${provider.url}/sso`);
  provider.knows({
    callback: await page.getByLabel("SAML CallBack Endpoint URL (read-only)").inputValue(),
    audience: await page.getByLabel("SAML Audience URI (read-only)").inputValue(),
  });
  await page.getByRole("main").getByRole("button", { name: /^(Activate|Save)$/ }).click();
  assert.match(await flash(page), /Sign-on with Azure is on/);
  return page.getByLabel("Sign-on URL").inputValue();
}

/** The library's page sends its form by a script that our browser runs, or by a button. */
async function passOn(page, js) {
  if (!js) await page.getByRole("button", { name: "Submit" }).click();
}

async function seesOwnRecord(page) {
  await page.waitForURL("/my-record");
  await page.getByRole("heading", { level: 1, name: "Ada Lovelace" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Employees" }).count(), 0);
}

test("an admin connects an identity provider, and employees sign in", (context) =>
  withServer((server) => everySignOn(context, server)));

async function everySignOn(context, server) {
  let login;
  await context.test("the tab is filled in", () =>
    visit(server, {}, async (page) => {
      await setUp(page, server);
      const token = await activateAzure(page);
      const { status } = await scim(`${server.url}/scim`, token).post("/Users", PERSON);
      assert.equal(status, 201);
      login = await connect(page);
    }),
  );
  for (const js of [true, false]) {
    const how = js ? "with JavaScript" : "without JavaScript";
    await context.test(`sign-on that begins here, ${how}`, () =>
      visit(server, { js }, async (page) => {
        await page.goto(login);
        await passOn(page, js);
        await seesOwnRecord(page);
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("heading", { level: 1, name: "You are signed out" }).waitFor();
      }),
    );
    await context.test(`sign-on that begins at the identity provider, ${how}`, () =>
      visit(server, { js }, async (page, watch) => {
        watch.expect(403);
        await page.goto(`${provider.url}/sso`);
        await passOn(page, js);
        await seesOwnRecord(page);
      }),
    );
  }
  await context.test("someone whom nobody provisioned is told what to do", () =>
    visit(server, {}, async (page, watch) => {
      watch.expect(403);
      provider.person = "stranger@acme.test";
      await page.goto(login);
      await page.getByRole("heading", { level: 1, name: "You could not be signed in" }).waitFor();
      provider.person = PERSON.userName;
    }),
  );
}
