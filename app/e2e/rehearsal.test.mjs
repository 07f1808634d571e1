// Rehearse and Check: what an identity provider does, played by the server itself.

import assert from "node:assert/strict";

import { activateAzure, AZURE, scim, setUp, user, withAndWithoutScript, withBrowser, withServer } from "./support.mjs";
import { runIsOver } from "./support/flow.mjs";

const visit = withBrowser();

withAndWithoutScript("a rehearsal and a check run, and leave nobody behind", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      const client = scim(`${server.url}/scim`, await activateAzure(page));
      assert.equal((await client.post("/Users", user("Grace", "Hopper"))).status, 201);
      for (const [link, button, words] of [
        ["Rehearse", "Start rehearsal", "Provision on demand: Match user between source and target system"],
        ["Check", "Start check", "Azure's removal with a list takes out those, and nobody else"],
      ]) {
        await page.goto(AZURE);
        await page.getByRole("link", { name: link, exact: true }).click();
        await page.getByRole("button", { name: button }).click();
        await runIsOver(page, js);
        await page.getByText(words).waitFor();
        assert.equal(await page.locator(".report > li.bad").count(), 0, await page.locator("main").innerText());
      }
      await page.goto(AZURE);
      const { body } = await client.get("/Users");
      assert.equal(body.totalResults, 1);
    }),
  ),
);
