// The main flow without a pointer.

import assert from "node:assert/strict";

import {
  ADMIN,
  AZURE,
  profileButton,
  scim,
  setUp,
  shownLink,
  shownToken,
  withAndWithoutScript,
  withBrowser,
  withServer,
} from "./support.mjs";

const visit = withBrowser();
/** More stops than any page has between its start and what is looked for. */
const MAX_STOPS = 60;

/** Presses Tab until `wanted` has the focus; on the way each stop must show that it has it. */
async function tabTo(page, wanted) {
  await wanted.waitFor();
  for (let stops = 0; stops < MAX_STOPS; stops += 1) {
    await page.keyboard.press("Tab");
    const ring = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return "the page";
      // A field within a frame is shown by the frame.
      const shown = [element, element.parentElement].some((part) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(part);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
      });
      return shown ? "shown" : element.outerHTML;
    });
    assert.ok(["shown", "the page"].includes(ring), `nothing shows where the keyboard is: ${ring}`);
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`${MAX_STOPS} times Tab did not lead to ${wanted}`);
}

async function press(page, wanted, key = "Enter") {
  await tabTo(page, wanted);
  await page.keyboard.press(key);
}

async function type(page, label, text) {
  await tabTo(page, page.getByLabel(label));
  await page.keyboard.type(text);
}

withAndWithoutScript("the keyboard alone connects Azure and ends it", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await page.goto(server.setupPath);
      // The first field has the focus already.
      await page.keyboard.type("Acme");
      await type(page, "Email", ADMIN.email);
      await type(page, "Password", ADMIN.password);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Provisioning & SSO" }).waitFor();
      await reachTile(page);
      await press(page, page.getByRole("button", { name: "Activate Azure" }));
      const token = await shownToken(page);
      if (js) await copies(page, token);
      await press(page, page.getByLabel("I have stored this token"), " ");
      await press(page, page.getByRole("button", { name: "Activate", exact: true }), " ");
      await press(page, page.getByRole("link", { name: "Configure Azure" }));
      await revoke(page, token);
      assert.equal((await scim(`${server.url}/scim`, token).get("/Users?count=1")).status, 401);
      await press(page, profileButton(page));
      await press(page, page.getByRole("button", { name: "Sign out" }));
      await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    }),
  ),
);

async function reachTile(page) {
  await press(page, profileButton(page));
  await press(page, page.getByRole("banner").getByRole("link", { name: "Settings" }));
  await press(page, page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Integrations" }));
  await press(page, page.getByRole("link", { name: "READ MORE" }));
  await press(page, page.getByRole("link", { name: "Provisioning & SSO" }));
  await page.getByRole("heading", { level: 1, name: "Provisioning & SSO" }).waitFor();
}

async function copies(page, token) {
  await Promise.all([
    page.getByRole("button", { name: "Copied SCIM Bearer Token" }).waitFor(),
    press(page, page.getByRole("button", { name: "Copy SCIM Bearer Token" })),
  ]);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), token);
}

async function revoke(page, token) {
  await page.getByRole("heading", { level: 1, name: "Azure" }).waitFor();
  await press(page, page.getByRole("link", { name: /^Revoke/ }));
  await type(page, /last four letters/, token.slice(-4));
  await press(page, page.getByRole("button", { name: "Revoke token" }));
  await page.getByText("The token is revoked").waitFor();
}

withAndWithoutScript("the first stop leads past the menus", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      await page.goto(AZURE);
      await page.keyboard.press("Tab");
      const skip = page.getByRole("link", { name: "Skip to content" });
      assert.equal(await skip.evaluate((link) => link === document.activeElement), true);
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.closest("main") !== null), true);
    }),
  ),
);

withAndWithoutScript("Escape and a click elsewhere close one's own menu", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      const signOut = page.getByRole("button", { name: "Sign out" });
      for (const close of [() => page.keyboard.press("Escape"), () => page.getByRole("heading", { level: 1 }).click()]) {
        await profileButton(page).click();
        await signOut.waitFor();
        await close();
        await signOut.waitFor({ state: "hidden" });
      }
    }),
  ),
);

withAndWithoutScript("the keyboard alone invites someone and changes their role", (js) =>
  withServer((server) =>
    visit(server, { js }, async (page) => {
      await setUp(page, server);
      await server.createAccount("bo@acme.test", "viewer", ADMIN.password);
      await press(page, profileButton(page));
      await press(page, page.getByRole("banner").getByRole("link", { name: "Settings" }));
      await press(page, page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Accounts" }));
      await type(page, "Email", "cy@acme.test");
      await tabTo(page, page.getByRole("radio", { name: "Viewer" }));
      await page.keyboard.press("ArrowDown");
      await press(page, page.getByRole("button", { name: "Invite", exact: true }));
      await shownLink(page);
      await page.getByText("who gets the role Power").waitFor();
      await press(page, page.getByRole("link", { name: "I have copied it" }));
      await press(page, page.getByRole("link", { name: "Change role bo@acme.test" }));
      await tabTo(page, page.getByRole("radio", { name: "Viewer" }));
      await page.keyboard.press("ArrowUp");
      await press(page, page.getByRole("button", { name: "Change role" }));
      await page.getByText("bo@acme.test has the role Admin now.").waitFor();
    }),
  ),
);
