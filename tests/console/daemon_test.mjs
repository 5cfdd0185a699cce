// The page of real daemons: signing in, an operator's day, and what happens when a daemon does not answer.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { createServer } from "node:http";
import { agencies } from "./agencies.mjs";
import { checkAxe, launch, open, sleep, until } from "./browser.mjs";

let browser, running, nanyang, nanjing, seen;
before(async () => {
  running = await agencies();
  [nanyang, nanjing] = running.all;
  browser = await launch();
});
after(async () => {
  await browser.close();
  await running.end();
});
beforeEach(async () => { seen = await open(browser); });
afterEach(async () => { await seen.close(); });

async function signIn(page, agency = nanyang) {
  await page.goto(await agency.link());
  await page.locator("nav").waitFor();
}
const text = (page, selector = "main") => page.locator(selector).first().innerText();
const says = (page, what, limit, selector = "main") =>
  until(async () => what.test(await text(page, selector)), `the page says ${what}`, limit);

test("a link signs in once; the cookie is this agency's and no script reads it", async () => {
  const { page, context } = seen, link = await nanyang.link();
  assert.match(link, new RegExp(`^${nanyang.url}/console#[0-9a-f]{64}$`));
  await page.goto(link);
  await says(page, /南阳市医保中心/, 5000, "header");
  assert.doesNotMatch(page.url(), /#/);
  const [cookie] = await context.cookies();
  assert.equal(cookie.name, `jx-${nanyang.code}`);
  assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Strict"]);
  assert.equal(await page.evaluate(() => document.cookie), "");
  const other = await open(browser);
  await other.page.goto(link);
  await says(other.page, /已用过/);
  await other.close();
});

test("user and password sign in; a password that serves once is followed by one's own", async () => {
  const { page, context } = seen, field = (name) => page.locator(`input[name=${name}]`);
  const once = (await nanyang.cli("user", "password", "admin", "--reset")).trim();
  nanyang.process.kill("SIGHUP");
  await sleep(1000);
  await page.goto(`${nanyang.url}/console`);
  await field("username").fill("admin");
  await field("current-password").fill("guess");
  await page.keyboard.press("Enter");
  await says(page, /用户名或密码不正确/, 5000);
  await field("current-password").fill(once);
  await page.keyboard.press("Enter");
  await says(page, /请设置自己的密码/, 5000);
  await checkAxe(page, "a password of one's own");
  await field("new-password").first().fill("correct horse 医保");
  await field("new-password").last().fill("correct horse");
  await page.keyboard.press("Enter");
  await says(page, /两次输入的新密码不一致/, 5000);
  await field("new-password").last().fill("correct horse 医保");
  await page.keyboard.press("Enter");
  await page.locator("nav").waitFor();
  await context.clearCookies();
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await field("username").fill("admin");
  await field("current-password").fill("correct horse 医保");
  await page.keyboard.press("Enter");
  await page.locator("nav").waitFor();
});

test("an operator's day, by keyboard alone and in Chinese", async () => {
  const { page } = seen, press = (...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  const focus = () => page.evaluate(() => document.activeElement.innerText ?? "");
  async function tabTo(what) {
    for (let n = 0; n < 40 && !what.test(await focus()); ++n) await press("Tab");
    assert.match(await focus(), what);
  }
  await signIn(page);
  await says(page, /正常/, 10_000);
  await press("?");
  await says(page, /下一行、上一行/, 2000, "dialog");
  await press("Escape", "/");
  await page.keyboard.type(nanjing.code.slice(0, 6));
  await press("Escape", "j", "Enter");
  await says(page, /我方发往对方/);
  await tabTo(/^询问对方/);
  await press("Enter");
  await says(page, /南京市医保中心 于 \d+ 毫秒后应答/, 6000);
  await tabTo(/^暂停/);
  await press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("对方迁移机房");
  await tabTo(/^暂停：/);
  const began = Date.now();
  await press("Enter");
  await says(page, /已暂停发送，报文留存/);
  await page.getByRole("button", { name: /^恢复/ }).waitFor();
  assert.ok(Date.now() - began < 1500, `the act shows after ${Date.now() - began} ms`);
  assert.match(await text(page), /对方迁移机房/);
  await tabTo(/^恢复……/);
  await press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(/^恢复$/);
  await press("Enter");
  await says(page, /已恢复发送/);
  await press("g");
  await tabTo(/^告警/);
  await press("Enter");
  await says(page, /目前没有告警/);
  await press("g");
  await tabTo(/^报文隔离/);
  await press("Enter");
  await says(page, /没有被隔离的报文/);
  await press("g");
  await tabTo(/^待办事项/);
  await press("Enter");
  await says(page, /没有待办事项/);
  await page.goBack();  // a browser without a window has no key for it
  await says(page, /没有被隔离的报文/);
  await checkAxe(page, "the end of the day");
});

test("a peer that is frozen is said to be silent within 15 s, and flows again when it goes on", async () => {
  const { page } = seen;
  await signIn(page);
  await says(page, /正常/, 10_000, "tbody");
  nanjing.signal("SIGSTOP");
  try {
    await says(page, /无应答/, 15_000, "tbody");
    assert.match(await text(page, "tbody"), /对方系统无应答/);
  } finally {
    nanjing.signal("SIGCONT");
  }
  await says(page, /正常/, 15_000, "tbody");
});

test("two agencies on one host do not sign each other out", async () => {
  const { page, context } = seen, other = await context.newPage();
  await signIn(page);
  await signIn(other, nanjing);
  await page.reload();
  await says(page, /南阳市医保中心/, 5000, "header");
  await other.getByRole("button", { name: "退出" }).click();
  await other.getByRole("heading", { name: "登录" }).waitFor();
  await page.reload();
  await says(page, /正常/, 5000, "tbody");
});

test("another page on the host has the cookie and cannot use it", async () => {
  const { page, context } = seen;
  await signIn(page);
  const thief = createServer((request, response) => response.end("<p>another program")).listen(0, "127.0.0.1");
  await new Promise((done) => thief.once("listening", done));
  const other = await context.newPage();
  await other.goto(`http://127.0.0.1:${thief.address().port}/`);
  const target = `${nanyang.url}/v1/peers/${nanjing.code}/pause`;
  await other.evaluate(async (url) => {
    await fetch(url, { method: "POST", credentials: "include", mode: "no-cors", body: "{}" }).catch(() => null);
  }, target);
  const [cookie] = await context.cookies();
  const head = { Cookie: `${cookie.name}=${cookie.value}`, Origin: nanyang.url };
  assert.equal((await fetch(target, { method: "POST", headers: head })).status, 401, "the cookie without the page's key");
  thief.close();
  await sleep(300);
  assert.doesNotMatch(await text(page, "tbody"), /已暂停/);
});

test("a session is not for programs", async () => {
  const { page } = seen;
  await signIn(page);
  const got = await page.evaluate(async () => {
    const headers = { "X-Jiexu-Key": localStorage.getItem("jx-key") };
    const ask = (method, path) => fetch(path, { method, headers }).then((answer) => answer.status);
    return [await ask("GET", "/metrics"), await ask("POST", "/v1/letters:submit"), await ask("POST", "/v1/console/links")];
  });
  assert.deepEqual(got, [403, 403, 403]);
});

test("a restart keeps what is on the page, and another link goes on with it", async () => {
  const { page } = seen;
  await signIn(page);
  await says(page, /正常/, 10_000, "tbody");
  await page.getByRole("searchbox").fill("南京");
  await nanyang.stop();
  await says(page, /起未连接/, 10_000, ".fresh");
  assert.match(await text(page, "tbody"), /南京市医保中心/);
  await nanyang.start();
  await page.getByRole("heading", { name: "会话已结束" }).waitFor({ timeout: 10_000 });
  await page.getByText("用链接登录").click();
  await page.getByLabel("链接").fill(await nanyang.link());
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "会话已结束" }).waitFor({ state: "detached" });
  assert.equal(await page.getByRole("searchbox").inputValue(), "南京");
  await says(page, /实时/, 5000, ".fresh");
});

test("the first screen has at most 60 KB, and few round trips", async () => {
  const { page, context } = seen, sizes = [];
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  client.on("Network.loadingFinished", (one) => sizes.push(one.encodedDataLength));
  await page.goto(`${nanyang.url}/`);
  await page.getByRole("heading", { name: "登录" }).waitFor();
  assert.equal(page.url(), `${nanyang.url}/console`);
  const all = sizes.reduce((sum, one) => sum + one, 0);
  assert.ok(all <= 60_000, `${all} bytes`);
  assert.ok(sizes.length <= 6, `${sizes.length} requests`);
});
