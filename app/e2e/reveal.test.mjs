// A token is shown once, in one answer, and works once it is activated.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import {
  activate,
  activateAzure,
  ADMIN,
  AZURE,
  PROVISIONING,
  revealAzure,
  scim,
  setUp,
  TOKEN,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

// Playwright turns the back/forward cache off; people's browsers have it.
const visit = withBrowser({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });

withAndWithoutScript("a token works from Activate on, not before", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      const token = await revealAzure(page);
      const client = scim(`${server.url}/scim`, token);
      assert.equal((await client.get("/Users?count=1")).status, 401);
      assert.equal((await server.tokens())[0].status, "pending");
      await activate(page);
      await page.getByRole("link", { name: "Configure Azure" }).waitFor();
      assert.equal((await client.get("/Users?count=1")).status, 200);
    }),
  ),
);

withAndWithoutScript("a token is activated once it is said to be stored", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      await revealAzure(page);
      await page.getByRole("button", { name: "Activate", exact: true }).click();
      const tick = page.getByLabel("I have stored this token");
      assert.equal(await tick.evaluate((box) => box === document.activeElement && !box.validity.valid), true);
      assert.equal((await server.tokens())[0].status, "pending");
    }),
  ),
);

withAndWithoutScript("the token is there as a file", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      const token = await revealAzure(page);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download as a text file" }).click(),
      ]);
      assert.equal(download.suggestedFilename(), "spaceiq-azure-scim-token.txt");
      const text = await readFile(await download.path(), "utf8");
      assert.equal(text, `Tenant URL: ${server.url}/scim\nSCIM Bearer Token: ${token}\n`);
      assert.match(download.url(), /^data:text\/plain/, "the file was asked from a server");
    }),
  ),
);

test("leaving a token that was not stored is asked about first", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      const asked = [];
      page.on("dialog", (dialog) => {
        asked.push(dialog.type());
        return asked.length === 1 ? dialog.dismiss() : dialog.accept();
      });
      await setUp(page, server);
      const token = await revealAzure(page);
      // The island is awake.
      await page.getByRole("button", { name: "Copy SCIM Bearer Token" }).click();
      const leave = () => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Employees" }).click();
      await leave();
      assert.equal(await page.getByLabel("SCIM Bearer Token").inputValue(), token);
      assert.deepEqual(asked, ["beforeunload"]);
      await page.getByLabel("I have stored this token").check();
      await leave();
      await page.getByRole("heading", { level: 1, name: "Employees" }).waitFor();
      assert.deepEqual(asked, ["beforeunload"]);

      await page.goto(AZURE);
      await page.getByRole("button", { name: "Generate token" }).click();
      await page.getByRole("button", { name: "Copy SCIM Bearer Token" }).click();
      await page.getByRole("button", { name: "Discard" }).click();
      await page.getByText("The token was discarded").waitFor();
      assert.deepEqual(asked, ["beforeunload"]);
    }),
  ),
);

withAndWithoutScript("a token that was discarded never works", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      const token = await revealAzure(page);
      await page.getByRole("button", { name: "Discard" }).click();
      await page.getByText("The token was discarded").waitFor();
      assert.equal((await scim(`${server.url}/scim`, token).get("/Users?count=1")).status, 401);
      await page.goto(PROVISIONING);
      await page.getByRole("button", { name: "Activate Azure" }).waitFor();
    }),
  ),
);

withAndWithoutScript("reloading the page with the token issues none and shows none", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      const token = await revealAzure(page);
      watch.expect(409);
      // The browser sends the form again.
      await page.reload();
      await page.getByRole("alert").filter({ hasText: "its token was shown then" }).waitFor();
      await assertGone(page, token);
      assert.equal((await server.tokens()).length, 1);
    }),
  ),
);

withAndWithoutScript("going back does not show a token again", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      const token = await activateAzure(page);
      await goBack(page, watch);
      await assertGone(page, token);
      const [{ status }, ...more] = await server.tokens();
      assert.deepEqual([status, more], ["active", []]);
    }),
  ),
);

