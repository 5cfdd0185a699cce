// What operators complain of in other consoles, against an API that says what the test wants.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkAxe, sleep, until } from "./browser.mjs";
import { on, seen, SCREENS, show, text, useStage } from "./screens.mjs";
import { HOSTILE, peer, quarantined, workRow } from "./stage.mjs";

useStage();
const row = (page, n) => page.locator("tr", { hasText: peer(n).agency });

test("signing in: by a link in the address, by one that is pasted, not by one that is spent", async () => {
  on.world.signedIn = false;
  const { page } = seen;
  await page.goto(`${on.url}/console`);
  await page.getByRole("heading", { name: "登录" }).waitFor();
  await checkAxe(page, "signing in");
  on.world.fail = { "/v1/session": 403 };
  await page.getByText("用链接登录").click();
  await page.getByLabel("链接").fill(`${on.url}/console#spent`);
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await checkAxe(page, "signing in, refused");
  assert.equal(await page.getByLabel("链接").inputValue(), `${on.url}/console#spent`, "what was typed stays");
  on.world.fail = {};
  await page.keyboard.press("Enter");
  await page.locator("nav").waitFor();
  assert.doesNotMatch(page.url(), /#/);
});

test("the secret goes from the address and from the history", async () => {
  const page = await show();
  assert.equal(await page.evaluate(() => location.hash), "");
  await page.getByRole("link", { name: "告警", exact: false }).first().click();
  await page.goBack();
  assert.equal(await page.evaluate(() => location.hash), "");
});

test("the worst comes first, and chips count", async () => {
  const page = await show();
  const states = await page.locator("tbody .state").allInnerTexts();
  assert.deepEqual(states.map((one) => one.replace(/^\S+?(?=[\u4e00-\u9fff])/, "").trim()).slice(0, 4), ["已停止", "无应答", "时钟不符", "滞留"]);
  assert.match(await text(page, ".chips"), /正常\s*2/);
});

test("filters, sort and search are in the address, and the back button brings them back", async () => {
  const page = await show();
  await page.getByRole("button", { name: /已暂停/ }).click();
  assert.match(page.url(), /state=paused/);
  assert.equal(await page.locator("tbody tr").count(), 1);
  await row(page, 3).getByRole("link").click();
  await page.getByRole("heading", { name: "第3医保中心" }).waitFor();
  await page.goBack();
  await until(async () => await page.locator("tbody tr").count() === 1, "the filter is back");
  assert.equal(await page.getByRole("button", { name: /已暂停/ }).getAttribute("aria-pressed"), "true");
  await page.goBack();
  await until(async () => await page.locator("tbody tr").count() === 10, "all are back");
  await page.getByRole("button", { name: "待签收" }).click();
  assert.match(page.url(), /sort=-queued/);
  assert.match(await text(page, "tbody tr"), /第5医保中心/);
  await page.getByRole("searchbox").fill("第1医");
  assert.equal(await page.locator("tbody tr").count(), 1);
  const other = await seen.context.newPage();
  await other.goto(page.url());
  await other.locator("tbody tr").waitFor();
  assert.equal(await other.locator("tbody tr").count(), 1, "the address means the same in another tab");
});

test("a row under the pointer stays where it is while others change", async () => {
  const page = await show();
  await row(page, 8).hover();
  const before = await row(page, 8).boundingBox();
  for (let n = 0; n < 8; ++n) {
    Object.assign(on.world.peers[0], { state: "stopped", queued: String(100 + n), cause: "" });
    on.world.peers[4].queued = String(n);
    await sleep(200);
  }
  await until(async () => (await text(page, `tr:has-text("${peer(1).agency}")`)).includes("107"), "the change shows");
  assert.deepEqual(await row(page, 8).boundingBox(), before);
  await page.mouse.move(5, 5);
  await until(async () => (await text(page, "tbody tr:nth-child(2)")).includes(peer(1).agency), "the order follows when nobody points");
});

test("one part that fails leaves the others, and says from when it is", async () => {
  const page = await show();
  on.world.fail = { "/v1/peers": 503 };
  await until(async () => /所见为 \d\d:\d\d:\d\d 的情况/.test(await text(page)), "the stale part says so");
  assert.equal(await page.locator("tbody tr").count(), 10);
  assert.match(await text(page, ".fresh"), /实时/);
  assert.match(await text(page, ".health"), /4 项告警/);
  await checkAxe(page, "queues, stale");
});

test("a lost connection is said with its time, and what was there stays", async () => {
  const page = await show();
  assert.match(await text(page, ".fresh"), /实时 · \d+\.\d 秒/);
  on.world.down = true;
  await until(async () => /自 \d\d:\d\d:\d\d 起未连接/.test(await text(page, ".fresh")), "it is said", 12_000);
  assert.equal(await page.locator("tbody tr").count(), 10);
  await checkAxe(page, "queues, not connected");
  on.world.down = false;
  await until(async () => /实时/.test(await text(page, ".fresh")), "it comes back");
});

test("an act shows within a second, without a reload, and asks first", async () => {
  on.world.acts = {
    pause: (one, body) => { one.state = "paused"; one.paused_by = "zhao"; one.pause_why = body.why; },
    resume: (one) => { one.state = "flowing"; },
  };
  const page = await show(`/console/peers/${peer(1).agency}`);
  await page.evaluate(() => { window.same = true; });
  await page.getByRole("button", { name: /^暂停/ }).click();
  const dialog = page.getByRole("dialog");
  assert.match(await dialog.innerText(), /暂停发往 第1医保中心？[\s\S]*不会丢失/);
  await checkAxe(page, "pausing");
  await page.keyboard.press("Escape");
  assert.deepEqual(on.world.requests, [], "Escape does nothing");
  await page.getByRole("button", { name: /^暂停/ }).click();
  await dialog.getByLabel(/原因/).fill("对方迁移");
  await dialog.getByRole("button", { name: "4 小时", exact: true }).click();
  await dialog.getByRole("button", { name: /^暂停：/ }).click();
  const began = Date.now();
  await page.getByRole("button", { name: /^恢复/ }).waitFor();
  assert.ok(Date.now() - began < 1000, `it took ${Date.now() - began} ms`);
  assert.match(await text(page), /已暂停发送/);
  assert.match(await text(page), /对方迁移/);
  await page.getByRole("button", { name: /^恢复/ }).click();
  await dialog.getByRole("button", { name: "恢复" }).click();
  await page.getByRole("button", { name: /^暂停/ }).waitFor();
  assert.equal(await page.evaluate(() => window.same), true);
});

test("an act that was not done says so, and what was typed stays", async () => {
  const page = await show(`/console/peers/${peer(1).agency}`);
  await page.getByRole("button", { name: /^暂停/ }).click();
  await page.getByLabel(/原因/).fill("原因甲");
  on.world.fail = { [`/v1/peers/${peer(1).agency}/pause`]: 503 };
  await page.getByRole("button", { name: /^暂停：/ }).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  assert.equal(await page.getByLabel(/原因/).inputValue(), "原因甲");
  on.world.fail = {};
  on.world.signedIn = false;
  await page.getByRole("heading", { name: "会话已结束" }).waitFor({ state: "attached" });
  assert.equal(await page.getByLabel(/原因/).inputValue(), "原因甲");
});

test("a session that has ended keeps what is on the page, and another link goes on with it", async () => {
  const page = await show();
  await page.getByRole("searchbox").fill("第");
  on.world.signedIn = false;
  await page.getByRole("heading", { name: "会话已结束" }).waitFor();
  await checkAxe(page, "a session that has ended");
  await page.getByText("用链接登录").click();
  await page.getByLabel("链接").fill("another");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "会话已结束" }).waitFor({ state: "detached" });
  assert.equal(await page.getByRole("searchbox").inputValue(), "第");
});

