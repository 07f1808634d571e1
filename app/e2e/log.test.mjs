// A day of provisioning, read back line by line: the list, the events, the files, and what announces itself.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import {
  activateAzure,
  AZURE,
  DISABLE,
  patch,
  reloadUntil,
  scim,
  setUp,
  user,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();
const LOG = "/provisioning-log";
const CORRELATION = { "client-request-id": "7d1e0c7a-0042" };

/** Everything that Azure and Okta do on a day, and some of what goes wrong. */
async function day(server, token) {
  const client = scim(`${server.url}/scim`, token, "Azure");
  const ada = await client.post("/Users", { ...user("Ada", "Lovelace"), password: "hunter2" });
  const grace = await client.post("/Users", user("Grace", "Hopper"));
  const twin = await client.post("/Users", user("Ada", "Lovelace"), CORRELATION);
  const [adas, graces] = [`/Users/${ada.body.id}`, `/Users/${grace.body.id}`];
  await client.get("/Users");
  await client.patch(graces, patch({ op: "Replace", path: "title", value: "Rear Admiral" }));
  await client.patch(graces, patch({ op: "replace", value: { "name.givenName": "Amazing", nickName: "G" } }));
  await client.patch(adas, DISABLE);
  await client.patch(adas, patch({ op: "replace", value: { active: true } }));
  await client.patch(adas, patch({ op: "replace", value: { active: true } }));
  const floor = await client.post("/Groups", { displayName: "Floor 4", members: [{ value: grace.body.id }] });
  const floors = `/Groups/${floor.body.id}`;
  await client.patch(floors, patch({ op: "add", path: "members", value: [{ value: ada.body.id }] }));
  await client.patch(floors, patch({ op: "remove", path: `members[value eq "${grace.body.id}"]` }));
  const hostile = { ...user("Eve", "Hostile"), displayName: '=HYPERLINK("http://evil.test")<b>\u202e', title: "x".repeat(100_000) };
  await client.post("/Users", hostile);
  await client.post("/Users", "{ broken");
  await client.patch("/Users/nobody", patch({ op: "replace", path: "title", value: "x" }));
  await client.delete(graces);
  const revoked = scim(`${server.url}/scim`, `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}`);
  assert.equal((await revoked.get("/Users")).status, 401);
  assert.deepEqual([ada.status, grace.status, twin.status], [201, 201, 409]);
}

/** What each line of that day says, and its outcome. */
const LINES = [
  ["Created Ada Lovelace", "Success 201"],
  ["Created Grace Hopper", "Success 201"],
  ["Could not create ada.lovelace@acme.test", "Failure 409 uniqueness"],
  ["Updated Grace Hopper title: “Engineer” → “Rear Admiral”", "Success 200"],
  ["Updated Grace Hopper name.givenName: “Grace” → “Amazing”; nickName: empty → “G”", "Success 200"],
  ["Disabled Ada Lovelace", "Success 200"],
  ["Enabled Ada Lovelace again", "Success 200"],
  ["Sent Ada Lovelace without a change", "No change 200"],
  ["Created Floor 4 with 1 member", "Success 201"],
  ["Added 1 member to Floor 4", "Success 200"],
  ["Removed 1 member from Floor 4", "Success 200"],
  ['Created =HYPERLINK("http://evil.test")<b>U+202E', "Success 201"],
  ["Could not create a user The body is not valid JSON", "Failure 400 invalidSyntax"],
  ["Could not update user nobody User nobody was not found.", "Failure 404"],
  ["Deleted Grace Hopper", "Success 204"],
  ["Refused a request from 127.0.0.1 The request needs a live SCIM Bearer Token", "Refused 401"],
];

const words = (text) => text.replace(/\s+/g, " ").trim();

async function lines(page) {
  const rows = await page.locator("tbody tr").all();
  return Promise.all(
    rows.map(async (row) => [words(await row.locator("th").innerText()), words(await row.locator("[data-label=Outcome]").innerText())]),
  );
}

async function dayOn(server, page) {
  await setUp(page, server);
  await day(server, await activateAzure(page));
  await page.goto(LOG);
  await reloadUntil(page, page.getByText("Refused a request from"));
}

/** What their own pages say of that day, the newest first. */
const TIMELINES = {
  "Ada Lovelace": [
    /Sent without a change by Azure/,
    /Enabled again by Azure .* Active before false after true/,
    /Disabled by Azure .* Active before true after false .*The text "False" was stored as false/,
    /Created by Azure .*password: Accepted and not kept/,
  ],
  "Floor 4": [/Updated by Azure .*1 member removed/, /Updated by Azure .*1 member added/, /Created by Azure .*1 member added/],
};
const HEALTH = /Healthy .* Last contact .* Next expected About .* Employees 2 Groups 1 .*last 24 hours.*last 14 days/;

