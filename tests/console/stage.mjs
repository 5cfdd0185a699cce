// A stage for the page: the pages of a real daemon, and an API that says what a test wants it to say, so that each
// screen can be seen in each of its states.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

export const HOSTILE = [
  "<img src=x onerror=alert(1)>", "javascript:alert(1)", '=HYPERLINK("http://evil.example","x")', "a\u202Egnp.exe",
  "\"><script>alert(1)</script>", "{{7*7}}", "x".repeat(300),
];

const at = (msAgo) => new Date(Date.now() - msAgo + 8 * 3_600_000).toISOString().replace("Z", "+08:00");

export function peer(n, more = {}) {
  return {
    agency: `S4113${String(1000000 + n)}`.slice(0, 12), name: `第${n}医保中心`, state: "flowing", stop_reason: "", out_epoch: 1,
    out_last_seq: String(1000 + n), out_receipted_seq: String(1000 + n), out_head: "ab".repeat(32), queued: "0",
    oldest_unreceipted_ms: "0", in_epoch: 1, in_last_seq: String(900 + n), in_head: "cd".repeat(32), last_heard: at(400),
    quarantined: "0", sent_fen: "123456789", received_fen: "9007199254740993", credited_fen: "100", since: at(7_200_000), cause: "",
    next_try: "", window_bytes: "4194304", last_receipt: at(65_000), clock_known: true, skew_ms: "12", last_answer: at(3000),
    answer_ms: "3", paused_by: "", pause_why: "", pause_until: "", condition: 8, ...more,
  };
}

// Agencies in every state.
export function peers() {
  return [
    peer(1), peer(2, { state: "silent", since: at(1_500_000), queued: "12", oldest_unreceipted_ms: "1500000", next_try: at(-20_000),
      cause: "there is no connection: its daemon or its machine is down or hangs, or the way to the endpoint in the directory is not open" }),
    peer(3, { state: "paused", paused_by: "zhao", pause_why: "对方迁移机房", pause_until: at(-7_200_000), queued: "40", oldest_unreceipted_ms: "5400000",
      cause: "an operator of ours has paused it" }),
    peer(4, { state: "stopped", cause: "its copy of our log differs from ours: compare them", queued: "3", oldest_unreceipted_ms: "86400000" }),
    peer(5, { queued: "210", oldest_unreceipted_ms: "95000" }), peer(6, { quarantined: "2" }),
    peer(7, { state: "clock", cause: "its clock is more than 5 minutes ahead of ours: its messages wait with it", skew_ms: "412000" }),
    peer(8, { state: "busy", cause: "its disk is nearly full", queued: "7", oldest_unreceipted_ms: "9000" }),
    peer(9, { state: "recovering" }), peer(10, { state: "opening", last_heard: "", last_receipt: "", last_answer: "", clock_known: false,
      in_last_seq: "0", in_head: "", out_last_seq: "0", out_receipted_seq: "0", out_head: "" }),
  ];
}

export function alarms() {
  return [
    { kind: "stopped", peer: peer(4).agency, since: at(86_400_000), text: "its copy of our log differs from ours: compare them" },
    { kind: "silent", peer: peer(2).agency, since: at(1_500_000), text: "it does not answer" },
    { kind: "unreceipted", peer: peer(5).agency, since: at(35_000), text: "its oldest message without a receipt is older than 60 s" },
    { kind: "disk", peer: "", since: at(60_000), text: "the disk is nearly full: new work is refused" },
  ];
}

export function quarantined(n, more = {}) {
  return {
    peer: peer(6).agency, epoch: 1, seq: String(n), code: "FAULT_CODE_BAD_CONTENT", refusal: 21, text: "", case_id: "0191d5a0000070008000000000000001",
    at: at(600_000 * n), more: 0, place: `place-${n}`, reason: "", kind: "letter", cause: "Its content breaks a rule.",
    rule: "The contact letter breaks a rule.", ...more,
  };
}

export function workRow(n, more = {}) {
  return {
    case_id: String(n).padStart(32, "0"), letter_number: `411328072611300${String(n).padStart(5, "0")}`, side: n % 2 ? "IN" : "OUT", peer: peer(1).agency,
    person: "王*", relationship: "LETTER_SENT", funds: "NONE_DUE", overlay: "NONE", proposals: n % 3 ? 0 : 1, duty: "form-due",
    due_on: "2026-12-04", ours: n % 2 === 0, passed: n === 2, expected_on: "", held_since: "", assignee: n % 4 ? "" : "wang", ...more,
  };
}

