// The pictures of the documentation: node screenshots.mjs FOLDER, with the variables that `cargo xtask test` sets.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import {
  activateAzure,
  AZURE,
  DISABLE,
  freePort,
  launch,
  newContext,
  PROVISIONING,
  reloadUntil,
  revealAzure,
  scim,
  SECOND_FACTOR,
  Server,
  setUp,
  shownLink,
  user,
} from "./support.mjs";

const PEOPLE = [
  ["Ada", "Lovelace", "Engineering", "Analyst"],
  ["Grace", "Hopper", "Engineering", "Compiler Engineer"],
  ["Katherine", "Johnson", "Research", "Mathematician"],
  ["Alan", "Turing", "Research", "Head of Research"],
  ["Mary", "Seacole", "People", "Nurse"],
  ["Nikola", "Tesla", "Facilities", "Electrical Engineer"],
  ["Hedy", "Lamarr", "Workplace", "Wireless Lead"],
  ["Wangari", "Maathai", "Sustainability", "Director"],
  ["Ibn", "al-Haytham", "Research", "Optics Lead"],
];

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node screenshots.mjs FOLDER");
  process.exit(2);
}
await mkdir(folder, { recursive: true });
// Behind the proxy of a real company, the browser would have this address; here it has the server's own.
const port = await freePort();
const args = ["--listen", `127.0.0.1:${port}`, "--public-url", "https://console.acme.example"];
const server = await Server.start("sqlite", args);
const browser = await launch({ args: ["--enable-features=OverlayScrollbar"] });
try {
  const context = await newContext(browser, { url: `http://127.0.0.1:${port}` }, { colorScheme: "light" });
  const page = await context.newPage();
  await page.goto("/login");
  await shoot(page, "login");
  await setUp(page, server);
  await connected(page);
  await shoot(page, "employees", "/employees");
  await shoot(page, "integrations", PROVISIONING);
  await shoot(page, "azure", AZURE);
  await shoot(page, "sso", `${AZURE}?tab=sso`);
  await shoot(page, "log", "/provisioning-log");
  await page.goto("/employees?q=tesla");
  await page.locator("tbody").getByRole("link").first().click();
  await page.getByRole("heading", { level: 1, name: "Nikola Tesla" }).waitFor();
  await shoot(page, "employee");
  await accounts(page);
  await page.goto(AZURE);
  await page.getByRole("region", { name: "Tokens" }).evaluate((list) => list.scrollIntoView());
  await shoot(page, "tokens");
} finally {
  await browser.close();
  await server.stop();
}

/** A company with people, whose Azure was here already. */
async function connected(page) {
  await revealAzure(page);
  await hideToken(page);
  await shoot(page, "reveal");
  const token = await activateAzure(page);
  const client = scim(`http://127.0.0.1:${port}/scim`, token, "Microsoft.Azure.SyncFabric.SCIM");
  for (const [given, family, department, title] of PEOPLE) {
    const { id } = (await client.post("/Users", user(given, family, { department, title }))).body;
    if (family === "Tesla") await client.patch(`/Users/${id}`, DISABLE);
  }
  // Two people of one name, of whom the directory made one address.
  await client.post("/Users", user("Ada", "Lovelace"));
  await page.goto("/provisioning-log");
  await reloadUntil(page, page.getByText("Could not create ada.lovelace@acme.test"));
}

/** Who signs in, and who is invited to. */
async function accounts(page) {
  for (const [name, role] of [["grace", "it"], ["katherine", "power"], ["alan", "viewer"]]) {
    await server.createAccount(`${name}@acme.test`, role, "correct horse battery staple");
  }
  await page.goto("/settings/accounts");
  await page.getByLabel("Email").fill("mary@acme.test");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await shownLink(page);
  await shoot(page, "accounts", "/settings/accounts");
  await page.goto(SECOND_FACTOR);
  await page.getByRole("button", { name: "Set up" }).click();
  await shoot(page, "second-factor");
}

/** No picture shows a token that ever worked. */
async function hideToken(page) {
  await page.getByLabel("SCIM Bearer Token").evaluate((field) => {
    field.value = field.value.replace(/_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/, `_${"•".repeat(43)}_${"•".repeat(6)}`);
  });
}

/** The page as it is, or the one at `path`, in both themes. */
async function shoot(page, name, path) {
  if (path) await page.goto(path);
  for (const theme of ["light", "dark"]) {
    await page.locator("html").evaluate((html, theme) => (html.dataset.theme = theme), theme);
    await page.screenshot({ path: join(folder, `${name}${theme === "dark" ? "-dark" : ""}.png`) });
  }
}
