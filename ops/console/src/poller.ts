/**
 * Keeps answers of the daemon fresh for all tabs of the browser. Runs in the shared worker, or in the page
 * where there is none. Each address that somebody watches is asked for again, with its tag: as soon as the
 * stream of events says that something has changed, but not more than once a second, and seldom otherwise.
 * One of them is asked for every two seconds, for a daemon that hangs ends no stream. While there is no stream
 * all are asked for about every second. Seldom while nobody looks.
 */
import { Stream } from "./stream";

export type ToTab =
  | { kind: "answer"; url: string; status: number; body: string; at: number }
  | { kind: "same"; url: string; at: number }
  | { kind: "date"; date: string | null; at: number };

export type FromTab =
  | { kind: "watch"; urls: string[]; key: string; language: string; visible: boolean }
  | { kind: "now" }
  | { kind: "bye" };

export interface Tab { tell(message: ToTab): void }

interface Watcher { urls: string[]; visible: boolean; heard: number }
interface Known {
  status: number; body: string; tag: string; at: number; asking: boolean; asked: number; due: number;
}

const EVERY = 1000, PULSE = 2000, SELDOM = 15_000, LOST_AFTER = 150_000, PATIENCE = 8000;

export class Poller {
  private tabs = new Map<Tab, Watcher>();
  private known = new Map<string, Known>();
  private key = "";
  private language = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stream = new Stream(() => this.changed(), () => this.hasten());

  hear(tab: Tab, message: FromTab): void {
    if (message.kind === "bye") this.tabs.delete(tab);
    if (message.kind === "now") this.hasten();
    if (message.kind === "watch") this.watch(tab, message);
    this.turn();
  }

  private watch(tab: Tab, message: Extract<FromTab, { kind: "watch" }>): void {
    // What is known was another user's, or in another language.
    if (message.key !== this.key || message.language !== this.language) this.known.clear();
    this.key = message.key;
    this.language = message.language;
    const before = this.tabs.get(tab)?.urls ?? [];
    const seen = this.seen();
    this.tabs.set(tab, { urls: message.urls, visible: message.visible, heard: Date.now() });
    if (!seen) this.changed();
    for (const url of message.urls) {
      const known = this.known.get(url);
      if (known?.status && !before.includes(url)) {
        tab.tell({ kind: "answer", url, status: known.status, body: known.body, at: known.at });
      }
    }
  }

  private hasten(): void {
    for (const known of this.known.values()) known.due = 0;
  }

  private changed(): void {
    if (!this.seen()) return;
    for (const known of this.known.values()) known.due = Math.min(known.due, known.asked + EVERY);
  }

  /** Asks for what is due, and comes again. */
  private turn(): void {
    clearTimeout(this.timer);
    const now = Date.now();
    for (const [tab, watcher] of this.tabs) if (now - watcher.heard > LOST_AFTER) this.tabs.delete(tab);
    const wanted = new Set([...this.tabs.values()].flatMap((watcher) => watcher.urls));
    for (const url of this.known.keys()) if (!wanted.has(url)) this.known.delete(url);
    if (!wanted.size) {
      this.stream.close();
      return;
    }
    this.stream.keep(this.key);
    for (const url of wanted) {
      const known = this.known.get(url) ?? { status: 0, body: "", tag: "", at: 0, asking: false, asked: 0, due: 0 };
      this.known.set(url, known);
      if (!known.asking && known.due <= now) void this.fetch(url, known);
    }
    this.timer = setTimeout(() => this.turn(), 250);
  }

  private seen(): boolean {
    return [...this.tabs.values()].some((watcher) => watcher.visible);
  }

  private every(url: string): number {
    if (!this.seen()) return SELDOM;
    if (!this.stream.stands) return EVERY;
    return url === this.known.keys().next().value ? PULSE : SELDOM;
  }

  private async fetch(url: string, known: Known): Promise<void> {
    known.asking = true;
    const asked = Date.now();
    known.asked = asked;
    known.due = asked + this.every(url);
    const headers: Record<string, string> = { "X-Jiexu-Key": this.key, "Accept-Language": this.language };
    if (known.tag) headers["If-None-Match"] = known.tag;
    try {
      const response = await fetch(url, { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      const body = response.status === 304 ? "" : await response.text();
      this.take(url, known, response, body, asked);
    } catch {
      this.tell(url, { kind: "answer", url, status: 0, body: "", at: asked });
      known.tag = "";
      known.status = 0;
    }
    known.asking = false;
  }

  private take(url: string, known: Known, response: Response, body: string, at: number): void {
    if (this.known.get(url) !== known) return;  // of another user
    this.tell(url, { kind: "date", date: response.headers.get("Date"), at: Date.now() });
    known.at = at;
    if (response.status === 304) {
      this.tell(url, { kind: "same", url, at });
      return;
    }
    known.status = response.status;
    known.body = body;
    known.tag = response.status === 200 ? (response.headers.get("ETag") ?? "") : "";
    this.tell(url, { kind: "answer", url, status: known.status, body, at });
  }

  private tell(url: string, message: ToTab): void {
    for (const [tab, watcher] of this.tabs) if (watcher.urls.includes(url)) tab.tell(message);
  }
}
