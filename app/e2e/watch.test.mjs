// The other tests rely on it that nothing goes wrong in the browser unseen.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { withBrowser } from "./support.mjs";

const visit = withBrowser();
const PAGES = {
  "/exception": "<script>throw new Error('broken')</script>",
  "/console": "<script>console.info('a leftover')</script>",
  "/missing": "<img src=/nothing alt=''>",
  "/policy": "<p style='color: red'>",
  "/closed": "<img src=http://127.0.0.1:1/ alt=''>",
};

const site = createServer((request, response) => {
  const body = PAGES[request.url];
  const policy = request.url === "/policy" ? { "Content-Security-Policy": "style-src 'self'" } : {};
  response.writeHead(body || request.url === "/quiet" ? 200 : 404, { "Content-Type": "text/html", ...policy });
  response.end(`<!doctype html><title>Page</title><link rel="icon" href="data:,">${body ?? ""}`);
});
let server;
before(async () => {
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  server = { url: `http://127.0.0.1:${site.address().port}` };
});
after(() => site.close());

for (const path of Object.keys(PAGES)) {
  test(`it sees what is wrong with ${path}`, async () => {
    const complaints = [];
    const look = visit(server, {}, async (page, watch) => {
      await page.goto(path, { waitUntil: "networkidle" });
      complaints.push(...watch.complaints);
    });
    await assert.rejects(look, { name: "AssertionError" });
    assert.notEqual(complaints.length, 0);
  });
}

test("it lets pass what a test expects, and nothing beside it", async () => {
  await visit(server, {}, async (page, watch) => {
    watch.expect(404);
    await page.goto("/missing", { waitUntil: "networkidle" });
  });
  const other = visit(server, {}, async (page, watch) => {
    watch.expect(410);
    await page.goto("/missing", { waitUntil: "networkidle" });
  });
  await assert.rejects(other, { name: "AssertionError" });
  await visit(server, {}, (page) => page.goto("/quiet"));
});
