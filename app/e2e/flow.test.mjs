// The main job, from the setup link to a token that is revoked, as an admin sees it.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  activate,
  ADMIN,
  COMPANY,
  DISABLE,
  flash,
  openProfileMenu,
  scim,
  setUp,
  shownToken,
  signIn,
  signOut,
  user,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();

for (const [engine, js] of [["sqlite", true], ["sqlite", false], ["postgres", true]]) {
  test(`an admin connects Azure on ${engine}, ${js ? "with" : "without"} JavaScript`, () =>
    withServer((server) => visit(server, { js }, (page, watch) => wholeFlow(page, watch, server, js)), { engine }));
}

async function wholeFlow(page, watch, server, js) {
  await setUp(page, server);
  assert.match(await flash(page), /Your company and account are ready/);
  await signOut(page);
  await signIn(page);

  await openTile(page);
  const { tenantUrl, token } = await readConnection(page, server);
  if (js) await copies(page, { tenantUrl, token });
  else await assertHidden(page.getByRole("button", { name: /^Copy/ }));
  await activate(page);
  await assertActive(page, token);

  const client = scim(tenantUrl, token);
  await provisions(page, client);
  await disables(page, client);
  await searchesAndPages(page, client);
  await revokes(page, watch, client, token);
}

/** Profile name → Settings → Integrations → Third Party Integrations → READ MORE → Provisioning & SSO → Azure. */
async function openTile(page) {
  await openProfileMenu(page);
  assert.match(await page.getByRole("banner").innerText(), new RegExp(`${COMPANY}\\s*${ADMIN.email} · Admin`));
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Integrations" }).click();
  await page.getByRole("heading", { name: "Third Party Integrations" }).waitFor();
  await page.getByRole("link", { name: "READ MORE" }).click();
  const categories = page.getByRole("navigation", { name: "Integrations" });
  await categories.getByRole("link", { name: "Provisioning & SSO" }).click();
  await page.getByRole("heading", { level: 1, name: "Provisioning & SSO" }).waitFor();

  const available = page.getByRole("region", { name: "Available" });
  const names = ["Azure", "Okta", "OneLogin", "Google", "PingOne", "ADFS"];
  for (const name of names) await available.getByRole("heading", { name, exact: true }).waitFor();
  await page.getByRole("searchbox", { name: "Search" }).fill("entra");
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForURL(/\?q=entra$/);
  assert.equal(await available.getByRole("listitem").count(), 1);
  await available.getByRole("button", { name: "Activate Azure" }).click();
}

async function readConnection(page, server) {
  const tabs = page.getByRole("navigation", { name: "Azure" });
  assert.deepEqual(await tabs.getByRole("link").allInnerTexts(), ["Provisioning", "SSO"]);
  assert.equal(await tabs.getByRole("link", { name: "Provisioning" }).getAttribute("aria-current"), "page");
  const tenantUrl = await page.getByLabel("Tenant URL").inputValue();
  assert.equal(tenantUrl, `${server.url}/scim`);
  const guide = await page.getByRole("region", { name: "In the Azure portal" }).innerText();
  for (const words of ["Provisioning Mode", "Automatic", "Tenant URL", "Secret Token", "Test Connection", tenantUrl]) {
    assert.ok(guide.includes(words), `the steps do not say ${words}: ${guide}`);
  }
  return { tenantUrl, token: await shownToken(page) };
}

async function copies(page, { tenantUrl, token }) {
  for (const [what, value] of [["Tenant URL", tenantUrl], ["SCIM Bearer Token", token]]) {
    // It says so for two seconds: whoever looks afterwards may be too late.
    await Promise.all([
      page.getByRole("button", { name: `Copied ${what}` }).waitFor(),
      page.getByRole("status").filter({ hasText: "Copied" }).first().waitFor(),
      page.getByRole("button", { name: `Copy ${what}` }).click(),
    ]);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), value);
  }
  await page.getByRole("button", { name: "Copy SCIM Bearer Token" }).waitFor();
}

async function assertHidden(locator) {
  assert.equal(await locator.count(), 0);
}

