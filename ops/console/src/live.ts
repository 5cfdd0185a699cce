/**
 * Answers that stay fresh. A screen watches addresses; each is a signal with the last good answer, when it
 * was true, and what is wrong since. One part that is stale leaves the others as they are.
 */
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { noAnswer, readProblem, Unreadable, type Problem } from "./api";
import { Poller, type FromTab, type Tab, type ToTab } from "./poller";
import { ended, key, session, whoIsHere } from "./session";
import { hearClock } from "./time";
import { language } from "./words";

export interface Live<T> {
  data: T | undefined;
  at: number;               // when `data` was so
  problem: Problem | null;  // since then
}

type Read = (body: unknown) => unknown;
interface Watched { read: Read; state: Signal<Live<unknown>>; users: number; body: string }

const watched = new Map<string, Watched>();
/** When the newest request that the daemon has answered was made, whatever it said; 0: never. */
export const heard = signal(0);
/** The second, for ages. */
export const tick = signal(Date.now());
setInterval(() => { tick.value = Date.now(); }, 1000);

const LOST_MS = 5000;
export const connected: ReadonlySignal<boolean> =
  computed(() => heard.value !== 0 && tick.value - heard.value < LOST_MS);

let send: (message: FromTab) => void;

function open(): void {
  const take = (message: ToTab): void => hear(message);
  try {
    const policy = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): {
      createScriptURL(url: string): string } } }).trustedTypes?.createPolicy("jiexu", {
      createScriptURL: () => WORKER_URL,  // no other script can be loaded
    });
    const worker = new SharedWorker(policy ? policy.createScriptURL("") : WORKER_URL, "jiexu");
    worker.port.onmessage = (event: MessageEvent<ToTab>) => take(event.data);
    send = (message) => worker.port.postMessage(message);
  } catch {
    const poller = new Poller(), tab: Tab = { tell: take };
    send = (message) => poller.hear(tab, message);
  }
}
open();

function hear(message: ToTab): void {
  if (message.kind === "date") {
    hearClock(message.date, message.at);
    return;
  }
  const one = watched.get(message.url);
  if (message.kind === "same" || message.status !== 0) heard.value = Math.max(heard.value, message.at);
  if (!one) return;
  if (message.kind === "same") {
    one.state.value = { ...one.state.value, at: message.at, problem: null };
    return;
  }
  if (message.status === 401) doubt();
  if (message.status === 200) take(one, message.body, message.at);
  else fail(one, message.status === 0 ? noAnswer : readProblem(message.status, message.body));
}

/** What the stream was refused may have been asked with the key from before. */
let doubting = false;
function doubt(): void {
  if (doubting || ended.value) return;
  doubting = true;
  void whoIsHere().finally(() => { doubting = false; });
}

function take(one: Watched, body: string, at: number): void {
  if (body === one.body && one.state.value.data !== undefined) {
    one.state.value = { ...one.state.value, at, problem: null };
    return;
  }
  try {
    one.state.value = { data: one.read(JSON.parse(body)), at, problem: null };
    one.body = body;
  } catch (error) {
    const what = error instanceof Unreadable ? error.message : "JSON";
    fail(one, { status: 200, code: "unreadable", title: "", detail: what });
  }
}

function fail(one: Watched, problem: Problem): void {
  one.state.value = { ...one.state.value, problem };
}

function tellWorker(): void {
  if (!session.value || ended.value) {
    send({ kind: "bye" });
    return;
  }
  send({ kind: "watch", urls: [...watched.keys()], key: key(), language: language.value,
         visible: document.visibilityState === "visible" });
}
document.addEventListener("visibilitychange", tellWorker);
addEventListener("pagehide", () => send({ kind: "bye" }));
addEventListener("pageshow", tellWorker);
setInterval(tellWorker, 20_000);  // a tab that is silent for long is forgotten
effect(() => {
  void session.value; void ended.value; void language.value;
  tellWorker();
});

/** Asks again at once, after an act. */
export const refresh = (): void => send({ kind: "now" });

function watch(url: string, read: Read): Watched {
  const known = watched.get(url);
  if (known) return known;
  const fresh = { read, state: signal<Live<unknown>>({ data: undefined, at: 0, problem: null }), users: 0, body: "" };
  watched.set(url, fresh);
  return fresh;
}

/** Keeps `url` fresh while the component is there. */
export function useLive<T>(url: string, read: (body: unknown) => T): Live<T> {
  const one = watch(url, read);
  useEffect(() => {
    const mine = watch(url, read);
    mine.users += 1;
    tellWorker();
    return () => {
      mine.users -= 1;
      if (mine.users === 0) watched.delete(url);
      tellWorker();
    };
  }, [url]);
  return one.state.value as Live<T>;
}
