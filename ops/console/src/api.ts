/**
 * What the daemon says, checked as it comes in: a field that is missing is empty (the API may leave empty
 * ones out), a field of another type is an error that names it. 64-bit numbers come as text; those that
 * are shown as counts fit a double.
 */

import { shown } from "./hidden";

export type Json = Record<string, unknown>;

export class Unreadable extends Error {}

function object(value: unknown, what: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unreadable(what);
  return value as Json;
}

/** As it came, for what is read further. */
function raw(of: Json, name: string): string {
  const value = of[name] ?? "";
  if (typeof value !== "string") throw new Unreadable(name);
  return value;
}

/** As it may be shown, whoever wrote it. */
const text = (of: Json, name: string): string => shown(raw(of, name));

function number(of: Json, name: string): number {
  const value = of[name] ?? 0;
  const read = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof read !== "number" || !Number.isFinite(read)) throw new Unreadable(name);
  return read;
}

function flag(of: Json, name: string): boolean {
  const value = of[name] ?? false;
  if (typeof value !== "boolean") throw new Unreadable(name);
  return value;
}

function list<T>(of: Json, name: string, read: (one: Json) => T): T[] {
  const value = of[name] ?? [];
  if (!Array.isArray(value)) throw new Unreadable(name);
  return value.map((one) => read(object(one, name)));
}

function texts(of: Json, name: string): string[] {
  const value = of[name] ?? [];
  if (!Array.isArray(value) || value.some((one) => typeof one !== "string")) throw new Unreadable(name);
  return value as string[];
}

export interface Session {
  user: string; roles: string[]; rights: string[]; agency: string; name: string; language: string; until: string; key: string;
}

export function readSession(body: unknown): Session {
  const of = object(body, "session");
  return {
    user: text(of, "user"), roles: texts(of, "roles"), rights: texts(of, "rights"), agency: text(of, "agency"), name: text(of, "name"),
    language: text(of, "language"), until: text(of, "until"), key: text(of, "key"),
  };
}

export interface Peer {
  agency: string; name: string; state: string; since: string; cause: string; stopReason: string;
  queued: number; oldestMs: number; outEpoch: number; outLast: number; outReceipted: number; outHead: string;
  inEpoch: number; inLast: number; inHead: string; lastHeard: string; lastReceipt: string; lastAnswer: string;
  answerMs: number; nextTry: string; quarantined: number; windowBytes: number; clockKnown: boolean;
  skewMs: number; pausedBy: string; pauseWhy: string; pauseUntil: string;
  sentFen: string; receivedFen: string; creditedFen: string;
}

export function readPeer(of: Json): Peer {
  return {
    agency: text(of, "agency"), name: text(of, "name"), state: text(of, "state"), since: text(of, "since"),
    cause: text(of, "cause"), stopReason: text(of, "stop_reason"), queued: number(of, "queued"),
    oldestMs: number(of, "oldest_unreceipted_ms"), outEpoch: number(of, "out_epoch"),
    outLast: number(of, "out_last_seq"), outReceipted: number(of, "out_receipted_seq"),
    outHead: text(of, "out_head"), inEpoch: number(of, "in_epoch"), inLast: number(of, "in_last_seq"),
    inHead: text(of, "in_head"), lastHeard: text(of, "last_heard"), lastReceipt: text(of, "last_receipt"),
    lastAnswer: text(of, "last_answer"), answerMs: number(of, "answer_ms"), nextTry: text(of, "next_try"),
    quarantined: number(of, "quarantined"), windowBytes: number(of, "window_bytes"),
    clockKnown: flag(of, "clock_known"), skewMs: number(of, "skew_ms"), pausedBy: text(of, "paused_by"),
    pauseWhy: text(of, "pause_why"), pauseUntil: text(of, "pause_until"),
    sentFen: fen(of, "sent_fen"), receivedFen: fen(of, "received_fen"), creditedFen: fen(of, "credited_fen"),
  };
}

/** Money stays text: a double has 53 bits. */
function fen(of: Json, name: string): string {
  const value = String(of[name] ?? "0");
  if (!/^-?\d+$/.test(value)) throw new Unreadable(name);
  return value;
}

export const readPeers = (body: unknown): Peer[] => list(object(body, "peers"), "peers", readPeer);

export interface Alarm { kind: string; peer: string; since: string; text: string }

export const readAlarms = (body: unknown): Alarm[] =>
  list(object(body, "alarms"), "alarms", (of) => ({
    kind: text(of, "kind"), peer: text(of, "peer"), since: text(of, "since"), text: text(of, "text"),
  }));

export interface Quarantined {
  place: string; peer: string; at: string; caseId: string; kind: string; code: string; epoch: number;
  seq: number; cause: string; rule: string; text: string; more: number;
}
export interface QuarantinePage { entries: Quarantined[]; next: string }

function readEntry(of: Json): Quarantined {
  return {
    place: text(of, "place"), peer: text(of, "peer"), at: text(of, "at"), caseId: text(of, "case_id"),
    kind: text(of, "kind"), code: text(of, "code").replace(/^FAULT_CODE_/, ""), epoch: number(of, "epoch"),
    seq: number(of, "seq"), cause: text(of, "cause"), rule: text(of, "rule"), text: text(of, "text"),
    more: number(of, "more"),
  };
}