async function timeline(page, name) {
  await page.getByRole("link", { name, exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  const events = await page.locator("ol.events > li").all();
  return Promise.all(events.map(async (event) => words(await event.innerText())));
}

withAndWithoutScript("a day is told on the pages of whom it was about, and on Azure's", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await dayOn(server, page);
      for (const [list, name] of [["/employees", "Ada Lovelace"], ["/groups", "Floor 4"]]) {
        await page.goto(list);
        const told = await timeline(page, name);
        assert.equal(told.length, TIMELINES[name].length, JSON.stringify(told));
        TIMELINES[name].forEach((line, place) => assert.match(told[place], line));
      }
      await page.goto(AZURE);
      assert.match(words(await page.getByRole("region", { name: "Sync health" }).innerText()), HEALTH);
    }),
  ),
);

withAndWithoutScript("every line of a day is in the log, in words", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await dayOn(server, page);
      const told = await lines(page);
      assert.equal(told.length, LINES.length, JSON.stringify(told, null, 1));
      for (const [what, outcome] of LINES) {
        assert.ok(told.some(([line, came]) => line.startsWith(what) && came === outcome), `${what}: ${JSON.stringify(told, null, 1)}`);
      }

      await page.getByLabel("Outcome").selectOption("Failures and refusals");
      await page.getByRole("button", { name: "Filter" }).click();
      assert.match(page.url(), /outcome=problems/);
      assert.equal((await lines(page)).length, LINES.filter(([, outcome]) => /Failure|Refused/.test(outcome)).length);

      await page.getByRole("link", { name: "Could not create ada.lovelace" }).click();
      await page.getByRole("heading", { name: "How to fix" }).waitFor();
      await page.getByText("match on userName").waitFor();
      await page.getByRole("link", { name: "All events with this correlation id" }).click();
      assert.deepEqual((await lines(page)).map(([line]) => line.split(" userName:")[0]), ["Could not create ada.lovelace@acme.test"]);

      await page.goto(`${LOG}?q=lovelace`);
      await page.getByRole("link", { name: "Created Ada Lovelace" }).click();
      const sent = page.getByRole("region", { name: "Request body" });
      assert.ok(!(await sent.innerText()).includes("acme.test"));
      await page.getByRole("button", { name: "Show personal data" }).click();
      assert.ok((await sent.innerText()).includes("ada.lovelace@acme.test"));
      assert.ok(!(await page.content()).includes("hunter2"));
      await page.goto("/audit-log");
      await page.locator("tbody").getByText("Looked at personal data of event").waitFor();
      assert.match(await server.spaceiq(["audit", "verify"]), /whole/);
    }),
  ),
);

test("the files say what the list says", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await dayOn(server, page);
      const file = async (button) => {
        const download = page.waitForEvent("download");
        await page.getByRole("button", { name: button }).click();
        return readFile(await (await download).path(), "utf8");
      };
      const csv = await file("Export CSV");
      const objects = (await file("Export NDJSON")).trimEnd().split("\n").map((line) => JSON.parse(line));
      assert.equal(objects.length, LINES.length);
      for (const [line, outcome] of LINES) {
        const what = line.split(/ (?:title:|name\.givenName:|The |User nobody was)/)[0].replace("U+202E", "");
        const row = csv.split("\r\n").find((row) => row.replaceAll("[U+202E]", "").includes(`"${what.replaceAll('"', '""')}"`));
        assert.ok(row?.includes(outcome.split(" ")[0]), `${what}\n${csv}`);
        assert.ok(objects.some((object) => object.whatHappened.replace("\u202e", "") === what), what);
      }
      assert.ok(!/(^|,)"[=+@-]/m.test(csv), "no cell begins like a formula");
      assert.ok(!csv.includes("hunter2") && !JSON.stringify(objects).includes("hunter2"));
      const created = objects.find((object) => object.whatHappened === "Created Ada Lovelace");
      assert.ok(!JSON.stringify(created.request).includes("ada.lovelace@acme.test"), "bodies are masked as on the page");
    }),
  ));

test("newer events announce themselves and move nothing", () =>
  withServer((server) =>
    visit(server, {}, async (page) => {
      await setUp(page, server);
      const client = scim(`${server.url}/scim`, await activateAzure(page));
      await client.post("/Users", user("Ada", "Lovelace"));
      await page.goto(LOG);
      const first = page.locator("tbody tr").first();
      const before = await first.boundingBox();
      await client.post("/Users", user("Grace", "Hopper"));
      const link = page.getByRole("link", { name: "1 new event, show" });
      await link.waitFor();
      assert.deepEqual(await first.boundingBox(), before);
      assert.match(await first.innerText(), /Ada Lovelace/);
      await link.click();
      await page.getByRole("link", { name: "Created Grace Hopper" }).waitFor();
    }),
  ));
