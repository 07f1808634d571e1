// An integration beside its tokens: testing its connection, its custom attributes, its end.

import assert from "node:assert/strict";

import {
  activateAzure,
  AZURE,
  choose,
  flash,
  scim,
  setUp,
  user,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();

withAndWithoutScript("the connection is tested from the server, with a token that leaves no trace", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      await activateAzure(page);
      await page.goto(AZURE);
      await page.getByRole("button", { name: "Test connection" }).click();
      await page.getByText(`${server.url}/scim answers as it should`).waitFor();
      const [{ last_used_at: lastUsed }, ...more] = await server.tokens();
      assert.deepEqual([lastUsed, more], [null, []]);
    }),
  ),
);

for (const [choice, status] of [["Keep them as they are", "Active"], ["Deactivate them", "Inactive"]]) {
  withAndWithoutScript(`an integration is deleted: ${choice}`, (js) =>
    withServer((server) =>
      visit(server, { js }, async (page) => {
        await setUp(page, server);
        const token = await activateAzure(page);
        const client = scim(`${server.url}/scim`, token);
        assert.equal((await client.post("/Users", user("Grace", "Hopper"))).status, 201);
        await page.goto(AZURE);
        await page.getByRole("link", { name: "Delete integration" }).click();
        await page.getByText("One employee came from Azure").waitFor();
        await choose(page, choice);
        await page.getByRole("button", { name: "Yes" }).click();
        await page.getByRole("button", { name: "Activate Azure" }).waitFor();
        assert.match(await flash(page), /The integration with Azure is deleted/);
        assert.equal((await client.get("/Users?count=1")).status, 401);
        await page.goto("/employees");
        const row = page.getByRole("row").filter({ hasText: "Grace Hopper" });
        assert.equal((await row.getByRole("cell").nth(3).innerText()).trim(), status);
      }),
    ),
  );
}

withAndWithoutScript("a custom attribute is added, arrives, and is removed", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      const client = scim(`${server.url}/scim`, await activateAzure(page));
      await page.goto(AZURE);
      const add = async (name) => {
        if (!(await page.getByLabel("SCIM name").isVisible())) await page.getByText("Add an attribute").click();
        await page.getByLabel("SCIM name").fill(name);
        await page.getByLabel("Label", { exact: true }).fill("Badge number");
        await page.getByRole("button", { name: "Add attribute" }).click();
      };
      watch.expect(422);
      await add("userName");
      await page.getByText("SCIM has an attribute of this name already").first().waitFor();
      await add("badge_number");
      await page.getByText("badge_number is an attribute now").waitFor();
      const own = "urn:ietf:params:scim:schemas:extension:spaceiq:2.0:User";
      const person = user("Grace", "Hopper");
      const sent = { ...person, schemas: [...person.schemas, own], [own]: { badge_number: "B-1906" } };
      const { status, body } = await client.post("/Users", sent);
      assert.equal(status, 201);
      await page.goto(`/employees/${body.id}`);
      await page.getByText("B-1906", { exact: true }).waitFor();
      await page.goto(AZURE);
      await page.getByRole("button", { name: "Remove badge_number" }).click();
      await page.getByRole("status").first().waitFor();
      assert.equal(await page.getByRole("button", { name: "Remove badge_number" }).count(), 0);
    }),
  ),
);
