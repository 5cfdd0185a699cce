/**
 * Keeps answers of the daemon fresh for all tabs of the browser. Runs in the shared worker, or in the page
 * where there is none. Each address that somebody watches is asked for again, with its tag, about every
 * second; where the daemon tells of events, it is asked when one has come, and seldom else. Nobody looks: seldom.
 */

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
interface Known { status: number; body: string; tag: string; at: number; asking: boolean; due: number }

const EVERY = 1000, EVERY_WITH_EVENTS = 5000, SELDOM = 15_000, LOST_AFTER = 150_000, PATIENCE = 8000;

export class Poller {
  private tabs = new Map<Tab, Watcher>();
  private known = new Map<string, Known>();
  private key = "";
  private language = "";
  private events = false;
  private eventsDue = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  hear(tab: Tab, message: FromTab): void {
    if (message.kind === "bye") this.tabs.delete(tab);
    if (message.kind === "now") this.hasten();
    if (message.kind === "watch") this.watch(tab, message);
    this.turn();
  }

  private watch(tab: Tab, message: Extract<FromTab, { kind: "watch" }>): void {
    if (message.key !== this.key || message.language !== this.language) {
      this.known.clear();  // they were another user's, or in another language
      this.eventsDue = 0;
    }
    this.key = message.key;
    this.language = message.language;
    const before = this.tabs.get(tab)?.urls ?? [];
    this.tabs.set(tab, { urls: message.urls, visible: message.visible, heard: Date.now() });
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

  /** Asks for what is due, and comes again. */
  private turn(): void {
    clearTimeout(this.timer);
    const now = Date.now();
    for (const [tab, watcher] of this.tabs) if (now - watcher.heard > LOST_AFTER) this.tabs.delete(tab);
    const wanted = new Set([...this.tabs.values()].flatMap((watcher) => watcher.urls));
    for (const url of this.known.keys()) if (!wanted.has(url)) this.known.delete(url);
    if (!wanted.size) return;
    for (const url of wanted) {
      const known = this.known.get(url) ?? { status: 0, body: "", tag: "", at: 0, asking: false, due: 0 };
      this.known.set(url, known);
      if (!known.asking && known.due <= now) void this.fetch(url, known);
    }
    if (!this.events && this.eventsDue <= now) void this.listen();
    this.timer = setTimeout(() => this.turn(), 250);
  }

  private every(): number {
    const seen = [...this.tabs.values()].some((watcher) => watcher.visible);
    return !seen ? SELDOM : this.events ? EVERY_WITH_EVENTS : EVERY;
  }

  private headers(more: Record<string, string>): Record<string, string> {
    return { "X-Jiexu-Key": this.key, "Accept-Language": this.language, ...more };
  }

  private async fetch(url: string, known: Known): Promise<void> {
    known.asking = true;
    known.due = Date.now() + this.every();
    const asked = Date.now();
    const headers = this.headers(known.tag ? { "If-None-Match": known.tag } : {});
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

  /** The daemon's events say that something has changed, whatever it is: all that is watched is asked for. */
  private async listen(): Promise<void> {
    this.eventsDue = Date.now() + 60_000;
    this.events = false;
    const end = new AbortController();
    try {
      const headers = this.headers({ Accept: "text/event-stream" });
      const response = await fetch("/v1/events", { headers, cache: "no-store", signal: end.signal });
      const type = response.headers.get("Content-Type") ?? "";
      if (response.status !== 200 || !response.body || !type.startsWith("text/event-stream")) return;
      this.events = true;
      this.eventsDue = 0;
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || !this.tabs.size) break;
        // A comment keeps the line open and says nothing.
        if (!(value.length && value[0] === 58)) this.hasten();
      }
    } catch {
      this.eventsDue = Date.now() + 2000;
    } finally {
      this.events = false;
      end.abort();
    }
  }
}