test("a role that may not act sees why", async () => {
  on.world.roles = ["auditor"];
  on.world.rights = ["use-page", "see-exchange", "see-cases"];
  const page = await show(`/console/peers/${peer(1).agency}`);
  assert.ok(await page.getByRole("button", { name: "询问对方" }).isDisabled());
  assert.match(await text(page), /此项需要“暂停、恢复与询问对方机构”权限/);
});

test("texts of others are texts, whatever they hold", async () => {
  const said = (n) => HOSTILE[n % HOSTILE.length];
  on.world.peers = HOSTILE.map((one, n) => peer(n + 1, { name: one, cause: said(n + 1), pause_why: said(n + 2), paused_by: said(n + 3),
    state: "paused", stop_reason: said(n), out_head: said(n) }));
  on.world.alarms = HOSTILE.map((one, n) => ({ kind: one, peer: said(n), since: "2026-11-30T08:00:00+08:00", text: said(n + 1) }));
  on.world.quarantine = HOSTILE.map((one, n) => quarantined(n, { peer: said(n), kind: one, text: said(n + 1), cause: said(n + 2), rule: said(n + 3), case_id: one, place: `p${n}` }));
  on.world.message.message = JSON.stringify({ letter: { note: HOSTILE } });
  on.world.work = HOSTILE.map((one, n) => workRow(n, { person: one, letter_number: one, assignee: said(n + 1), relationship: said(n), funds: one, duty: one }));
  on.world.view = { ...on.world.view, person: { name: HOSTILE[0], document_number: HOSTILE[3] }, letter_number: HOSTILE[1], peer: HOSTILE[2], assignee: HOSTILE[5] };
  on.world.timeline = HOSTILE.map((one, n) => ({ n, at: "2026-11-30T08:00:00+08:00", event: one, actor: said(n), note: said(n + 1), relationship: "", funds: "" }));
  for (const path of Object.values(SCREENS)) {
    const page = await show(path.replace(/peers\/.*/, `peers/${peer(1).agency}`));
    const made = await page.evaluate(() => ({
      elements: document.querySelectorAll("main img, main script, main iframe, main object").length,
      links: [...document.querySelectorAll("a[href]")].map((one) => one.href).filter((href) => !href.startsWith(location.origin)),
      turned: document.body.innerText.includes("\u202e"),
    }));
    assert.deepEqual(made, { elements: 0, links: [], turned: false }, path);
  }
});

