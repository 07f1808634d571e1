// What Azure did by mistake is taken back by an admin.

import assert from "node:assert/strict";

import {
  activateAzure,
  AZURE,
  DISABLE,
  patch,
  scim,
  setUp,
  user,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();

function withCompany(name, body) {
  withAndWithoutScript(name, (js) =>
    withServer((server) =>
      visit(server, { js }, async (page) => {
        await setUp(page, server);
        await body({ page, client: scim(`${server.url}/scim`, await activateAzure(page)) });
      }),
    ),
  );
}

const create = async (client, path, body) => (await client.post(path, body)).body.id;

withCompany("too many leave at once, and one click brings them back", async ({ page, client }) => {
  const ids = [];
  for (let number = 10; number < 24; number += 1) ids.push(await create(client, "/Users", user("Person", `${number}`)));
  for (const [number, id] of ids.slice(0, 10).entries()) {
    if (number % 2) await client.delete(`/Users/${id}`);
    else await client.patch(`/Users/${id}`, DISABLE);
  }
  await page.goto("/employees");
  await page.getByText("disabled or deleted 10 of its 14 employees within an hour").waitFor();
  await page.getByRole("link", { name: "See who, and decide" }).click();
  await page.getByRole("heading", { level: 1, name: "Brake" }).waitFor();
  assert.equal(await page.getByRole("row").count(), 11, "ten people below the headings");
  await page.getByRole("button", { name: "Restore all" }).click();
  await page.getByRole("status").filter({ hasText: "They were restored" }).waitFor();
  assert.equal(await page.getByText("Restored", { exact: true }).count(), 10);
  await page.goto("/employees?status=active");
  await page.getByText("Showing all 14").or(page.getByText("Showing 14")).waitFor();
  assert.equal(await page.getByText("See who, and decide").count(), 0);
});

withCompany("a deleted employee is restored, and a change undone", async ({ page, client }) => {
  const id = await create(client, "/Users", user("Ada", "Lovelace"));
  await client.patch(`/Users/${id}`, patch({ op: "replace", path: "title", value: "Countess" }));
  await client.delete(`/Users/${id}`);
  await page.goto("/employees");
  await page.getByRole("link", { name: "Deleted employees" }).click();
  await page.getByRole("link", { name: "Ada Lovelace" }).click();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("status").filter({ hasText: "Ada Lovelace is back." }).waitFor();
  await page.getByText("Countess").first().waitFor();

  await page.goto(`/provisioning-log?resource=${id}&action=updated`);
  await page.getByRole("link", { name: /Updated/ }).first().click();
  await page.getByRole("link", { name: "Undo this change" }).click();
  await page.getByText("These get the values they had before: Title.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("status").filter({ hasText: "The change was undone." }).waitFor();
  assert.equal((await client.get(`/Users/${id}`)).body.title, "Engineer");
  await page.getByRole("link", { name: "Undo this change" }).click();
  await page.getByRole("alert").filter({ hasText: "have changed again since" }).waitFor();
  await page.goto(AZURE);
});
