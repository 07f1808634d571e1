// Every page in every state, for what must hold everywhere.

import { fileURLToPath } from "node:url";

import { enterCode, scan, SECOND_FACTOR, setUpFactor, shownCodes } from "./authenticator.mjs";
import {
  activateAzure,
  ADMIN,
  AZURE,
  openProfileMenu,
  PROVISIONING,
  reloadUntil,
  revealAzure,
  runIsOver,
  setUp,
  shownLink,
  signIn,
} from "./flow.mjs";
import { IdentityProvider } from "./identity_provider.mjs";
import { DISABLE, group as newGroup, patch, scim, user } from "./scim.mjs";

/** Walks through all states and calls `look(name)` in each. `watch` learns which refusals belong to them. */
export async function everyState(page, watch, server, look) {
  watch.expect(401, 403, 404, 409, 410, 422);
  await signedOut(page, server, look);
  await empty(page, look);
  const token = await tokens(page, server, look);
  await employees(page, scim(`${server.url}/scim`, token), look);
  await logs(page, scim(`${server.url}/scim`, token), look);
  await recovery(page, scim(`${server.url}/scim`, token), look);
  await accounts(page, server, look);
  await secondFactor(page, server, look);
  await refused(page, server, look);
}

async function signedOut(page, server, look) {
  await page.goto("/login");
  await look("sign-in before the setup");
  await page.goto(server.setupPath);
  await look("setup");
  await page.getByLabel("Company name").fill(" ");
  await page.getByLabel("Email").fill("ada@acme");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("alert").waitFor();
  await look("setup with mistakes");
  await setUp(page, server);
  await look("after the setup");
  await page.goto("/setup");
  await look("setup link that was used");
}

async function empty(page, look) {
  await openAndLook(page, look, {
    settings: "/settings",
    "areas of integrations": "/settings/integrations",
    "all integrations": "/settings/integrations/third-party",
    "category without tiles": "/settings/integrations/ticketing",
    "search without a match": `${PROVISIONING}?q=nothing`,
    "no employees, not connected": "/employees",
    "no groups, not connected": "/groups",
    "no events, not connected": "/provisioning-log",
    "Azure, not active": AZURE,
    "ADFS, single sign-on only": `${PROVISIONING}/adfs`,
  });
  await openProfileMenu(page);
  await look("profile menu");
}

async function tokens(page, server, look) {
  await revealAzure(page);
  await openDetails(page);
  await look("new token");
  await page.reload();
  await look("new token, form sent again");
  const token = await activateAzure(page);
  await look("Azure just activated");
  const [{ id }] = await server.tokens();
  await openAndLook(page, look, {
    "no employees, connected": "/employees",
    "no groups, connected": "/groups",
    "no events, connected": "/provisioning-log",
    "Azure, active": AZURE,
    "single sign-on": `${AZURE}?tab=sso`,
    "question before a revocation": `${AZURE}/tokens/${id}/revoke`,
    "question before a rotation": `${AZURE}/tokens/${id}/rotate`,
    "question before a deletion": `${AZURE}/delete`,
  });
  await mistakes(page, id, look);
  await page.goto(AZURE);
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByRole("status").first().waitFor();
  await look("connection tested");
  await rehearse(page, look);
  await rotate(page, id, look);
  await signOn(page, server, look);
  return token;
}

async function signOn(page, server, look) {
  await page.goto(`${AZURE}?tab=sso`);
  await page.getByLabel("SAML Issuer URL").fill("two words");
  await page.getByLabel("X.509 Certificate", { exact: true }).fill("no certificate");
  await page.getByRole("button", { name: "Activate" }).click();
  await page.getByRole("alert").first().waitFor();
  await look("sign-on form with mistakes");
  const certificate = fileURLToPath(new URL("../../../server/src/sso/verify/tests/idp.crt", import.meta.url));
  const place = ["--tenant", "Acme", "--provider", "azure"];
  const provider = await IdentityProvider.start("nobody@acme.test");
  const given = ["--issuer", provider.issuer, "--certificate", certificate, "--redirect-url", `${provider.url}/sso`];
  await server.spaceiq(["sso", "set", ...place, ...given]);
  await openAndLook(page, look, {
    "sign-on is on": `${AZURE}?tab=sso`,
    "nobody's record": "/my-record",
    "who could not sign in": `${AZURE}/sso/people`,
  });
  await metadata(page, look);
  await tryOut(page, provider, look);
  await page.goto(AZURE);
}

