// What each role sees, and what nobody sees without signing in.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  activateAzure,
  AZURE,
  openProfileMenu,
  PROVISIONING,
  setUp,
  signIn,
  signOut,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();
const BO = { email: "bo@acme.test", password: "another horse battery" };

for (const [role, name] of [["it", "IT"], ["power", "Power"], ["viewer", "Viewer"]]) {
  const manages = role === "it";
  test(`the role ${name} ${manages ? "manages" : "does not see"} integrations`, () =>
    withServer((server) =>
      visit(server, {}, async (page, watch) => {
        await setUp(page, server);
        await activateAzure(page);
        const [{ id }] = await server.tokens();
        await signOut(page);
        await server.createAccount(BO.email, role, BO.password);
        await signIn(page, BO);
        await page.waitForURL("/employees");
        await openProfileMenu(page);
        await page.getByText(`${BO.email} · ${name}`).waitFor();
        await page.goto("/settings/integrations");
        assert.equal(await page.getByRole("link", { name: "READ MORE" }).count(), manages ? 1 : 0);
        if (!manages) watch.expect(403);
        await walk(page, id, manages);
        const [{ status }, ...more] = await server.tokens();
        assert.deepEqual([status, more], ["active", []]);
      }),
    ),
  );
}

/** Every page and form of the integrations, as someone would reach them who knows their addresses. */
async function walk(page, id, manages) {
  const pages = ["/settings/integrations/third-party", PROVISIONING, AZURE, `${AZURE}?tab=sso`, `${AZURE}/delete`];
  for (const path of [...pages, `${AZURE}/tokens/${id}/rotate`, `${AZURE}/tokens/${id}/revoke`]) {
    assert.equal((await page.goto(path)).status(), manages ? 200 : 403, path);
    const title = await page.getByRole("heading", { level: 1 }).innerText();
    assert.equal(title === "Your role does not allow this", !manages, path);
  }
  if (manages) return;
  const key = { request_key: "typed by hand", token_id: id, confirmation: "", employees: "deactivate" };
  const forms = ["", "/activate", "/discard", "/test", "/attributes", "/attributes/remove", "/delete"];
  for (const form of [...forms, `/tokens/${id}/rotate`, `/tokens/${id}/revoke`]) {
    const answer = await page.context().request.post(`${AZURE}${form}`, { form: key });
    assert.equal(answer.status(), 403, form);
  }
}

test("nobody who is not signed in gets any page of the console", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      const pages = ["/", "/employees", "/employees/1", "/settings", "/settings/integrations", "/settings/profile", "/settings/accounts", PROVISIONING, AZURE];
      for (const path of pages) {
        await page.goto(path);
        assert.equal(new URL(page.url()).pathname, "/login", path);
      }
      for (const form of ["/logout", AZURE, `${AZURE}/activate`, `${AZURE}/delete`, "/settings/accounts"]) {
        const answer = await page.context().request.post(form, { maxRedirects: 0 });
        assert.deepEqual([answer.status(), answer.headers().location], [303, "/login"], form);
      }
    }),
  ),
);
