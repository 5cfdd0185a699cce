// Agencies as an operator sets them up: `jiexu init`, entries exchanged, jiexud running. JIEXU_BIN is where the
// programs are.
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "./browser.mjs";

const run = promisify(execFile);
const bin = (name) => join(process.env.JIEXU_BIN, name);

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

const SPECS = [
  { code: "S41130010001", name: "南阳市医保中心", account: "41001555510050000001", cnaps: "105513000014" },
  { code: "S32010010001", name: "南京市医保中心", account: "32001888810050000002", cnaps: "105301000013" },
];

class Agency {
  constructor(spec, folder) {
    Object.assign(this, spec);
    this.config = join(folder, spec.code, "agency.toml");
    this.folder = join(folder, spec.code);
  }

  async cli(...args) { return (await run(bin("jiexu"), ["--config", this.config, "--lang", "en", ...args])).stdout; }

  async init() {
    this.port = await freePort();
    const link = await freePort();
    await run(bin("jiexu"), ["init", this.folder, "--code", this.code, "--name", this.name, "--listen", `tcp://127.0.0.1:${link}`,
      "--api", `127.0.0.1:${this.port}`, "--bank-holder", `${this.name}专户`, "--bank-account", this.account, "--bank-name", "某银行",
      "--bank-cnaps", this.cnaps, "--contact", "关系科", "--phone", "0000-0000000", "--address", this.name, "--postcode", "100000"]);
    // Nothing is kept free on the disk of whoever runs tests.
    writeFileSync(this.config, readFileSync(this.config, "utf8").replace(/^ballast_mib = .*$/m, "ballast_mib = 0"));
    this.url = `http://127.0.0.1:${this.port}`;
  }

  async start() {
    this.process = spawn(bin("jiexud"), ["--config", this.config], { stdio: "ignore", detached: true });
    await until(async () => (await fetch(`${this.url}/readyz`).catch(() => null))?.status === 200, `${this.code} is ready`, 20_000);
  }

  // The daemon and its gate: both are of the group.
  signal(name) { process.kill(-this.process.pid, name); }

  async stop() {
    if (!this.process) return;
    const gone = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGTERM");
    await gone;
    this.process = null;
  }

  async link() { return (await this.cli("console", "open")).trim(); }
}

// `count` agencies that know each other, running. `end()` stops them and takes their files away.
export async function agencies(count = SPECS.length) {
  const folder = mkdtempSync(join(tmpdir(), "jiexu-console-"));
  const all = SPECS.slice(0, count).map((spec) => new Agency(spec, folder));
  for (const one of all) await one.init();
  for (const one of all) {
    for (const other of all.filter((other) => other !== one)) {
      const file = join(folder, "entry.toml");
      writeFileSync(file, await other.cli("directory", "export"));
      await one.cli("directory", "add", file);
    }
  }
  await Promise.all(all.map((one) => one.start()));
  return { all, async end() {
    await Promise.all(all.map((one) => one.stop()));
    rmSync(folder, { recursive: true });
  } };
}
