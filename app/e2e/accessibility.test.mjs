// Every page and state: axe finds nothing, in both themes, wide and narrow; nothing needs to be scrolled sideways.

import assert from "node:assert/strict";
import { test } from "node:test";

import { NARROW, NARROWEST, WIDE, withBrowser, withServer } from "./support.mjs";
import { findings } from "./support/axe.mjs";
import { everyState } from "./support/states.mjs";

const visit = withBrowser();
const STATES = 81;
const WIDEST = { width: 3840, height: 2160 };
/** In one line of text that is to be read. */
const MOST_LETTERS = 110;

test("axe finds nothing on any page, in any state and theme, wide and narrow", () =>
  withServer((server) =>
    // The theme is changed on the page: colours that fade would be caught half-way.
    visit(server, { reducedMotion: "reduce" }, async (page, watch) => {
      const found = [];
      let states = 0;
      await everyState(page, watch, server, async (name) => {
        states += 1;
        found.push(...(await findings(page, name)));
      });
      assert.deepEqual(found, []);
      assert.ok(states >= STATES, `only ${states} states were looked at`);
    }),
  ),
);

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

test("with forced colours, buttons, fields and what is chosen can still be told from the rest", () =>
  withServer((server) =>
    visit(server, { forcedColors: "active" }, async (page, watch) => {
      const wrong = new Set();
      await everyState(page, watch, server, async (name) => {
        for (const text of await page.evaluate(undrawn)) wrong.add(`${name}: ${text}`);
      });
      assert.deepEqual([...wrong], []);
    }),
  ),
);

/** What has no edge where backgrounds are taken away, and what is chosen but looks like its neighbours. */
function undrawn() {
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const name = (element) => element.outerHTML.slice(0, 90);
  const hasEdge = (element) => {
    const style = getComputedStyle(element);
    const border = parseFloat(style.borderBottomWidth) > 0 && style.borderBottomStyle !== "none";
    return border || style.outlineStyle !== "none" || style.textDecorationLine.includes("underline");
  };
  // A field may be drawn by the box around it, an item of a menu by the menu.
  const drawn = (element) => hasEdge(element) || Boolean(element.closest(".box, .menu, .segmented") && hasEdge(element.closest(".box, .menu, .segmented")));
  const look = (element) => {
    const { backgroundColor, borderBottomColor, borderBottomWidth, color, textDecorationLine, boxShadow } = getComputedStyle(element);
    return [backgroundColor, borderBottomColor, borderBottomWidth, color, textDecorationLine, boxShadow].join();
  };
  const controls = [...document.querySelectorAll("button, .btn, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio])")];
  const undrawn = controls.filter((element) => shown(element) && !drawn(element)).map((element) => `no edge: ${name(element)}`);
  const chosen = [...document.querySelectorAll("a[aria-current], [aria-pressed=true]")].filter(shown);
  const alike = chosen.filter((element) => {
    const others = [...element.parentElement.children].filter((other) => other.tagName === element.tagName && other !== element);
    return others.some((other) => shown(other) && look(other) === look(element));
  });
  return [...undrawn, ...alike.map((element) => `looks like its neighbours: ${name(element)}`)];
}

test("on a screen of 3,840 px lines stay short and nothing is torn apart", () =>
  withServer((server) =>
    visit(server, { viewport: WIDEST }, async (page, watch) => {
      const wrong = new Set();
      await everyState(page, watch, server, async (name) => {
        const long = await page.evaluate((most) => {
          const isText = (node) => node.nodeType === Node.TEXT_NODE;
          const own = (element) => [...element.childNodes].filter(isText).map((node) => node.textContent).join("");
          const texts = [...document.querySelectorAll("main p, main li, main dd")].filter((element) => own(element).length > most);
          const letter = (element) => parseFloat(getComputedStyle(element).fontSize) / 2;
          return texts.filter((element) => element.clientWidth / letter(element) > most).map((element) => element.innerText.slice(0, 60));
        }, MOST_LETTERS);
        for (const text of long) wrong.add(`${name}: ${text}`);
        const width = await page.locator("main").evaluate((main) => main.getBoundingClientRect().width);
        if (width > WIDEST.width / 2) wrong.add(`${name}: the page is ${width} px wide`);
      });
      assert.deepEqual([...wrong], []);
    }),
  ),
);