async function assertActive(page, token) {
  const active = page.getByRole("region", { name: "Active" });
  await active.getByRole("link", { name: "Configure Azure" }).waitFor();
  assert.match(await flash(page), /Azure is active/);
  assert.ok(!(await page.content()).includes(token));
  await active.getByRole("link", { name: "Configure Azure" }).click();
  const card = page.getByRole("region", { name: "Tokens" });
  assert.match(await card.innerText(), /Active/);
  assert.ok((await card.innerText()).includes(token.slice(-4)));
  assert.ok(!(await page.content()).includes(token));
}

async function provisions(page, client) {
  await page.goto("/employees");
  await page.getByText("has not sent anyone yet").waitFor();
  const created = await client.post("/Users", user("Grace", "Hopper", { department: "Navy", title: "Rear Admiral" }));
  assert.equal(created.status, 201);
  await page.reload();
  const row = page.getByRole("row").filter({ hasText: "Grace Hopper" });
  const cells = await row.getByRole("cell").allInnerTexts();
  assert.deepEqual(cells.slice(0, 3), ["grace.hopper@acme.test", "Navy", "Rear Admiral"]);
  assert.equal(cells[3].trim(), "Active");
  assert.match(cells[4], /^\d{1,2} [A-Z][a-z]{2} \d{4}, \d{2}:\d{2} UTC$/);
}

async function disables(page, client) {
  const [{ id }] = (await client.get('/Users?filter=userName eq "grace.hopper@acme.test"')).body.Resources;
  assert.equal((await client.patch(`/Users/${id}`, DISABLE)).status, 200);
  await page.getByRole("link", { name: "Grace Hopper" }).click();
  await page.getByRole("heading", { level: 1, name: "Grace Hopper" }).waitFor();
  assert.match(await page.getByRole("main").innerText(), /Inactive[\s\S]*Rear Admiral[\s\S]*Disabled[\s\S]*Created/);
}

async function searchesAndPages(page, client) {
  const numbers = Array.from({ length: 59 }, (_, index) => String(index).padStart(2, "0"));
  await Promise.all(
    numbers.map(async (number) => {
      assert.equal((await client.post("/Users", user("Person", number, { department: "Crowd" }))).status, 201);
    }),
  );
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Employees" }).click();
  const pages = page.getByRole("navigation", { name: "Pages" });
  const seen = async () => (await page.getByRole("rowheader").allInnerTexts()).map((name) => name.trim());
  assert.match(await pages.innerText(), /Showing 50 of 60/);
  const first = await seen();
  await pages.getByRole("link", { name: "Next" }).click();
  await page.getByText("Showing 10 of 60").waitFor();
  const all = [...first, ...(await seen())];
  assert.equal(new Set(all).size, 60);
  await pages.getByRole("link", { name: "Previous" }).click();
  await page.getByText("Showing 50 of 60").waitFor();

  await page.getByRole("searchbox", { name: "Search" }).fill("navy");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("Showing all 1").waitFor();
  assert.deepEqual(await seen(), ["Grace Hopper"]);
  await page.getByRole("searchbox", { name: "Search" }).fill("nav admiral 50%");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("Nobody matches").waitFor();
}

async function revokes(page, watch, client, token) {
  await page.goto("/settings/integrations/provisioning-sso");
  await page.getByRole("link", { name: "Configure Azure" }).click();
  await page.getByRole("link", { name: /^Revoke/ }).click();
  await page.getByRole("heading", { level: 1, name: "Revoke this token?" }).waitFor();
  const typed = page.getByLabel(/last four letters/);
  await typed.fill("nope!");
  watch.expect(422);
  await page.getByRole("button", { name: "Revoke token" }).click();
  await page.getByText("These are not the last four letters of this token").waitFor();
  assert.equal(await typed.inputValue(), "nope!");
  assert.equal(await typed.getAttribute("aria-invalid"), "true");
  assert.equal((await client.get("/Users?count=1")).status, 200);

  await typed.fill(token.slice(-4));
  await page.getByRole("button", { name: "Revoke token" }).click();
  await page.getByRole("region", { name: "Tokens" }).getByText("Revoked", { exact: true }).waitFor();
  assert.match(await flash(page), /The token is revoked/);
  const refused = await client.get("/Users?count=1");
  assert.equal(refused.status, 401);
  assert.match(refused.headers.get("www-authenticate"), /^Bearer realm="scim", error="invalid_token"/);
}
