// Metadata, a test of sign-on, and sign-on that is required.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";

import {
  activateAzure,
  ADMIN,
  AZURE,
  flash,
  newContext,
  scim,
  setUp,
  signIn,
  user,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";
import { IdentityProvider } from "./support/identity_provider.mjs";

const visit = withBrowser();
const TAB = `${AZURE}?tab=sso`;
const PERSON = user("Ada", "Lovelace");
const BO = { email: "bo@acme.test", password: "another horse battery" };
const METADATA = new URL("../../server/src/sso/metadata/idp.xml", import.meta.url);
let provider;

before(async () => {
  provider = await IdentityProvider.start(PERSON.userName);
});
after(() => provider?.stop());

/** The identity provider's metadata, as a file; what is shown is confirmed. */
async function takeOver(page) {
  await page.goto(TAB);
  await page.getByText("Fill in from metadata").click();
  const text = readFileSync(METADATA, "utf8")
    .replace("https://idp.test/metadata", provider.issuer)
    .replace("https://idp.test/redirect", `${provider.url}/sso`);
  const file = { name: "idp.xml", mimeType: "application/xml", buffer: Buffer.from(text) };
  await page.getByLabel("Or a file with it").setInputFiles(file);
  await page.getByRole("button", { name: "Show the difference" }).click();
  await page.getByRole("heading", { name: "Take over this metadata?" }).waitFor();
  await page.getByRole("row", { name: /SAML Redirect URL/ }).getByText(`${provider.url}/sso`).waitFor();
  await page.getByRole("button", { name: "Take it over and activate" }).click();
  assert.match(await flash(page), /Sign-on with Azure is on/);
  provider.knows({
    callback: await page.getByLabel("SAML CallBack Endpoint URL (read-only)").inputValue(),
    audience: await page.getByLabel("SAML Audience URI (read-only)").inputValue(),
  });
}

async function testSignOn(page, js) {
  await page.goto(TAB);
  await page.getByRole("link", { name: "Test sign-on" }).click();
  if (!js) await page.getByRole("button", { name: "Submit" }).click();
  await page.getByRole("heading", { level: 1, name: "Test sign-on" }).waitFor();
}

withAndWithoutScript("sign-on is set up from metadata, tested, and required", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      await server.createAccount(BO.email, "admin", BO.password);
      const token = await activateAzure(page);
      await takeOver(page);

      await testSignOn(page, js);
      await page.getByText("One check failed").waitFor();
      await page.getByText("Provision this person first").waitFor();
      await scim(`${server.url}/scim`, token).post("/Users", PERSON);
      await testSignOn(page, js);
      await page.getByText("Every check passed").waitFor();
      assert.equal(await page.getByText("Passed: ").count(), 10);
      await page.getByRole("link", { name: "Back to the settings" }).click();

      await page.getByLabel("Admin whose password goes on working").selectOption(ADMIN.email);
      await page.getByRole("button", { name: "Require single sign-on" }).click();
      assert.match(await flash(page), /required from now on/);

      watch.expect(403);
      const bo = await (await newContext(page.context().browser(), server, { javaScriptEnabled: js })).newPage();
      await signIn(bo, BO);
      await bo.getByText("signs in through its identity provider").waitFor();
      await bo.getByRole("link", { name: "Go to single sign-on" }).click();
      if (!js) await bo.getByRole("button", { name: "Submit" }).click();
      await bo.waitForURL("**/my-record");

      await page.goto("/settings/accounts");
      await page.getByRole("link", { name: `Link ${BO.email}` }).click();
      await page.getByLabel("User name of the employee").fill(PERSON.userName);
      await page.getByRole("button", { name: "Link", exact: true }).click();
      assert.match(await flash(page), /is the employee/);
      await bo.goto("/login");
      await signIn(bo, BO);
      await bo.getByRole("link", { name: "Go to single sign-on" }).click();
      if (!js) await bo.getByRole("button", { name: "Submit" }).click();
      await bo.waitForURL("**/employees");

      await page.goto(TAB);
      await page.getByRole("button", { name: "Let passwords sign in again" }).click();
      assert.match(await flash(page), /Passwords sign in again/);
    }),
  ),
);
