// Each screen in each of its states, looked at by axe.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkAxe, until } from "./browser.mjs";
import { on, SCREENS, show, text, useStage } from "./screens.mjs";

useStage();

for (const [name, path] of Object.entries(SCREENS)) {
  test(`axe finds nothing in ${name}, in both themes and on a narrow screen`, async () => {
    const page = await show(path);
    await checkAxe(page, name);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 375, height: 720 });
    await checkAxe(page, `${name}, dark and narrow`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(over, 0, "the page itself does not scroll sideways");
  });

  test(`${name}: a 503 is no empty list, a refusal is said, and it comes back by itself`, async () => {
    on.world.fail = { "/v1/peers": 503, "/v1/alarms": 503, "/v1/quarantine": 503, "/v1/work": 503, "/v1/cases": 503 };
    const page = await show(path);
    assert.match(await text(page), /问题 503/);
    assert.doesNotMatch(await text(page), /没有|尚无/);
    await checkAxe(page, `${name}, failed`);
    on.world.fail = Object.fromEntries(Object.keys(on.world.fail).map((one) => [one, 403]));
    await until(async () => /您的角色无权查看/.test(await text(page)), "no permission is said");
    await checkAxe(page, `${name}, refused`);
    on.world.fail = {};
    await until(async () => !/问题|无权/.test(await text(page)), "it comes back");
  });
}

test("empty lists say that they are empty", async () => {
  Object.assign(on.world, { peers: [], alarms: [], quarantine: [], work: [], timeline: [] });
  for (const [path, said] of [["queues", /名录中尚无其他机构/], ["alarms", /目前没有告警/], ["quarantine", /没有被隔离的报文/], ["work", /没有待办事项/]]) {
    const page = await show(`/console/${path}`);
    await until(async () => said.test(await text(page)), `${path} is empty`);
    await checkAxe(page, `${path}, empty`);
  }
});