test("cells of the CSV that a spreadsheet would take for formulas begin with an apostrophe", async () => {
  on.world.peers = ['=HYPERLINK("x")', "+1", "-1", "@x", "\tx", 'a"b', "a\u202eb"].map((name, n) => peer(n + 1, { name }));
  const page = await show();
  const waits = page.waitForEvent("download");
  await page.getByRole("button", { name: "存为 CSV" }).click();
  const { readFileSync } = await import("node:fs");
  const content = readFileSync(await (await waits).path(), "utf8");
  for (const cell of [`"'=HYPERLINK(""x"")"`, `"'+1"`, `"'-1"`, `"'@x"`, `"'\tx"`, `"a""b"`, `"a\\u{202e}b"`]) assert.ok(content.includes(`\n${cell},`), cell);
});

test("the page's policy lets nothing of others in, and no script becomes of a text", async () => {
  const page = await show();
  const blocked = await page.evaluate(async () => {
    const out = [];
    try { document.body.innerHTML = "<b>x</b>"; out.push("innerHTML"); } catch { /* refused */ }
    try { await fetch("http://127.0.0.2:9/"); out.push("fetch"); } catch { /* refused */ }
    return out;
  });
  assert.deepEqual(blocked, []);
  seen.errors.length = 0;  // the browser says that it has refused them
});

test("who a quarantined message is about shows only when asked for", async () => {
  const page = await show("/console/quarantine/place-1");
  assert.doesNotMatch(await text(page), /王小明|411328198001010011/);
  await page.getByRole("button", { name: "显示所涉人员" }).click();
  assert.match(await text(page), /王小明/);
  assert.match(await text(page), /4a 69 65 78 75/);
});

