// Signing in and out.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  activateAzure,
  ADMIN,
  freePort,
  PROVISIONING,
  scim,
  setUp,
  signIn,
  signOut,
  user,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

// Playwright turns the back/forward cache off; people's browsers have it.
const visit = withBrowser({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
const BO = { email: "bo@acme.test", password: "another horse battery" };

withAndWithoutScript("a wrong password and an unknown address are refused alike", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      await signOut(page);
      watch.expect(422);
      const refusals = [];
      for (const email of [ADMIN.email, "nobody@acme.test"]) {
        await signIn(page, { email, password: "not the password" });
        const alert = page.getByRole("alert");
        await alert.waitFor();
        assert.equal(await page.getByLabel("Email").inputValue(), email);
        assert.equal(await page.getByLabel("Password").inputValue(), "");
        refusals.push(await alert.innerText());
      }
      assert.equal(refusals[0], refusals[1]);
      await signIn(page);
      await page.waitForURL("/employees");
    }),
  ),
);

withAndWithoutScript("signing in leads to the page that was asked for, never to another site", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      await signOut(page);
      await page.goto("/employees?q=ada&page=2");
      await page.waitForURL(/\/login\?next=/);
      // A try that fails does not forget the way.
      watch.expect(422);
      await signIn(page, { ...ADMIN, password: "not the password" });
      await page.getByRole("alert").waitFor();
      await signIn(page);
      await page.waitForURL("/employees?q=ada&page=2");
      for (const elsewhere of ["//evil.test/", "https://evil.test/", "/\\evil.test/"]) {
        await signOut(page);
        await page.goto(`/login?next=${encodeURIComponent(elsewhere)}`);
        await signIn(page);
        await page.waitForURL(`${server.url}/employees`);
      }
    }),
  ),
);

withAndWithoutScript("signing out ends the session", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      await scimUser(page, server);
      await page.goto("/employees");
      await page.getByRole("link", { name: "Grace Hopper" }).waitFor();
      const cookies = await page.context().cookies();
      await signOut(page);
      // Neither the browser's memory of the page nor a copy of the cookie opens it again.
      await page.goBack();
      await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
      await page.context().addCookies(cookies);
      await page.goto("/employees");
      await page.waitForURL(/\/login\?next=%2Femployees$/);
    }),
  ),
);

async function scimUser(page, server) {
  const client = scim(`${server.url}/scim`, await activateAzure(page));
  assert.equal((await client.post("/Users", user("Grace", "Hopper"))).status, 201);
}

test("a session has a new id after each sign-in, in a cookie that scripts cannot read", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await setUp(page, server);
      const cookie = async () => (await page.context().cookies()).find(({ name }) => name === "session");
      const { value, httpOnly, sameSite, path, domain } = await cookie();
      assert.deepEqual({ httpOnly, sameSite, path, domain }, {
        httpOnly: true,
        sameSite: "Lax",
        path: "/",
        domain: "127.0.0.1",
      });
      await signOut(page);
      await signIn(page);
      await page.waitForURL("/employees");
      assert.notEqual((await cookie()).value, value);
      assert.equal(await page.evaluate(() => document.cookie), "");
    }),
  ),
);

test("under an https address the cookie is bound to the host and to TLS", async () => {
  const port = await freePort();
  const args = ["--listen", `127.0.0.1:${port}`, "--public-url", "https://console.acme.test"];
  await withServer(
    async (server) => {
      const form = { code: server.setupCode, company: "Acme", ...ADMIN };
      const answer = await fetch(`http://127.0.0.1:${port}/setup`, {
        method: "POST",
        body: new URLSearchParams(form),
        redirect: "manual",
      });
      assert.equal(answer.status, 303);
      const session = answer.headers.getSetCookie().find((cookie) => cookie.startsWith("__Host-session="));
      assert.deepEqual(session?.split("; ").slice(1).sort(), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
      assert.match(answer.headers.get("strict-transport-security"), /^max-age=\d{8}/);
    },
    { args },
  );
});

withAndWithoutScript("an account disabled from the terminal is out at once", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      await signOut(page);
      await server.createAccount(BO.email, "it", BO.password);
      await signIn(page, BO);
      await page.goto(PROVISIONING);
      await server.disableAccount(BO.email);
      await page.getByRole("button", { name: "Activate Azure" }).click();
      await page.waitForURL("/login");
      assert.deepEqual(await server.tokens(), []);
      watch.expect(422);
      await signIn(page, BO);
      await page.getByRole("alert").waitFor();
    }),
  ),
);
