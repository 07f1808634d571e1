// The first start.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ADMIN, setUp, withAndWithoutScript, withBrowser, withServer } from "./support.mjs";

const visit = withBrowser();

withAndWithoutScript("what is wrong is said beside its field, and what was typed stays", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await page.goto(server.setupPath);
      await page.getByLabel("Company name").fill("   ");
      // Browsers check the address too; the server takes less than they do, here none.
      await page.getByLabel("Email").fill("ada@acme.test");
      await page.getByLabel("Password").fill("short");
      watch.expect(422);
      await page.getByRole("button", { name: "Create account" }).click();
      const summary = page.getByRole("alert");
      await summary.waitFor();
      assert.equal(await summary.getByRole("link").count(), 2);

      await assertField(page, "Company name", { value: "   ", wrong: /Enter the name of your company/ });
      await assertField(page, "Email", { value: "ada@acme.test" });
      await assertField(page, "Password", { value: "", wrong: /at least 8 characters/ });
      await summary.getByRole("link", { name: /at least 8 characters/ }).click();
      assert.match(page.url(), /#password$/);
      await page.getByLabel("Company name").fill("Acme");
      await page.getByLabel("Password").fill(ADMIN.password);
      await page.getByRole("button", { name: "Create account" }).click();
      await page.getByRole("heading", { level: 1, name: "Provisioning & SSO" }).waitFor();
    }),
  ),
);

async function assertField(page, label, { value, wrong }) {
  const field = page.getByLabel(label);
  assert.equal(await field.inputValue(), value, label);
  assert.equal(await field.getAttribute("aria-invalid"), wrong ? "true" : null, label);
  if (!wrong) return;
  const ids = (await field.getAttribute("aria-describedby")).split(" ");
  const texts = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).innerText()));
  assert.ok(texts.some((text) => wrong.test(text)), `${label}: ${texts}`);
}

test("a form that a browser would not send is answered in the same way", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      const form = { code: server.setupCode, company: "", email: "not an address", password: "" };
      const answer = await page.context().request.post("/setup", { form });
      assert.equal(answer.status(), 422);
      const html = await answer.text();
      assert.equal([...html.matchAll(/aria-invalid="true"/g)].length, 3);
      assert.match(html, /value="not an address"/);
    }),
  ),
);

withAndWithoutScript("a setup link works once", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      watch.expect(410);
      for (const path of [server.setupPath, "/setup", "/setup?code=0000"]) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1, name: "This setup link does not work" }).waitFor();
        assert.equal(await page.getByRole("textbox").count(), 0);
      }
      const form = { code: server.setupCode, company: "Evil", email: "eve@evil.test", password: "a long password" };
      assert.equal((await page.context().request.post("/setup", { form })).status(), 410);
      assert.equal((await server.spaceiq(["tenant", "list"])).trim().split("\n").length, 1);
    }),
  ),
);

test("of two people who open the link at once one becomes the admin", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      const send = (email) => {
        const form = { code: server.setupCode, company: "Acme", email, password: ADMIN.password };
        return page.context().request.post("/setup", { form, maxRedirects: 0 });
      };
      const answers = await Promise.all([send("ada@acme.test"), send("bo@acme.test")]);
      assert.deepEqual(answers.map((answer) => answer.status()).sort(), [303, 410]);
    }),
  ),
);

withAndWithoutScript("before the setup, signing in says where to find the link", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await page.goto("/");
      await page.getByText("Open the setup link that the server printed").waitFor();
      assert.ok(!(await page.content()).includes(server.setupCode));
    }),
  ),
);
