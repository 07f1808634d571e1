// What people do in the console, step by step.

import assert from "node:assert/strict";

export const COMPANY = "Acme";
export const ADMIN = { email: "ada@acme.test", password: "correct horse battery staple" };
export const PROVISIONING = "/settings/integrations/provisioning-sso";
export const AZURE = `${PROVISIONING}/azure`;
export const TOKEN = /^siq_scim_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/;

/** From the setup link to the first page of a signed-in admin. */
export async function setUp(page, server, { company = COMPANY, ...account } = {}) {
  const { email, password } = { ...ADMIN, ...account };
  await page.goto(server.setupPath);
  await page.getByLabel("Company name").fill(company);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { level: 1, name: "Provisioning & SSO" }).waitFor();
}

/** Fills in the sign-in form where it is, or at `/login`. */
export async function signIn(page, { email, password } = ADMIN) {
  if (new URL(page.url(), "http://none").pathname !== "/login") await page.goto("/login");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** What opens the person's own menu. */
export const profileButton = (page) => page.getByRole("banner").locator("button.profile");

export async function openProfileMenu(page) {
  if (!(await page.locator("#profile-menu").isVisible())) await profileButton(page).click();
}

export async function signOut(page) {
  await openProfileMenu(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
}

/** Presses the tile's button; answers the token on the page that comes. */
export async function revealAzure(page) {
  await page.goto(PROVISIONING);
  await page.getByRole("button", { name: "Activate Azure" }).click();
  return shownToken(page);
}

/** Makes the token on the page work. */
export async function activate(page) {
  await page.getByLabel("I have stored this token").check();
  await page.getByRole("button", { name: "Activate", exact: true }).click();
}

/** The token on the page that shows one. */
export async function shownToken(page) {
  const token = await page.getByLabel("SCIM Bearer Token").inputValue();
  assert.match(token, TOKEN);
  return token;
}

/** The link on the page that shows one. */
export async function shownLink(page) {
  const link = await page.getByLabel("Invitation link").inputValue();
  assert.match(link, /\/invitation\?code=[0-9a-f]{40}$/);
  return link;
}

/** From the tile to a token that works. */
export async function activateAzure(page) {
  const token = await revealAzure(page);
  await activate(page);
  await page.getByRole("link", { name: "Configure Azure" }).waitFor();
  return token;
}

/** Chooses one of several by the words that people click. */
export async function choose(page, words) {
  await page.getByText(words, { exact: true }).click();
  assert.equal(await page.getByRole("radio", { name: words }).isChecked(), true);
}

/** Loads the page again until it shows what the server writes down a little later. */
export async function reloadUntil(page, locator, within = 30_000) {
  const end = Date.now() + within;
  while (!(await locator.isVisible())) {
    assert.ok(Date.now() < end, `it did not appear within ${within} ms: ${locator}`);
    await page.reload();
  }
}

/** The words of the page's one message about what was done. */
export async function flash(page) {
  return (await page.getByRole("main").getByRole("status").first().innerText()).trim();
}

/** Waits for the end of a rehearsal or check: the page follows it by itself, or the person asks again. */
export async function runIsOver(page, js = true) {
  const passed = page.locator(".run-state").getByText("Passed", { exact: true });
  while (!js && !(await passed.isVisible())) await page.getByRole("link", { name: "See how far it is" }).click();
  await passed.waitFor();
}
