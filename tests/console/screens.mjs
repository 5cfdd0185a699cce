// The page on the stage: one browser for a file of tests, one context for each test.
import { after, afterEach, before, beforeEach } from "node:test";
import { launch, open, until } from "./browser.mjs";
import { pages } from "./pages.mjs";
import { peer, stage } from "./stage.mjs";

export let browser, on, seen;
let from;

export function useStage() {
  before(async () => {
    browser = await launch();
    from = await pages();
    on = await stage(from.page);
  });
  after(async () => {
    await browser.close();
    await on.close();
    await from.end();
  });
  beforeEach(async () => {
    on.fresh();
    seen = await open(browser);
  });
  afterEach(async () => { await seen.close(); });
}

export const SCREENS = {
  queues: "/console/queues", peer: `/console/peers/${peer(2).agency}`, paused: `/console/peers/${peer(3).agency}`,
  alarms: "/console/alarms", quarantine: "/console/quarantine", message: "/console/quarantine/place-1",
  work: "/console/work", case: "/console/cases/0000",
};

// Signs in by a link, then goes to the address.
export async function show(path = "/console/queues", { page } = seen) {
  await page.goto(`${on.url}${path}#secret`);
  await page.locator("nav").waitFor();
  await until(() => page.evaluate(() => !document.querySelector(".loading")), `${path} is loaded`);
  return page;
}

export const text = (page, selector = "main") => page.locator(selector).first().innerText();