async function metadata(page, look) {
  await page.goto(`${AZURE}?tab=sso`);
  await page.getByText("Fill in from metadata").click();
  await page.getByLabel("Or the metadata itself").fill("no metadata");
  await page.getByRole("button", { name: "Show the difference" }).click();
  await page.getByRole("alert").first().waitFor();
  await look("metadata with a mistake");
  const file = fileURLToPath(new URL("../../../server/src/sso/metadata/idp.xml", import.meta.url));
  await page.getByLabel("Or a file with it").setInputFiles(file);
  await page.getByRole("button", { name: "Show the difference" }).click();
  await page.getByRole("heading", { name: "Take over this metadata?" }).waitFor();
  await look("what metadata would change");
}

async function tryOut(page, provider, look) {
  await page.goto(`${AZURE}?tab=sso`);
  provider.knows({
    callback: await page.getByLabel("SAML CallBack Endpoint URL (read-only)").inputValue(),
    audience: await page.getByLabel("SAML Audience URI (read-only)").inputValue(),
  });
  await page.getByRole("link", { name: "Test sign-on" }).click();
  await page.getByRole("heading", { level: 1, name: "Test sign-on" }).waitFor();
  await look("test of sign-on that failed");
  await provider.stop();
}

async function rehearse(page, look) {
  for (const what of ["rehearsal", "check"]) {
    await page.goto(`${AZURE}/${what}`);
    await look(`${what}, never run`);
    await page.getByRole("button", { name: `Start ${what}` }).click();
    await runIsOver(page);
    await look(`${what}, just over`);
    await page.reload();
    await look(`${what} of before`);
  }
}

async function mistakes(page, id, look) {
  await page.goto(`${AZURE}/tokens/${id}/revoke`);
  await page.getByLabel(/last four letters/).fill("x");
  await page.getByRole("button", { name: "Revoke token" }).click();
  await page.getByText("These are not the last four letters").first().waitFor();
  await look("revocation not confirmed");

  await page.goto(AZURE);
  await openDetails(page);
  await look("Azure with all its forms");
  await page.getByLabel("Allowed addresses").fill("everywhere");
  await page.getByRole("button", { name: "Generate another token" }).click();
  await page.getByRole("alert").first().waitFor();
  await look("token form with mistakes");

  await addAttribute(page, "not a name");
  await look("attribute form with mistakes");
  await addAttribute(page, "badge_number");
  await look("attributes");
}

async function addAttribute(page, name) {
  await page.goto(AZURE);
  await page.getByText("Add an attribute").click();
  await page.getByLabel("SCIM name").fill(name);
  await page.getByLabel("Label", { exact: true }).fill("Badge number");
  await page.getByRole("button", { name: "Add attribute" }).click();
  await page.getByRole("alert").or(page.getByRole("status").filter({ hasText: "is an attribute now" })).first().waitFor();
}

async function rotate(page, id, look) {
  await page.goto(`${AZURE}/tokens/${id}/rotate`);
  await page.getByRole("button", { name: "Rotate token" }).click();
  await page.getByLabel("SCIM Bearer Token").waitFor();
  await look("new token after a rotation");
  await page.goto(AZURE);
  await look("token being replaced");
  await page.getByRole("link", { name: "End overlap now" }).click();
  await look("question before an overlap ends");
  await page.goto(AZURE);
}

async function employees(page, client, look) {
  const people = Array.from({ length: 51 }, (_, index) => user("Person", String(index)));
  const longest = user("Wolfeschlegelsteinhausenbergerdorff".repeat(2), "Ünlü", { department: "Ω".repeat(80) });
  const created = await Promise.all([longest, ...people].map((person) => client.post("/Users", person)));
  const [{ id }, { id: manager }] = created.map(({ body }) => body);
  await client.patch(`/Users/${id}`, patch({ op: "replace", path: "manager", value: manager }));
  await client.patch(`/Users/${id}`, DISABLE);
  const inner = await client.post("/Groups", newGroup("Ünit <b>&</b> \u202eco"));
  const all = [inner, ...created].map(({ body }) => body.id);
  const group = await client.post("/Groups", newGroup("Everyone", all));
  await openAndLook(page, look, {
    employees: "/employees",
    "employees, narrowed": `/employees?q=person&status=active&sort=changed&group=${group.body.id}`,
    "employees, later page": `/employees?after=${created[3].body.id}`,
    "employees from a row that is gone": "/employees?after=gone",
    "nobody matches": "/employees?q=nobody",
    groups: "/groups",
    "no group matches": "/groups?q=nothing",
    "one group": `/groups/${group.body.id}`,
    "a group without members": `/groups/${inner.body.id}`,
    "someone's manager": `/employees/${created[1].body.id}`,
    "one employee": `/employees/${id}`,
  });
  await openDetails(page);
  await look("one employee, all of it");
  await page.goto(AZURE);
  await openDetails(page);
  await look("Azure with its charts as tables");
  // More groups than a list can offer.
  await Promise.all(Array.from({ length: 101 }, (_, index) => client.post("/Groups", newGroup(`Team ${index}`))));
  await openAndLook(page, look, {
    "employees, which group": "/employees?group=team",
    "employees, no such group": "/employees?group=nothing",
    "employees of a group that was typed": "/employees?group=everyone",
  });
}