withAndWithoutScript("going back does not show a token that was left unused", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      const token = await revealAzure(page);
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Employees" }).click();
      await page.getByRole("heading", { level: 1, name: "Employees" }).waitFor();
      await goBack(page, watch);
      await assertGone(page, token);
      assert.equal((await server.tokens()).length, 1);
    }),
  ),
);

withAndWithoutScript("pressing the tile's button twice issues one token", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      watch.expect(409);
      await page.getByRole("button", { name: "Activate Azure" }).dblclick();
      await page.getByRole("heading", { level: 1, name: "Azure" }).waitFor();
      assert.equal((await server.tokens()).length, 1);
    }),
  ),
);

test("the same form sent twice at once shows its token to one of the two", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await setUp(page, server);
      const tile = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Azure" }) });
      const key = await tile.locator("input[name=request_key]").inputValue();
      const send = () => page.context().request.post(`${AZURE}?tab=provisioning`, { form: { request_key: key } });
      const answers = await Promise.all([send(), send(), send()]);
      assert.deepEqual(answers.map((answer) => answer.status()).sort(), [200, 409, 409]);
      const texts = await Promise.all(answers.map((answer) => answer.text()));
      assert.equal(texts.filter((text) => /siq_scim_[0-9A-Za-z]{43}_/.test(text)).length, 1);
      assert.equal((await server.tokens()).length, 1);
    }),
  ),
);

test("the answer with the token is kept nowhere", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await setUp(page, server);
      const answer = page.waitForResponse((response) => response.request().method() === "POST");
      await revealAzure(page);
      assert.equal((await answer).status(), 200);
      assert.equal(await (await answer).headerValue("cache-control"), "no-store");
    }),
  ),
);

withAndWithoutScript("no secret leaks into addresses, storage, output or database", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      const token = await activateAzure(page);
      const client = scim(`${server.url}/scim`, token);
      assert.equal((await client.get("/Users?count=1")).status, 200);
      // A token that is refused is no reason to write it down either.
      const wrong = `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}`;
      assert.match(wrong, TOKEN);
      assert.equal((await scim(`${server.url}/scim`, wrong).get("/Users?count=1")).status, 401);
      await page.goto(AZURE);
      await assertGone(page, token);

      const secrets = { token, wrong, password: ADMIN.password, session: await sessionOf(page) };
      const bytes = await server.databaseBytes();
      assert.ok(bytes.includes(ADMIN.email), "the database is not where this test looks for it");
      assert.match(server.output, /method=POST route="\/settings\/integrations/);
      for (const [name, secret] of Object.entries(secrets)) {
        assert.ok(!watch.addresses.some((address) => address.includes(secret)), `the ${name} is in an address`);
        assert.ok(!bytes.includes(secret), `the ${name} is in the database`);
        assert.ok(!server.output.includes(secret), `the ${name} is in the server's output`);
      }
      assert.ok(!bytes.includes(Buffer.from(secrets.session, "base64url")), "the session's id is in the database");
      assert.ok(!bytes.includes(server.setupCode), "the setup code is in the database");
      assert.deepEqual((await page.context().storageState()).origins, []);
    }),
  ),
);

async function sessionOf(page) {
  const cookies = await page.context().cookies();
  return cookies.find((cookie) => cookie.name === "session").value;
}

/** The answer to a form is not kept: the browser would have to send the form again, and says so instead. */
async function goBack(page, watch) {
  watch.expect("net::ERR_CACHE_MISS");
  await assert.rejects(page.goBack(), /ERR_CACHE_MISS/);
  await page.waitForURL("chrome-error://chromewebdata/");
}

async function assertGone(page, token) {
  assert.ok(!(await page.content()).includes(token), "the token is in the page");
  const values = await page.locator("input").evaluateAll((inputs) => inputs.map((input) => input.value));
  assert.ok(!values.includes(token), "the token is in a field");
}
