// Lighthouse gives at least 99 points of 100 in each of its four parts, in a company with many people and a long log.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activateAzure, AZURE, fill, PROVISIONING, scim, setUp, user, withBrowser, withServer } from "./support.mjs";
import { scores } from "./support/lighthouse.mjs";

const visit = withBrowser();
const ENOUGH = 99;
const PEOPLE = 1_000;
const EVENTS = 10_000;
const NO_RATE_LIMIT = { args: ["--rate-limit", "0"] };

test("Lighthouse finds nothing to improve", () =>
  withServer(async (server) => {
    const wrong = [];
    const look = async (path, cookie) => {
      const url = `${server.url}${path}`;
      const found = await scores(url, cookie, ENOUGH);
      assert.equal(found.url, url, "another page was looked at");
      console.log(path, JSON.stringify(found));
      assert.equal(Object.keys(found.scores).length, 4);
      if (Object.values(found.scores).some((score) => score < ENOUGH)) wrong.push(`${path} ${JSON.stringify(found)}`);
    };
    await look("/login");
    await visit(server, {}, async (page) => {
      await setUp(page, server);
      const client = scim(`${server.url}/scim`, await activateAzure(page));
      const { id } = (await client.post("/Users", user("Grace", "Hopper"))).body;
      await fill(client, PEOPLE, EVENTS);
      const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
      await page.goto("/provisioning-log");
      const event = await page.locator("tbody").getByRole("link").first().getAttribute("href");
      const others = ["/provisioning-log", event, "/audit-log"];
      others.push("/settings/accounts", "/settings/profile");
      for (const path of [PROVISIONING, AZURE, "/employees", `/employees/${id}`, ...others]) await look(path, cookie);
    });
    assert.ok(wrong.length === 0, wrong.join("\n"));
  }, NO_RATE_LIMIT),
);