async function logs(page, client, look) {
  const hostile = "\u202e=1+1<b>\u200b" + "e\u0301\u0301\u0301\u0301\u0301\u0301".repeat(20) + "W".repeat(3_000);
  await client.post("/Users", { ...user("Hostile", "Name"), displayName: hostile, title: hostile });
  await client.post("/Users", user("Hostile", "Name"));
  await page.goto("/provisioning-log?outcome=failure");
  await reloadUntil(page, page.getByText("Could not create hostile.name@acme.test"));
  await look("log of failures");
  await page.getByRole("link", { name: "Could not create hostile" }).click();
  await page.getByRole("heading", { name: "How to fix" }).waitFor();
  await look("failed event");
  await page.goto("/provisioning-log?action=created");
  await look("log with hostile names");
  await page.locator("tbody").getByRole("link").first().click();
  await openDetails(page);
  await look("event with hostile values");
  await page.getByRole("button", { name: "Show personal data" }).click();
  await page.getByText("That you looked at it is in the audit log").waitFor();
  await look("event with personal data");
  await openAndLook(page, look, {
    "log without a match": "/provisioning-log?q=nobody",
    "audit log": "/audit-log",
    "audit log without a match": "/audit-log?actor=nobody",
  });
}

/** Too many leave at once; one of them comes back. */
async function recovery(page, client, look) {
  await page.goto("/employees/deleted");
  await look("nobody deleted");
  const { body } = await client.get("/Users?filter=userName+sw+%22person%22&count=14");
  for (const [index, { id }] of body.Resources.entries()) {
    if (index % 2) await client.patch(`/Users/${id}`, DISABLE);
    else await client.delete(`/Users/${id}`);
  }
  const [{ id }] = body.Resources;
  await openAndLook(page, look, {
    "employees, a brake waits": "/employees",
    "integrations, a brake waits": PROVISIONING,
    "Azure, a brake waits": AZURE,
    brake: `${AZURE}/brake`,
    "deleted employees": "/employees/deleted",
    "a deleted employee": `/employees/deleted/${id}`,
  });
  await page.goto(`/provisioning-log?resource=${id}&action=deleted`);
  await page.locator("tbody").getByRole("link").first().click();
  await page.getByRole("link", { name: "Undo this change" }).click();
  await look("question before an undo");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("The change was undone").waitFor();
  await look("undone");
  await page.getByRole("link", { name: "Undo this change" }).click();
  await look("an undo that is refused");
  await page.goto(`${AZURE}/brake`);
  await page.getByRole("button", { name: "Restore all" }).click();
  await page.getByText("restored them on").waitFor();
  await look("brake, decided");
}

async function accounts(page, server, look) {
  const longest = `${"wolfeschlegelsteinhausenbergerdorff".repeat(2)}@acme.test`;
  await server.createAccount(longest, "power", "another horse battery");
  await server.disableAccount(longest);
  await openAndLook(page, look, { "own account": "/settings/profile", notices: "/settings/notices", accounts: "/settings/accounts" });
  await press(page, "Invite");
  await look("invitation with mistakes");
  await page.getByLabel("Email").fill("new@acme.test");
  await press(page, "Invite");
  const link = await shownLink(page);
  await look("invitation link");
  await page.reload();
  await look("invitation, form sent again");
  for (const [name, question] of [["Change role", "role"], ["Enable", "enable"]]) {
    await page.goto("/settings/accounts");
    await page.getByRole("link", { name: `${name} ${longest}` }).click();
    await look(`question before a change: ${question}`);
  }
  await page.goto("/settings/accounts");
  await page.getByRole("link", { name: `Disable ${ADMIN.email}` }).click();
  await look("question before an account is disabled");
  await press(page, "Disable");
  await look("last admin");
  await page.goto("/settings/profile");
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password").fill("short");
  await press(page, "Change password");
  await look("password not taken");
  await server.ageSignIns();
  await page.goto("/settings/accounts");
  await page.getByLabel("Email").fill("late@acme.test");
  await press(page, "Invite");
  await page.getByRole("heading", { name: "Confirm it is you" }).waitFor();
  await look("password asked for again");
  await page.getByLabel("Password").fill("not the password");
  await press(page, "Confirm and go on");
  await look("password asked for again, and wrong");
  await invitation(page, link, look);
}

