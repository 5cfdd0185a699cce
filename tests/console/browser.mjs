// A browser for the tests: Debian's Chromium, a clock of what it logs, and axe.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";

const require = createRequire(`${process.cwd()}/package.json`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

// A page in a browser of its own; `errors` holds what it should not have logged. Refused and lost requests are
// logged by the browser itself and are no errors of the page.
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "zh-CN", timezoneId: "America/New_York", ...options });
  context.setDefaultTimeout(8000);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (line) => {
    if (["error", "warning"].includes(line.type()) && !/Failed to load resource/.test(line.text())) errors.push(line.text());
  });
  return { context, page, errors, async close() {
    await context.close();
    assert.deepEqual(errors, [], "the page has logged errors");
  } };
}

export async function checkAxe(page, what) {
  // By evaluate: the page's policy lets no script in.
  const found = await page.evaluate(`(() => { ${axe}; return window.axe.run(document, { resultTypes: ["violations"] }); })()`);
  const told = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(told, [], `axe finds faults in ${what}`);
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Waits until `look` gives something true.
export async function until(look, what, ms = 8000) {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    assert.ok(Date.now() < end, `${what}: not within ${ms} ms`);
    await sleep(50);
  }
}
