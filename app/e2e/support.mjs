// What the browser tests have in common.

import { test } from "node:test";

export { enterCode, scan, SECOND_FACTOR, setUpFactor, shownCodes } from "./support/authenticator.mjs";
export { launch, NARROW, NARROWEST, newContext, withBrowser, WIDE } from "./support/browser.mjs";
export {
  activate,
  activateAzure,
  ADMIN,
  AZURE,
  choose,
  COMPANY,
  flash,
  openProfileMenu,
  profileButton,
  PROVISIONING,
  reloadUntil,
  revealAzure,
  setUp,
  shownLink,
  shownToken,
  signIn,
  signOut,
  TOKEN,
} from "./support/flow.mjs";
export { DISABLE, fill, group, patch, scim, user } from "./support/scim.mjs";
export { freePort, Server, withServer } from "./support/server.mjs";

/** The same test with and without JavaScript. */
export function withAndWithoutScript(name, body) {
  for (const js of [true, false]) {
    test(`${name}, ${js ? "with" : "without"} JavaScript`, () => body(js));
  }
}
