// Every page and state: axe finds nothing, in both themes, wide and narrow; nothing needs to be scrolled sideways.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

import { NARROW, NARROWEST, WIDE, withBrowser, withServer } from "./support.mjs";
import { everyState } from "./support/states.mjs";

const visit = withBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STATES = 52;

test("axe finds nothing on any page, in any state and theme, wide and narrow", () =>
  withServer((server) =>
    // The theme is changed on the page: colours that fade would be caught half-way.
    visit(server, { reducedMotion: "reduce" }, async (page, watch) => {
      const found = [];
      let states = 0;
      await everyState(page, watch, server, async (name) => {
        states += 1;
        await page.evaluate(axe);
        for (const theme of ["light", "dark"]) {
          await page.locator("html").evaluate((html, theme) => (html.dataset.theme = theme), theme);
          for (const size of [WIDE, NARROW]) {
            await page.setViewportSize(size);
            found.push(...(await violations(page)).map((text) => `${name}, ${theme}, ${size.width} px: ${text}`));
          }
        }
        await page.setViewportSize(WIDE);
      });
      assert.deepEqual(found, []);
      assert.ok(states >= STATES, `only ${states} states were looked at`);
    }),
  ),
);

async function violations(page) {
  const result = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  const where = (violation) => violation.nodes.map((node) => `${node.target.join(" ")} (${node.failureSummary})`);
  return result.violations.map((violation) => `${violation.id} at ${where(violation).join("; ")}`);
}

for (const reducedMotion of ["no-preference", "reduce"]) {
  test(`nothing is wider than a screen of 320 px${reducedMotion === "reduce" ? ", nor moves when it should not" : ""}`, () =>
    withServer((server) =>
      visit(server, { viewport: NARROWEST, reducedMotion }, async (page, watch) => {
        const wrong = [];
        await everyState(page, watch, server, async (name) => {
          const { width, moving } = await page.evaluate(() => ({
            width: document.documentElement.scrollWidth,
            moving: document.getAnimations().length,
          }));
          if (width > NARROWEST.width) wrong.push(`${name}: ${width} px`);
          if (reducedMotion === "reduce" && moving > 0) wrong.push(`${name}: ${moving} animations`);
        });
        assert.deepEqual(wrong, []);
      }),
    ),
  );
}