test("times are those of China, whatever the browser's zone", async () => {
  on.world.peers = [peer(1, { last_receipt: "2020-01-02T03:04:05.000+08:00" })];
  const page = await show();
  assert.match(await text(page, "tbody"), /2020-01-02 03:04/);
});

test("language and theme are kept, and every tab takes them", async () => {
  const page = await show();
  await page.getByLabel("语言").selectOption("en");
  await page.getByRole("heading", { name: "Queues" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  await page.getByLabel("Theme").selectOption("dark");
  await page.reload();
  await page.getByRole("heading", { name: "Queues" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  const left = await page.evaluate(() => document.body.innerText.replace(/第\d+医保中心|南阳市医保中心|对方迁移机房|中文/g, "").match(/[\u4e00-\u9fff]+/g));
  assert.equal(left, null, "no Chinese is left in English");
});

test("twelve tabs are served by one stream", async () => {
  const tabs = [await show()];
  for (let n = 1; n < 12; ++n) {
    const tab = await seen.context.newPage();
    await tab.goto(`${on.url}/console/queues`);
    tabs.push(tab);
  }
  for (const tab of tabs) await tab.locator("tbody tr").first().waitFor();
  on.world.peers[0].queued = "4321";
  for (const tab of tabs) await until(async () => (await text(tab, "tbody")).includes("4321"), "each tab sees the change");
});

test("what changes shows at once where events are told, and nothing is asked for in vain", async () => {
  on.world.streams = new Set();
  const page = await show();
  await until(() => on.world.streams.size === 1, "the page follows the events");
  await sleep(1500);  // what it asks for as it begins to follow
  const before = on.world.reads;
  await sleep(5000);
  assert.ok(on.world.reads - before <= 4, `${on.world.reads - before} requests in five seconds`);
  on.world.peers[0].queued = "4321";
  on.world.tell();
  await until(async () => (await text(page, "tbody")).includes("4321"), "the change shows", 1500);
  // A stream that ends is asked about at once; then it is polled until there is another one.
  const follow = on.world.streams;
  on.world.streams = null;
  for (const stream of follow) stream.destroy();
  on.world.peers[0].queued = "8765";
  await until(async () => (await text(page, "tbody")).includes("8765"), "the end of the stream is a change", 1500);
  on.world.peers[0].queued = "9876";
  await until(async () => (await text(page, "tbody")).includes("9876"), "without a stream it is polled", 3000);
});

test("fifty agencies and five changes a second: no long task, no shift of what is read", async () => {
  on.world.peers = Array.from({ length: 50 }, (_, n) => peer(n + 1));
  const page = await show();
  await page.evaluate(() => {
    window.long = [];
    window.shift = 0;
    new PerformanceObserver((list) => window.long.push(...list.getEntries().map((one) => one.duration))).observe({ type: "longtask" });
    new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.shift += one.value; })).observe({ type: "layout-shift" });
  });
  for (let n = 0; n < 10; ++n) {
    on.world.peers.forEach((one, at) => { one.out_last_seq = one.out_receipted_seq = String(5000 + n * 10 + at); one.last_heard = new Date().toISOString(); });
    await sleep(200);
  }
  const measured = await page.evaluate(() => ({ long: window.long, shift: window.shift }));
  assert.ok(measured.shift < 0.02, `layout shift ${measured.shift}`);
  assert.ok(measured.long.every((one) => one < 200), `long tasks ${measured.long}`);
});

test("a colour is never all that tells a state", async () => {
  const page = await show();
  await page.emulateMedia({ forcedColors: "active" });
  const bare = await page.locator("tbody .state").evaluateAll((all) => all.filter((one) => one.textContent.trim().length < 3).length);
  assert.equal(bare, 0);
  await checkAxe(page, "forced colours");
});
