// Accounts: invited, changed, disabled; one's own password and sessions.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  ADMIN,
  choose,
  flash,
  newContext,
  setUp,
  shownLink,
  signIn,
  signOut,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();
const ACCOUNTS = "/settings/accounts";
const BO = { email: "bo@acme.test", password: "another horse battery" };
const CY = { email: "cy@acme.test", password: "purple tin over hills" };

/** Another person, in a browser of their own. */
async function somebody(page, server) {
  const context = await newContext(page.context().browser(), server);
  return context.newPage();
}

async function invite(page, email, role) {
  await page.goto(ACCOUNTS);
  await page.getByLabel("Email").fill(email);
  await choose(page.getByRole("region", { name: "Invite someone" }), role);
  await page.getByRole("button", { name: "Invite", exact: true }).click();
}

for (const [role, opens] of [["Viewer", []], ["Power", [ACCOUNTS]], ["IT", ["/settings/integrations/provisioning-sso"]],
  ["Admin", [ACCOUNTS, "/settings/integrations/provisioning-sso"]]]) {
  withAndWithoutScript(`a link makes an account with the role ${role}, once`, (js) =>
    withServer((server) =>
      visit(server, { js }, async (page, watch) => {
        await setUp(page, server);
        await invite(page, CY.email, role);
        const link = await shownLink(page);
        if (js) {
          await page.getByRole("button", { name: "Copy Invitation link" }).click();
          await page.getByRole("button", { name: "Copied Invitation link" }).waitFor();
          assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
        }
        await page.getByRole("link", { name: "I have copied it" }).click();
        await page.getByRole("row", { name: CY.email }).getByText("Pending").waitFor();
        assert.ok(!(await page.content()).includes(new URL(link).searchParams.get("code")), "the link is shown once");

        await signOut(page);
        await page.goto(link);
        assert.equal(await page.getByLabel("Email").inputValue(), CY.email);
        watch.expect(422);
        await page.getByLabel("Password").fill("password2026!");
        await page.getByRole("button", { name: "Create account" }).click();
        await page.getByRole("link", { name: /tried first/ }).waitFor();
        await page.getByLabel("Password").fill(CY.password);
        await page.getByRole("button", { name: "Create account" }).click();
        await page.waitForURL("/employees");
        assert.match(await flash(page), /Your account is ready/);

        watch.expect(403, 410);
        for (const path of [ACCOUNTS, "/settings/integrations/provisioning-sso"]) {
          assert.equal((await page.goto(path)).status(), opens.includes(path) ? 200 : 403, path);
        }
        await page.goto("/settings");
        const menu = page.getByRole("navigation", { name: "Settings" });
        assert.equal(await menu.getByRole("link", { name: "Accounts" }).count(), opens.includes(ACCOUNTS) ? 1 : 0);
        await page.goto(link);
        await page.getByRole("heading", { name: "This invitation does not work" }).waitFor();
      }),
    ),
  );
}

withAndWithoutScript("reloading and going back never make a second link", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      await invite(page, CY.email, "Viewer");
      const link = await shownLink(page);
      watch.expect(409);
      await page.reload();
      await page.getByText("A link is shown once").waitFor();
      assert.ok(!(await page.content()).includes("invitation?code="));
      await page.goto(link);
      await page.getByRole("heading", { name: "Welcome to SpaceIQ" }).waitFor();
    }),
  ),
);