export function readQuarantine(body: unknown): QuarantinePage {
  const of = object(body, "quarantine");
  return { entries: list(of, "entries", readEntry), next: text(of, "next") };
}

export interface QuarantinedMessage { entry: Quarantined; message: string; bytes: string; size: number }

export function readQuarantined(body: unknown): QuarantinedMessage {
  const of = object(body, "message");
  return {
    entry: readEntry(object(of["entry"], "entry")), message: raw(of, "message"), bytes: text(of, "bytes"),
    size: number(of, "size"),
  };
}

export interface Comparison { day: string; outcome: string; differences: number; at: string }

export function readComparison(body: unknown): Comparison {
  const of = object(body, "comparison");
  return {
    day: text(of, "day"), outcome: text(of, "outcome"), differences: number(of, "differences_total"),
    at: text(of, "at"),
  };
}

export interface WorkRow {
  caseId: string; letter: string; side: string; peer: string; person: string; relationship: string;
  funds: string; overlay: string; proposals: number; duty: string; dueOn: string; ours: boolean;
  passed: boolean; expectedOn: string; heldSince: string; assignee: string;
}
export interface WorkPage { rows: WorkRow[]; next: string; outOfTime: boolean }

export function readWork(body: unknown): WorkPage {
  const of = object(body, "work");
  return {
    rows: list(of, "rows", (row) => ({
      caseId: text(row, "case_id"), letter: text(row, "letter_number"), side: text(row, "side"),
      peer: text(row, "peer"), person: text(row, "person"), relationship: text(row, "relationship"),
      funds: text(row, "funds"), overlay: text(row, "overlay"), proposals: number(row, "proposals"),
      duty: text(row, "duty"), dueOn: text(row, "due_on"), ours: flag(row, "ours"),
      passed: flag(row, "passed"), expectedOn: text(row, "expected_on"), heldSince: text(row, "held_since"),
      assignee: text(row, "assignee"),
    })),
    next: text(of, "next"), outOfTime: flag(of, "out_of_time"),
  };
}

/** Why something was not done: the API's problem (RFC 9457), or that nobody answered. */
export interface Problem { status: number; code: string; title: string; detail: string }

export const noAnswer: Problem = { status: 0, code: "no_answer", title: "", detail: "" };

export function readProblem(status: number, body: string): Problem {
  try {
    const of = object(JSON.parse(body), "problem");
    return { status, code: text(of, "code"), title: text(of, "title"), detail: text(of, "detail") };
  } catch {
    return { status, code: "", title: "", detail: "" };
  }
}

export interface Deadline {
  kind: string; dueOn: string; ours: boolean; passed: boolean; startedOn: string; heldSince: string; expectedOn: string;
}
export interface Act { action: string; title: string; held: string; heldBecause: string; dueOn: string }
export interface CaseView {
  caseId: string; side: string; peer: string; letter: string; relationship: string; funds: string; overlay: string;
  closed: boolean; person: string; document: string; dueFen: string; noticedFen: string; creditedFen: string;
  deadlines: Deadline[]; actions: Act[]; assignee: string; createdAt: string; updatedAt: string; waiting: number;
}

export function readCase(body: unknown): CaseView {
  const of = object(body, "case"), person = object(of["person"] ?? {}, "person");
  return {
    caseId: text(of, "case_id"), side: text(of, "side"), peer: text(of, "peer"), letter: text(of, "letter_number"),
    relationship: text(of, "relationship"), funds: text(of, "funds"), overlay: text(of, "overlay"),
    closed: flag(of, "closed"), person: text(person, "name"), document: text(person, "document_number"),
    dueFen: fen(of, "due_fen"), noticedFen: fen(of, "noticed_fen"), creditedFen: fen(of, "credited_fen"),
    deadlines: list(of, "deadlines", (one) => ({
      kind: text(one, "kind"), dueOn: text(one, "due_on"), ours: flag(one, "ours"), passed: flag(one, "passed"),
      startedOn: text(one, "started_on"), heldSince: text(one, "held_since"), expectedOn: text(one, "expected_on"),
    })),
    actions: list(of, "actions", (one) => ({
      action: text(one, "action"), title: text(one, "title"), held: text(one, "held"),
      heldBecause: text(one, "held_because"), dueOn: text(one, "due_on"),
    })),
    assignee: text(of, "assignee"), createdAt: text(of, "created_at"), updatedAt: text(of, "updated_at"),
    waiting: list(of, "proposals", (one) => one).length,
  };
}

export interface Entry { n: number; at: string; event: string; actor: string; actorKind: string; note: string; relationship: string; funds: string }

export const readTimeline = (body: unknown): Entry[] =>
  list(object(body, "timeline"), "entries", (of) => ({
    n: number(of, "n"), at: text(of, "at"), event: text(of, "event"), actor: text(of, "actor"),
    actorKind: text(of, "actor_kind"), note: text(of, "note"), relationship: text(of, "relationship"),
    funds: text(of, "funds"),
  }));
