/**
 * Who sits here. A link made by `jiexu console open` brings a secret in its fragment; it is handed in once and
 * gives a cookie, which no script reads, and a key, which this origin keeps: the daemon asks for both.
 */
import { signal } from "@preact/signals";
import { noAnswer, readProblem, readSession, type Problem, type Session } from "./api";
import { hearClock } from "./time";
import { choose, chosen, language } from "./words";

const KEY = "jx-key";

/** undefined: not known yet; null: nobody. */
export const session = signal<Session | null | undefined>(undefined);
/** Why nobody could sign in. */
export const refused = signal<Problem | null>(null);
/** What may not be lost is on the page: the session has ended under it. */
export const ended = signal(false);

/** Whether who sits here has the right (`jiexu user roles`). */
export const may = (right: string): boolean => session.value?.rights.includes(right) ?? false;

export const key = (): string => localStorage.getItem(KEY) ?? "";

export interface Answer { status: number; body: string; problem: Problem | null; tag: string }

/** One request; status 0 if nobody answers. */
export async function ask(method: string, target: string, body?: unknown,
                          more: Record<string, string> = {}): Promise<Answer> {
  const headers: Record<string, string> = { "Accept-Language": language.value, ...more };
  if (!("Authorization" in more)) headers["X-Jiexu-Key"] = key();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const init: RequestInit = { method, headers, cache: "no-store", signal: AbortSignal.timeout(20_000) };
  if (body !== undefined) init.body = JSON.stringify(body);
  try {
    const response = await fetch(target, init);
    hearClock(response.headers.get("Date"), Date.now());
    const text = await response.text();
    const bad = response.status >= 400;
    if (response.status === 401) nobody();
    return { status: response.status, body: text, problem: bad ? readProblem(response.status, text) : null,
             tag: response.headers.get("ETag") ?? "" };
  } catch {
    return { status: 0, body: "", problem: noAnswer, tag: "" };
  }
}

/** What is on the page stays, under a panel to sign in. */
export function nobody(): void {
  if (session.value) ended.value = true;
  else if (session.value === undefined) session.value = null;
}

function somebody(body: string): void {
  const given = readSession(JSON.parse(body));
  if (given.key) localStorage.setItem(KEY, given.key);
  if (!chosen.language && (given.language === "zh" || given.language === "en")) choose(given.language, false);
  session.value = given;
  ended.value = false;
  refused.value = null;
}

/** The secret of a link, or of a whole one that was pasted. */
export async function signIn(link: string): Promise<boolean> {
  const secret = link.trim().replace(/^.*#/, "");
  const answer = await ask("POST", "/v1/session", undefined, { Authorization: `Link ${secret}` });
  if (answer.status === 201) {
    somebody(answer.body);
    return true;
  }
  refused.value = answer.problem;
  return false;
}

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** By user and password. Who meets a crowd waits his second and tries once more. */
export async function signInBy(user: string, password: string): Promise<boolean> {
  const credentials = { Authorization: `Basic ${base64(`${user}:${password}`)}` };
  let answer = await ask("POST", "/v1/session", undefined, credentials);
  if (answer.problem?.code === "sign_in_busy") {
    await new Promise((done) => setTimeout(done, 1000));
    answer = await ask("POST", "/v1/session", undefined, credentials);
  }
  if (answer.status === 201) somebody(answer.body);
  else refused.value = answer.problem;
  return answer.status === 201;
}

/** Sets another password, and signs in with it. */
export async function changePassword(user: string, was: string, fresh: string): Promise<boolean> {
  const credentials = { Authorization: `Change ${base64(`${user}\n${was}\n${fresh}`)}` };
  const answer = await ask("POST", "/v1/session/password", undefined, credentials);
  if (answer.status === 204) return signInBy(user, fresh);
  refused.value = answer.problem;
  return false;
}

export async function signOut(): Promise<Problem | null> {
  const answer = await ask("DELETE", "/v1/session");
  if (answer.problem && answer.status !== 401) return answer.problem;
  localStorage.removeItem(KEY);
  session.value = null;
  ended.value = false;
  return null;
}

/** Whether the kept key still stands for somebody. */
export async function whoIsHere(): Promise<void> {
  if (!key()) {
    nobody();
    return;
  }
  const answer = await ask("GET", "/v1/session");
  if (answer.status === 200) somebody(answer.body);
  else if (answer.status !== 401) {
    refused.value = answer.problem;
    if (session.value === undefined) session.value = null;
  }
}

/** At the beginning: the fragment first, which then goes from the address and the history. */
export async function begin(): Promise<void> {
  const secret = location.hash.slice(1);
  if (secret) history.replaceState(null, "", location.pathname + location.search);
  if (!secret || !(await signIn(secret))) await whoIsHere();
}

// A link that was put into the address of this page does not load it anew.
addEventListener("hashchange", () => void begin());
// Another tab has signed in or out.
addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  if (event.newValue) void whoIsHere();
  else nobody();
});
