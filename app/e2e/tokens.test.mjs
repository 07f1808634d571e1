// The life of a token after it was activated.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  activate,
  activateAzure,
  AZURE,
  choose,
  PROVISIONING,
  reloadUntil,
  scim,
  setUp,
  shownToken,
  TOKEN,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();

const works = async (server, token) => (await scim(`${server.url}/scim`, token).get("/Users?count=1")).status === 200;

async function rotate(page, overlap) {
  await page.goto(AZURE);
  await page.getByRole("link", { name: /^Rotate/ }).click();
  await choose(page, overlap);
  await page.getByRole("button", { name: "Rotate token" }).click();
  return shownToken(page);
}

withAndWithoutScript("a rotation keeps the old token until the new one was seen and the old one is ended", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      const old = await activateAzure(page);
      const token = await rotate(page, "24 hours");
      assert.notEqual(token, old);
      assert.deepEqual([await works(server, token), await works(server, old)], [true, true]);
      watch.expect(409);
      await page.reload();
      await page.getByRole("alert").first().waitFor();
      assert.ok(!(await page.content()).includes(token));
      assert.equal((await server.tokens()).length, 2);

      await page.goto(AZURE);
      const list = page.getByRole("region", { name: "Tokens" });
      await reloadUntil(page, list.getByText("Azure uses the new token"));
      await list.getByText("Being replaced", { exact: true }).waitFor();
      await list.getByRole("link", { name: /^End overlap now/ }).click();
      await page.getByLabel(/last four letters/).fill(old.slice(-4));
      await page.getByRole("button", { name: "Revoke token" }).click();
      await list.getByText("Revoked", { exact: true }).waitFor();
      assert.deepEqual([await works(server, old), await works(server, token)], [false, true]);
    }),
  ),
);

test("a rotation without overlap ends the old token at once", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await setUp(page, server);
      const old = await activateAzure(page);
      const token = await rotate(page, "End it now");
      assert.deepEqual([await works(server, old), await works(server, token)], [false, true]);
    }),
  ),
);

withAndWithoutScript("a token has the name, expiry and networks that were chosen", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      await page.goto(AZURE);
      await page.getByText("Name, expiry and allowed addresses").click();
      await page.getByLabel("Name", { exact: true }).fill("Azure production");
      await page.getByLabel("Works for").selectOption({ label: "30 days" });
      await page.getByLabel("Allowed addresses").fill("198.51.100.0/24, everywhere");
      watch.expect(422);
      await page.getByRole("button", { name: "Generate token" }).click();
      await page.getByText("everywhere is no network").first().waitFor();
      assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Azure production");
      assert.equal(await page.getByLabel("Works for").inputValue(), "30");
      assert.equal(await page.getByLabel("Allowed addresses").getAttribute("aria-invalid"), "true");
      await page.getByLabel("Allowed addresses").fill("198.51.100.7/24");
      await page.getByRole("button", { name: "Generate token" }).click();
      const token = await shownToken(page);
      await activate(page);
      await page.getByRole("link", { name: "Configure Azure" }).click();
      const list = page.getByRole("region", { name: "Tokens" });
      await list.getByRole("heading", { name: "Azure production" }).waitFor();
      assert.match(await list.innerText(), /198\.51\.100\.0\/24/);
      // This machine is not in that network.
      assert.equal(await works(server, token), false);
      const days = (Date.parse((await server.tokens())[0].expires_at) - Date.now()) / 86_400_000;
      assert.ok(days > 29.9 && days <= 30, `${days} days`);
    }),
  ),
);

test("the list says by itself that a token is used", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await setUp(page, server);
      const client = scim(`${server.url}/scim`, await activateAzure(page), "Microsoft.Azure.SyncFabric.SCIM");
      await page.goto(AZURE);
      const list = page.getByRole("region", { name: "Tokens" });
      await list.getByText("No requests").waitFor();
      assert.equal((await client.get("/Users?count=1")).status, 200);
      await list.getByText("1 request", { exact: true }).waitFor({ timeout: 60_000 });
    }),
  ),
);

test("the list says who used a token, how often and with what success", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await setUp(page, server);
      const client = scim(`${server.url}/scim`, await activateAzure(page), "Microsoft.Azure.SyncFabric.SCIM");
      assert.equal((await client.get("/Users?count=1")).status, 200);
      assert.equal((await client.get("/Users/nobody")).status, 404);
      await page.goto(AZURE);
      const list = page.getByRole("region", { name: "Tokens" });
      await reloadUntil(page, list.getByText("2 requests, 1 failed"));
      assert.match(await list.innerText(), /\d{4}, \d{2}:\d{2} UTC · Microsoft Entra ID, 127\.0\.0\.1/);
    }),
  ),
);

test("a third token is not generated while two work", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await setUp(page, server);
      const first = await activateAzure(page);
      await page.goto(AZURE);
      await page.getByRole("button", { name: "Generate another token" }).click();
      const second = await shownToken(page);
      await activate(page);
      await page.goto(AZURE);
      await page.getByText("Two tokens work already").waitFor();
      assert.equal(await page.getByRole("button", { name: /^Generate/ }).count(), 0);
      assert.deepEqual([await works(server, first), await works(server, second)], [true, true]);
    }),
  ),
);

test("a token issued from the terminal works and is listed", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await setUp(page, server);
      const args = ["token", "issue", "--tenant", "Acme", "--provider", "azure", "--name", "From the terminal"];
      const token = (await server.spaceiq(args)).trim();
      assert.match(token, TOKEN);
      assert.equal(await works(server, token), true);
      await page.goto(PROVISIONING);
      await page.getByRole("link", { name: "Configure Azure" }).click();
      await page.getByRole("heading", { name: "From the terminal" }).waitFor();
    }),
  ),
);
