// axe, and what it finds on a page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { NARROW, WIDE } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What it finds in both themes, wide and narrow. */
export async function findings(page, name) {
  const found = [];
  await page.evaluate(axe);
  for (const theme of ["light", "dark"]) {
    await page.locator("html").evaluate((html, theme) => (html.dataset.theme = theme), theme);
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      found.push(...(await violations(page)).map((text) => `${name}, ${theme}, ${size.width} px: ${text}`));
    }
  }
  await page.setViewportSize(WIDE);
  return found;
}

async function violations(page) {
  const result = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  const where = (violation) => violation.nodes.map((node) => `${node.target.join(" ")} (${node.failureSummary})`);
  return result.violations.map((violation) => `${violation.id} at ${where(violation).join("; ")}`);
}
