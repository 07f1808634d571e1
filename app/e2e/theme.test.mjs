// Light, dark, or as the system has it; from the first byte of every page.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  activateAzure,
  AZURE,
  openProfileMenu,
  PROVISIONING,
  scim,
  setUp,
  signOut,
  user,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();

/** How light the page is, from 0 to 255. */
function lightness(page) {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    return Math.round(canvas.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((sum, part) => sum + part) / 3);
  });
}

const isDark = async (page) => (await lightness(page)) < 96;

async function chooseTheme(page, theme) {
  await openProfileMenu(page);
  const remembered = page.waitForResponse((response) => response.url().endsWith("/theme"));
  await page.getByRole("button", { name: theme, exact: true }).click();
  await remembered;
  await page.locator(`html[data-theme=${theme.toLowerCase()}]`).waitFor();
}

withAndWithoutScript("the choice of colours lasts, also beyond the session", (js) =>
  withServer((server) =>
    visit(server, { js, colorScheme: "light" }, async (page) => {
      await setUp(page, server);
      assert.equal(await isDark(page), false);
      await page.goto("/employees?q=ada");
      await chooseTheme(page, "Dark");
      // One is back where one was.
      assert.equal(page.url(), `${server.url}/employees?q=ada`);
      assert.equal(await isDark(page), true);
      await openProfileMenu(page);
      assert.equal(await page.getByRole("button", { name: "Dark" }).getAttribute("aria-pressed"), "true");
      assert.equal(await page.getByRole("button", { name: "Light" }).getAttribute("aria-pressed"), "false");
      await page.goto("/employees");
      await signOut(page);
      assert.equal(await isDark(page), true);
    }),
  ),
);

test("with JavaScript the page stays where it is, and the next one has the colours too", () =>
  withServer((server) =>
    visit(server, { colorScheme: "light" }, async (page) => {
      await setUp(page, server);
      await page.goto(AZURE);
      await page.getByRole("button", { name: "Copy Tenant URL" }).waitFor();
      const field = page.getByLabel("Name", { exact: true });
      await page.getByText("Name, expiry and allowed addresses").click();
      await field.fill("Typed and not sent");
      await chooseTheme(page, "Dark");
      assert.equal(await isDark(page), true);
      assert.equal(await page.getByRole("button", { name: "Dark" }).getAttribute("aria-pressed"), "true");
      assert.equal(await field.inputValue(), "Typed and not sent");
      await page.goto("/employees");
      assert.equal(await isDark(page), true);
    }),
  ),
);

for (const system of ["light", "dark"]) {
  test(`as the system has it, when that is ${system}`, () =>
    withServer((server) =>
      visit(server, { colorScheme: system }, async (page) => {
        await setUp(page, server);
        assert.equal(await isDark(page), system === "dark");
        for (const theme of ["Light", "Dark"]) {
          await chooseTheme(page, theme);
          assert.equal(await isDark(page), theme === "Dark");
        }
        await chooseTheme(page, "System");
        assert.equal(await isDark(page), system === "dark");
      }),
    ),
  );
}

test("every page has the chosen colours in its first bytes", () =>
  withServer((server) =>
    visit(server, { colorScheme: "light" }, async (page, watch) => {
      await page.goto(server.setupPath);
      assert.equal(await isDark(page), false);
      await setUp(page, server);
      const client = scim(`${server.url}/scim`, await activateAzure(page));
      const { id } = (await client.post("/Users", user("Grace", "Hopper"))).body;
      const [token] = await server.tokens();
      await chooseTheme(page, "Dark");
      watch.expect(404, 410);
      const questions = [`${AZURE}/delete`, `${AZURE}/tokens/${token.id}/rotate`, `${AZURE}/tokens/${token.id}/revoke`];
      const settings = ["/settings", "/settings/integrations", "/settings/integrations/third-party", PROVISIONING];
      const others = ["/employees", `/employees/${id}`, "/nothing-here", "/setup", AZURE, `${AZURE}?tab=sso`];
      for (const path of [...settings, ...others, ...questions]) {
        const html = await (await page.goto(path)).text();
        assert.match(html.slice(0, 200), /<html lang="en" data-theme="dark"/, path);
        assert.equal(await isDark(page), true, path);
      }
    }),
  ),
);

withAndWithoutScript("choosing colours on a page that answered a form leads to a page", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page, watch) => {
      await setUp(page, server);
      await activateAzure(page);
      await page.goto(AZURE);
      await page.getByText("Add an attribute").click();
      await page.getByLabel("SCIM name").fill("not a name");
      await page.getByLabel("Label", { exact: true }).fill("Badge");
      watch.expect(422);
      await page.getByRole("button", { name: "Add attribute" }).click();
      await page.getByRole("alert").waitFor();
      await chooseTheme(page, "Dark");
      await page.getByRole("heading", { level: 1, name: "Azure" }).waitFor();
    }),
  ),
);