withAndWithoutScript("a role is changed, an account disabled and enabled; the last admin stays", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      await server.createAccount(BO.email, "viewer", BO.password);
      const bo = await somebody(page, server);
      await signIn(bo, BO);
      await bo.waitForURL("/employees");

      await page.goto(ACCOUNTS);
      await page.getByRole("link", { name: `Change role ${BO.email}` }).click();
      await choose(page, "IT");
      await page.getByRole("button", { name: "Change role" }).click();
      assert.equal(await flash(page), `${BO.email} has the role IT now.`);
      assert.equal((await bo.goto("/settings/integrations/provisioning-sso")).status(), 200);

      await page.getByRole("link", { name: `Disable ${BO.email}` }).click();
      await page.getByRole("button", { name: "Disable" }).click();
      assert.match(await flash(page), /is disabled/);
      await bo.goto("/employees");
      await bo.waitForURL(/\/login/);
      await page.getByRole("link", { name: `Enable ${BO.email}` }).click();
      await page.getByRole("button", { name: "Enable" }).click();
      await signIn(bo, BO);
      await bo.waitForURL("/employees");

      watch.expect(409);
      await page.getByRole("link", { name: `Disable ${ADMIN.email}` }).click();
      await page.getByRole("button", { name: "Disable" }).click();
      await page.getByText("This is the last admin who can sign in").waitFor();
      await page.goto("/employees");
      await page.getByRole("heading", { level: 1, name: "Employees" }).waitFor();
      await bo.context().close();
    }),
  ),
);

withAndWithoutScript("of two admins the slower one hears what the other did", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      await server.createAccount(BO.email, "admin", BO.password);
      await server.createAccount(CY.email, "viewer", CY.password);
      const bo = await somebody(page, server);
      await signIn(bo, BO);
      await bo.waitForURL("/employees");
      for (const [who, role] of [[bo, "Power"], [page, "IT"]]) {
        await who.goto(ACCOUNTS);
        await who.getByRole("link", { name: `Change role ${CY.email}` }).click();
        await choose(who, role);
      }
      await bo.getByRole("button", { name: "Change role" }).click();
      await bo.waitForURL(ACCOUNTS);
      watch.expect(409);
      await page.getByRole("button", { name: "Change role" }).click();
      await page.getByText(`${BO.email} gave the account the role Power on`).waitFor();
      assert.equal(await page.getByRole("radio", { name: "Power" }).isChecked(), true, "this is how it stands now");
      // Whoever still wants it asks again, on a page that is up to date.
      await choose(page, "IT");
      await page.getByRole("button", { name: "Change role" }).click();
      assert.equal(await flash(page), `${CY.email} has the role IT now.`);
      await bo.context().close();
    }),
  ),
);

withAndWithoutScript("a password is changed, and sessions are ended", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      const [phone, library] = [await somebody(page, server), await somebody(page, server)];
      for (const other of [phone, library]) {
        await signIn(other);
        await other.waitForURL("/employees");
      }
      await page.goto("/settings/profile");
      await page.getByText("This session").waitFor();
      await page.getByRole("button", { name: /^End session/ }).first().click();
      assert.equal(await flash(page), "The session has ended.");
      assert.equal(await page.getByRole("button", { name: /^End session/ }).count(), 1);

      const change = async (current, next) => {
        await page.getByLabel("Current password").fill(current);
        await page.getByLabel("New password").fill(next);
        await page.getByRole("button", { name: "Change password" }).click();
      };
      watch.expect(422);
      await change("not the password", CY.password);
      await page.getByRole("link", { name: "This is not the password of your account." }).waitFor();
      await change(ADMIN.password, "Ada@acme.test");
      await page.getByRole("link", { name: /e-mail address or the name of the company/ }).waitFor();
      await change(ADMIN.password, CY.password);
      assert.match(await flash(page), /Your password is changed/);
      for (const other of [phone, library]) {
        await other.goto("/employees");
        await other.waitForURL(/\/login/);
        await other.context().close();
      }
      await signOut(page);
      await signIn(page, { email: ADMIN.email, password: CY.password });
      await page.waitForURL("/employees");
    }),
  ),
);

test("wrong passwords have to wait, in words that say for how long", () =>
  withServer((server) =>
    visit(server, {}, async (page, watch) => {
      await setUp(page, server);
      await signOut(page);
      watch.expect(422);
      for (let tries = 0; tries < 5; tries += 1) {
        await signIn(page, { ...ADMIN, password: "not the password" });
        await page.getByText("do not belong to an account").waitFor();
      }
      await signIn(page);
      await page.getByText(/Too many wrong tries. Wait \d+ seconds?, then try again./).waitFor();
    }),
  ),
);