/** What the guest sees, in the same browser: their pages have no header. */
async function invitation(page, link, look) {
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await page.goto(link);
  await look("invitation");
  await page.getByLabel("Password").fill("password2026!");
  await press(page, "Create account");
  await look("invitation with a weak password");
  await page.goto(`${link}0`);
  await look("invitation that does not work");
  await page.context().addCookies(cookies);
}

/** Somebody sets one up and requires it of everybody; the admin has to follow. */
async function secondFactor(page, server, look) {
  const grace = { email: "grace@acme.test", password: "another horse battery" };
  await server.createAccount(grace.email, "admin", grace.password);
  await page.context().clearCookies();
  await signIn(page, grace);
  await page.waitForURL("/employees");
  await page.goto(SECOND_FACTOR);
  await look("second factor, off");
  await press(page, "Set up");
  await look("second factor, being set up");
  const app = await scan(page);
  await page.getByLabel("Code", { exact: true }).fill("no code");
  await press(page, "Turn on");
  await look("second factor, wrong code");
  await page.getByLabel("Code", { exact: true }).fill(app.code());
  await press(page, "Turn on");
  const codes = await shownCodes(page);
  await look("recovery codes");
  await page.reload();
  await look("recovery codes, form sent again");
  await page.goto(SECOND_FACTOR);
  await look("second factor, on");
  await page.goto("/settings/accounts");
  await press(page, "Require a second factor");
  await look("accounts, second factor required");

  await page.context().clearCookies();
  await signIn(page, grace);
  await page.getByRole("heading", { name: "Enter your code" }).waitFor();
  await look("code after the password");
  await enterCode(page, "no code");
  await page.getByRole("alert").waitFor();
  await look("code refused");
  await enterCode(page, codes[0]);
  await page.waitForURL("/employees");

  await page.context().clearCookies();
  await signIn(page);
  await page.waitForURL(SECOND_FACTOR);
  await look("second factor, required");
  await setUpFactor(page);
  await page.goto("/settings/accounts");
  await page.getByRole("link", { name: `Take away factor ${grace.email}` }).click();
  await look("question before a second factor is taken away");
  await page.goto("/settings/accounts");
  await press(page, "Require no second factor");
  await server.ageSignIns();
  await press(page, "Require a second factor");
  await page.getByRole("heading", { name: "Confirm it is you" }).waitFor();
  await look("password and code asked for again");
}

async function press(page, name) {
  await page.locator("form").evaluateAll((forms) => forms.forEach((form) => (form.noValidate = true)));
  await page.getByRole("button", { name, exact: true }).click();
  await page.waitForLoadState();
}

async function refused(page, server, look) {
  await page.goto("/nothing-here");
  await look("no such page");
  const viewer = { email: "viewer@acme.test", password: "another horse battery" };
  await server.createAccount(viewer.email, "viewer", viewer.password);
  await page.context().clearCookies();
  await signIn(page, { ...ADMIN, password: "not the password" });
  await page.getByRole("alert").waitFor();
  await look("sign-in refused");
  await signIn(page, viewer);
  await page.waitForURL("/employees");
  await openAndLook(page, look, {
    "areas of integrations for a viewer": "/settings/integrations",
    "role that may not": AZURE,
    "log for a viewer": "/provisioning-log",
    "role that may not see the audit log": "/audit-log",
  });
}

async function openAndLook(page, look, states) {
  for (const [name, path] of Object.entries(states)) {
    await page.goto(path);
    await look(name);
  }
}

/** Opens everything in the page that can be opened. */
async function openDetails(page) {
  await page.locator("main details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
}
