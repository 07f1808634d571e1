// The password is asked for again before what matters, when it was entered a while ago.

import assert from "node:assert/strict";

import {
  ADMIN,
  AZURE,
  choose,
  flash,
  revealAzure,
  setUp,
  shownLink,
  shownToken,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();
const ENGINE = { engine: "postgres" };

async function confirm(page, password = ADMIN.password) {
  await page.getByRole("heading", { level: 1, name: "Confirm it is you" }).waitFor();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Confirm and go on" }).click();
}

withAndWithoutScript("what was typed goes on after the password, which then holds for a while", (js) =>
  withServer(
    (server) =>
      visit(server, { js }, async (page, watch) => {
        await setUp(page, server);
        await server.ageSignIns();
        await page.goto("/settings/accounts");
        await page.getByLabel("Email").fill("cy@acme.test");
        await choose(page, "IT");
        await page.getByRole("button", { name: "Invite", exact: true }).click();
        watch.expect(422);
        await confirm(page, "not the password");
        await page.getByText("This is not the password of your account.").waitFor();
        await confirm(page);
        await shownLink(page);
        await page.getByText("who gets the role IT").waitFor();
        const token = await revealAzure(page);
        assert.ok(token, "not asked again");
      }),
    ENGINE,
  ),
);

withAndWithoutScript("a rotation waits for the password and issues one token", (js) =>
  withServer(
    (server) =>
      visit(server, { js }, async (page) => {
        await setUp(page, server);
        await server.spaceiq(["token", "issue", "--tenant", "Acme", "--provider", "azure", "--name", "Azure"]);
        const [{ id }] = await server.tokens();
        await server.ageSignIns();
        await page.goto(`${AZURE}/tokens/${id}/rotate`);
        await choose(page, "1 hour");
        await page.getByRole("button", { name: "Rotate token" }).click();
        await page.getByRole("heading", { level: 1, name: "Confirm it is you" }).waitFor();
        assert.equal((await server.tokens()).length, 1, "nothing was done before");
        // Back and forth: the question is a page like any other.
        await page.goBack();
        await page.getByRole("button", { name: "Rotate token" }).click();
        await confirm(page);
        await shownToken(page);
        const statuses = (await server.tokens()).map(({ status }) => status).sort();
        assert.deepEqual(statuses, ["active", "overlap"]);
      }),
  ),
);

withAndWithoutScript("cancelling leads back to where the form was, and nothing is done", (js) =>
  withServer(
    (server) =>
      visit(server, { js }, async (page) => {
        await setUp(page, server);
        await server.spaceiq(["token", "issue", "--tenant", "Acme", "--provider", "azure", "--name", "Azure"]);
        const [{ id, last_four: letters }] = await server.tokens();
        await server.ageSignIns();
        await page.goto(`${AZURE}/tokens/${id}/revoke`);
        await page.getByLabel(/last four letters/).fill(letters);
        await page.getByRole("button", { name: "Revoke token" }).click();
        await page.getByRole("link", { name: "Cancel" }).click();
        await page.getByRole("heading", { level: 1, name: "Revoke this token?" }).waitFor();
        assert.equal((await server.tokens())[0].status, "active");
        await page.getByLabel(/last four letters/).fill(letters);
        await page.getByRole("button", { name: "Revoke token" }).click();
        await confirm(page);
        assert.match(await flash(page), /The token is revoked/);
        assert.equal((await server.tokens())[0].status, "revoked");
      }),
  ),
);
