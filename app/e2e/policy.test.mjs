// What a page may load and run.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  activateAzure,
  AZURE,
  PROVISIONING,
  scim,
  setUp,
  user,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();
/** What the islands may weigh, compressed. */
const MAX_ISLANDS = 80 * 1024;

const directives = (policy) => Object.fromEntries(policy.split("; ").map((part) => part.split(/ (.*)/s).slice(0, 2)));

test("a page runs only scripts that carry its own nonce", () =>
  withServer((server) =>
    visit(server, {}, async (page, watch) => {
      await setUp(page, server);
      const client = scim(`${server.url}/scim`, await activateAzure(page));
      const { id } = (await client.post("/Users", user("Grace", "Hopper"))).body;
      watch.expect(404);
      const nonces = new Set();
      const paths = ["/employees", `/employees/${id}`, "/settings", PROVISIONING, AZURE, AZURE, "/nothing-here"];
      for (const path of paths) nonces.add(await assertPolicy(await page.goto(path), path));
      assert.equal(nonces.size, paths.length, "a nonce came twice");
    }),
  ),
);

/** Answers the nonce. */
async function assertPolicy(response, path) {
  const policy = directives(await response.headerValue("content-security-policy"));
  const nonce = /^'nonce-([^']+)' 'strict-dynamic' 'wasm-unsafe-eval'$/.exec(policy["script-src"])?.[1];
  assert.ok(nonce, `${path}: ${policy["script-src"]}`);
  const closed = ["default-src", "base-uri", "frame-ancestors", "object-src"];
  for (const name of closed) assert.equal(policy[name], "'none'", `${path}: ${name}`);
  assert.equal(policy["style-src"], "'self'", path);
  assert.equal(policy["form-action"], "'self'", path);
  const html = await response.text();
  for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) assert.ok(tag.includes(`nonce="${nonce}"`), `${path}: ${tag}`);
  assert.doesNotMatch(html, /\son[a-z]+=|\sstyle=|javascript:/, path);
  return nonce;
}

test("whoever is not signed in gets no script", () =>
  withServer((server) =>
    visit(server, {}, async (page, watch) => {
      watch.expect(410);
      for (const path of [server.setupPath, "/login", "/setup?code=none"]) {
        await page.goto(path);
        assert.doesNotMatch(await page.content(), /<script|modulepreload/, path);
      }
      assert.deepEqual(watch.addresses.filter((address) => /\.(js|wasm)$/.test(address)), []);
    }),
  ),
);

test("the islands wake and weigh little", () =>
  withServer((server) =>
    visit(server, {}, async (page, watch) => {
      await setUp(page, server);
      await page.goto(AZURE);
      await page.getByRole("button", { name: "Copy Tenant URL" }).waitFor();
      const parts = new Set(watch.addresses.filter((address) => /\.(js|wasm)$/.test(address)));
      assert.ok(parts.size >= 2, [...parts].join());
      let weight = 0;
      for (const address of parts) {
        const answer = await page.context().request.get(address, { headers: { "Accept-Encoding": "br" } });
        assert.equal(answer.headers()["content-encoding"], "br", address);
        assert.match(answer.headers()["cache-control"], /immutable/, address);
        weight += Number(answer.headers()["content-length"]);
      }
      assert.ok(weight > 0 && weight <= MAX_ISLANDS, `${weight} bytes`);
    }),
  ),
);

test("the picture in the browser's tab is there", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await page.goto(server.setupPath);
      const linked = await page.locator("link[rel=icon]").getAttribute("href");
      for (const address of [linked, "/favicon.ico"]) {
        const answer = await page.context().request.get(address);
        assert.deepEqual([answer.status(), answer.headers()["content-type"]], [200, "image/svg+xml"], address);
      }
    }),
  ),
);

test("what people and providers send is shown as text", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      const markup = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;
      await setUp(page, server, { company: `Acme ${markup}`.slice(0, 100) });
      const client = scim(`${server.url}/scim`, await activateAzure(page));
      const person = user("Grace", "Hopper", { department: markup, title: "</td><b>" });
      const { id } = (await client.post("/Users", { ...person, displayName: markup })).body;
      for (const path of ["/employees", `/employees/${id}`, `/employees?q=${encodeURIComponent(markup)}`]) {
        await page.goto(path);
        assert.ok((await page.getByRole("main").innerText()).includes(markup), path);
        assert.equal(await page.locator("main img, main script").count(), 0, path);
        assert.notEqual(await page.title(), "run");
      }
    }),
  ),
);