export class World {
  roles = ["operator", "clerk-in"];
  rights = ["use-page", "see-exchange", "see-cases", "work", "run"];
  language = "zh";
  signedIn = true;
  down = false;
  peers = peers();
  alarms = alarms();
  quarantine = [quarantined(1), quarantined(2, { code: "FAULT_CODE_UNKNOWN_CASE", cause: "It is about no case of ours with this agency.", rule: "" })];
  message = { message: JSON.stringify({ letter: { person: { name: "王小明", document_number: "411328198001010011" }, origin_agency: "S41132810207" } }),
    bytes: Buffer.from("Jiexu \u0000 bytes of a letter").toString("hex"), size: "26" };
  work = [1, 2, 3, 4, 5].map((n) => workRow(n));
  workNext = "";
  view = {
    case_id: "0".repeat(32), side: "IN", peer: peer(1).agency, letter_number: "41132807261130000017", relationship: "LETTER_SENT", funds: "NONE_DUE",
    overlay: "NONE", closed: false, person: { name: "王小明", document_number: "411328198001010011" }, due_fen: "0", noticed_fen: "0", credited_fen: "0",
    deadlines: [{ kind: "form-due", started_on: "2026-11-20", due_on: "2026-12-04", passed: false, ours: false }],
    actions: [{ action: "withdraw", title: "", held: "", held_because: "" }], proposals: [], assignee: "wang", created_at: at(9e7), updated_at: at(9e5),
  };
  timeline = [{ n: 1, at: at(9e7), event: "apply", relationship: "DRAFT", funds: "NONE_DUE", actor: "wang", actor_kind: "user", note: "" },
    { n: 2, at: at(9e5), event: "send-letter", relationship: "LETTER_SENT", funds: "NONE_DUE", actor: "li", actor_kind: "user", note: "" }];
  fail = {};       // path -> status
  requests = [];   // method and path of what writes
  reads = 0;       // of everything but events
  streams = null;  // who follows the events; null: nobody can

  // Something has changed.
  tell() {
    for (const stream of this.streams) stream.write('event: link\ndata: {"topic":"link"}\n\n');
  }
  follow(response) {
    const all = this.streams;
    all.add(response);
    response.on("close", () => all.delete(response));
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write("retry: 2000\n\n");
  }
  acts = {};       // "pause" -> function of peer and body

  problem(status) {
    const code = { 401: "unauthenticated", 403: "role_too_low", 404: "unknown_agency", 429: "busy", 500: "internal", 503: "too_many_connections" }[status] ?? "other";
    return { status, type: "application/problem+json", body: { code, title: `问题 ${status}`, detail: "detail", status, findings: [], allowed: [] } };
  }

  answer(method, path, body) {
    const failing = Object.entries(this.fail).find(([prefix]) => path.startsWith(prefix));
    if (failing) return this.problem(failing[1]);
    if (path === "/v1/session" && method === "POST") {
      this.signedIn = true;
      return { status: 201, body: { ...this.session(), key: "k" } };
    }
    if (!this.signedIn) return this.problem(401);
    if (method !== "GET") this.requests.push(`${method} ${path}`);
    if (path === "/v1/session" && method === "DELETE") {
      this.signedIn = false;
      return { status: 204, body: "" };
    }
    return this.read(method, path, body);
  }

  session() {
    return { user: "zhao", roles: this.roles, rights: this.rights, agency: "S41130010001", name: "南阳市医保中心", language: this.language, until: at(-36_000_000), key: "" };
  }

  read(method, path, body) {
    const [, act] = /^\/v1\/peers\/[^/]+\/(\w+)$/.exec(path) ?? [];
    const [, one] = /^\/v1\/peers\/([^/]+)/.exec(path) ?? [];
    const found = one && this.peers.find((row) => row.agency === one);
    if (one && !found) return this.problem(404);
    if (act && method === "POST") {
      this.acts[act]?.(found, body);
      return { status: 200, body: { peers: [] } };
    }
    if (found) return { status: 200, body: found };
    if (path === "/v1/peers") return { status: 200, body: { peers: this.peers } };
    if (path === "/v1/alarms") return { status: 200, body: { alarms: this.alarms } };
    if (path === "/v1/session") return { status: 200, body: this.session() };
    if (path.startsWith("/v1/quarantine/")) return { status: 200, body: { entry: this.quarantine[0], ...this.message } };
    if (path.startsWith("/v1/quarantine")) return { status: 200, body: { entries: this.quarantine, next: "" } };
    if (path.startsWith("/v1/work")) return { status: 200, body: { rows: this.work, next: this.workNext, out_of_time: false } };
    if (path.endsWith("/timeline")) return { status: 200, body: { entries: this.timeline } };
    if (path.startsWith("/v1/cases/")) return { status: 200, body: this.view };
    if (path.startsWith("/v1/ledger/comparisons/")) return { status: 200, body: { day: "2026-11-29", outcome: "agrees", differences_total: "0", at: at(1000) } };
    return this.problem(404);
  }
}

const read = (request) => new Promise((done) => {
  let text = "";
  request.on("data", (piece) => { text += piece; });
  request.on("end", () => done(text));
});

// `page(path, headers)` gives { status, headers, body } of what is not the API.
export async function stage(page) {
  const held = { world: new World() };
  const server = createServer(async (request, response) => {
    const { world } = held;
    if (world.down) return request.socket.destroy();
    const [path] = request.url.split("?");
    if (!path.startsWith("/v1/")) {
      const made = await page(request.url, request.headers);
      response.writeHead(made.status, made.headers);
      return response.end(made.body);
    }
    if (path === "/v1/events" && world.streams) return world.follow(response);
    if (path !== "/v1/events") world.reads += 1;
    const text = await read(request);
    const made = world.answer(request.method, path, text ? JSON.parse(text) : {});
    const body = made.body === "" ? "" : JSON.stringify(made.body);
    const tag = `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`;
    const headers = { "Content-Type": made.type ?? "application/json", "Cache-Control": "no-store" };
    if (made.status === 200) headers.ETag = tag;
    const known = made.status === 200 && request.headers["if-none-match"] === tag;
    response.writeHead(known ? 304 : made.status, headers);
    response.end(known ? "" : body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    get world() { return held.world; },
    fresh() { return (held.world = new World()); },
    close: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }),
  };
}
