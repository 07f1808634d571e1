// Markup in everything that a provider can send: none of it runs, even where no policy of ours would stop it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activateAzure, AZURE, group, patch, scim, setUp, withBrowser, withServer } from "./support.mjs";

const visit = withBrowser();
const RUN = "window.ran=1";
const PAYLOADS = [
  `<img src=x onerror=${RUN}>`,
  `"><script>${RUN}</script>`,
  `</title></textarea></style><svg/onload=${RUN}>`,
  `' autofocus onfocus=${RUN} x='`,
  `javascript:${RUN}`,
  `<a href="javascript:${RUN}">x</a>`,
  `\${${RUN}}{{${RUN}}}`,
];
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** Gives every attribute that a client may write the next payload. */
class Filler {
  #next = 0;
  filled = 0;

  value({ type, multiValued, canonicalValues, subAttributes = [] }) {
    const one = () => {
      if (type === "boolean") return false;
      if (type === "binary") return "AAAA";
      if (type === "dateTime") return "2026-01-01T00:00:00Z";
      if (type === "complex") return this.object(subAttributes);
      if (canonicalValues) return canonicalValues[0];
      this.filled += 1;
      return `${PAYLOADS[this.#next++ % PAYLOADS.length]} ${this.filled}`;
    };
    // So many that each of them is in the same place once.
    return multiValued ? PAYLOADS.map(one) : one();
  }

  object(attributes) {
    const writable = attributes.filter(({ mutability }) => mutability !== "readOnly" && mutability !== "immutable");
    return Object.fromEntries(
      writable.filter(({ name }) => name !== "active").map((attribute) => [attribute.name, this.value(attribute)]),
    );
  }
}

test("markup in every attribute, name and header runs nowhere", () =>
  withServer((server) =>
    visit(server, { bypassCSP: true }, async (page, watch) => {
      await setUp(page, server, { company: `Acme ${PAYLOADS[0]}` });
      const client = scim(`${server.url}/scim`, await activateAzure(page), PAYLOADS[1]);
      const attributes = async (schema) => (await client.get(`/Schemas/${schema}`)).body.attributes;
      const filler = new Filler();
      const people = [];
      for (const payload of PAYLOADS) {
        const person = { ...filler.object(await attributes(USER)), userName: payload, displayName: payload };
        person[ENTERPRISE] = filler.object(await attributes(ENTERPRISE));
        // Somebody's manager is somebody.
        delete person[ENTERPRISE].manager;
        const created = await client.post("/Users", { schemas: [USER, ENTERPRISE], ...person, active: true });
        assert.equal(created.status, 201, JSON.stringify(created.body));
        people.push(created.body.id);
      }
      assert.ok(filler.filled > 200, `only ${filler.filled} values were filled in`);
      const groups = [];
      for (const payload of PAYLOADS) {
        const created = await client.post("/Groups", { ...group(payload, people), externalId: payload });
        assert.equal(created.status, 201, JSON.stringify(created.body));
        groups.push(created.body.id);
      }
      const renamed = patch({ op: "replace", path: "displayName", value: PAYLOADS[2] });
      assert.equal((await client.patch(`/Users/${people[0]}`, renamed)).status, 200);
      for (const payload of PAYLOADS) {
        await client.get(`/Users?filter=${encodeURIComponent(payload)}`);
        await client.post("/Users", { userName: payload, [payload]: payload });
      }
      const pages = [
        "/employees",
        ...people.map((id) => `/employees/${id}`),
        "/groups",
        ...groups.map((id) => `/groups/${id}`),
        "/provisioning-log",
        "/audit-log",
        "/settings/notices",
        AZURE,
        `${AZURE}/sso/people`,
        "/settings/accounts",
        ...PAYLOADS.flatMap((payload) => {
          const text = encodeURIComponent(payload);
          return ["employees?q", "groups?q", "provisioning-log?q", "audit-log?actor"].map((list) => `/${list}=${text}`);
        }),
      ];
      for (const path of pages) await harmless(page, path);
      await page.goto("/provisioning-log");
      const links = await page.locator('main a[href*="/provisioning-log/"]').all();
      const events = new Set(await Promise.all(links.map((link) => link.getAttribute("href"))));
      const single = [...events].filter((href) => /\/provisioning-log\/[0-9a-f-]{20,}$/.test(href));
      assert.ok(single.length > 10, `${single.length} events`);
      for (const path of single) await harmless(page, path);
      await page.goto(`/employees/${people[0]}`);
      const shown = (await page.getByRole("main").innerText()).split(RUN).length - 1;
      assert.ok(shown > 20, `only ${shown} payloads are shown`);
      // Had one of them been markup it would have been seen.
      watch.expect(404);
      await page.evaluate((markup) => document.body.insertAdjacentHTML("beforeend", markup), PAYLOADS[0]);
      await page.waitForFunction(() => window.ran === 1);
    }),
  ),
);

async function harmless(page, path) {
  await page.goto(path);
  const found = await page.evaluate(() => ({
    ran: window.ran,
    handlers: [...document.querySelectorAll("*")]
      .filter((element) => [...element.attributes].some(({ name }) => name.startsWith("on")))
      .map((element) => element.outerHTML),
    links: [...document.querySelectorAll("[href], [src], [action], [formaction]")]
      .filter((element) => [...element.attributes].some(({ value }) => /^\s*javascript:/i.test(value)))
      .map((element) => element.outerHTML),
  }));
  assert.deepEqual(found, { ran: undefined, handlers: [], links: [] }, path);
}
