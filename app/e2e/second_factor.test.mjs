// A second factor: set up, asked for, lost, required.

import assert from "node:assert/strict";

import {
  ADMIN,
  enterCode,
  flash,
  newContext,
  SECOND_FACTOR,
  setUp,
  setUpFactor,
  shownCodes,
  signIn,
  signOut,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();
const BO = { email: "bo@acme.test", password: "another horse battery" };

withAndWithoutScript("it is set up, and signing in asks for a code", (js) =>
  withServer(
    (server) =>
      visit(server, { js }, async (page, watch) => {
        await setUp(page, server);
        await page.goto("/settings/profile");
        await page.getByRole("link", { name: "Set up second factor" }).click();
        const { app, codes } = await setUpFactor(page);
        assert.equal(codes.length, 10);
        if (js) {
          await page.getByRole("button", { name: "Copy recovery codes" }).click();
          await page.getByRole("button", { name: "Copied recovery codes" }).waitFor();
          assert.deepEqual((await page.evaluate(() => navigator.clipboard.readText())).trim().split("\n"), codes);
        }
        await page.getByRole("link", { name: "I have kept them" }).click();
        await page.getByText("10 recovery codes are left.").waitFor();
        assert.ok(!(await page.content()).includes(codes[0]), "they are shown once");

        await signOut(page);
        watch.expect(422);
        await signIn(page);
        await enterCode(page, "000000");
        await page.getByRole("alert").getByText("This code does not sign you in").waitFor();
        await page.goto("/employees");
        await page.getByRole("heading", { level: 1, name: "Enter your code" }).waitFor();
        const code = app.code(1);
        await enterCode(page, code);
        await page.waitForURL("/employees");

        await signOut(page);
        await signIn(page);
        await enterCode(page, code);
        await page.getByRole("alert").waitFor();
        await enterCode(page, codes[0].toLowerCase());
        await page.waitForURL("/employees");
        await signOut(page);
        await signIn(page);
        await page.getByRole("button", { name: "Start again" }).click();
        await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
        const seen = watch.addresses.join("\n");
        for (const secret of [code, ...codes]) assert.ok(!seen.includes(secret) && !server.output.includes(secret));
      }),
    { engine: js ? "sqlite" : "postgres" },
  ),
);

withAndWithoutScript("recovery codes are renewed and it is turned off, with password and code", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      const { codes } = await setUpFactor(page);
      await server.ageSignIns();
      await page.goto(SECOND_FACTOR);
      await page.getByRole("button", { name: "Renew recovery codes" }).click();
      await page.getByLabel("Password").fill(ADMIN.password);
      await page.getByLabel("Code", { exact: true }).fill(codes[0]);
      await page.getByRole("button", { name: "Confirm and go on" }).click();
      const renewed = await shownCodes(page);
      assert.ok(renewed.length === 10 && !renewed.includes(codes[1]));
      watch.expect(409);
      await page.reload();
      await page.getByText("This form was sent before").waitFor();
      await page.getByRole("button", { name: "Turn off" }).click();
      assert.match(await flash(page), /Your second factor is off/);
      await signOut(page);
      await signIn(page);
      await page.waitForURL("/employees");
    }),
  ),
);

withAndWithoutScript("a company requires it, and an admin takes away what somebody lost", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      await server.createAccount(BO.email, "viewer", BO.password);
      await setUpFactor(page);
      await page.goto("/settings/accounts");
      await page.getByRole("button", { name: "Require a second factor" }).click();
      assert.match(await flash(page), /A second factor is required/);

      const bo = await (await newContext(page.context().browser(), server)).newPage();
      await signIn(bo, BO);
      await bo.getByText("Your company requires a second factor").waitFor();
      await bo.goto("/employees");
      await bo.waitForURL(SECOND_FACTOR);
      await setUpFactor(bo);
      await bo.goto("/employees");
      await bo.waitForURL("/employees");

      await page.goto("/settings/accounts");
      await page.getByRole("link", { name: `Take away factor ${BO.email}` }).click();
      await page.getByRole("button", { name: "Take away" }).click();
      assert.match(await flash(page), /signs in with the password alone now/);
      await bo.goto("/employees");
      await bo.waitForURL(/\/login/);
      await signIn(bo, BO);
      await bo.waitForURL(SECOND_FACTOR);
      await bo.context().close();
      await page.goto("/settings/accounts");
      await page.getByRole("button", { name: "Require no second factor" }).click();
      assert.match(await flash(page), /not required any more/);
    }),
  ),
);
