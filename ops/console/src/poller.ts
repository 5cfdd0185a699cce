/**
 * Keeps answers of the daemon fresh for all tabs of the browser. Runs in the shared worker, or in the page
 * where there is none. Each address that somebody watches is asked for again, with its tag, about every
 * second; seldom while nobody looks.
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

const EVERY = 1000, SELDOM = 15_000, LOST_AFTER = 150_000, PATIENCE = 8000;

export class Poller {
  private tabs = new Map<Tab, Watcher>();
  private known = new Map<string, Known>();
  private key = "";
  private language = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

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
    this.timer = setTimeout(() => this.turn(), 250);
  }

  private every(): number {
    const seen = [...this.tabs.values()].some((watcher) => watcher.visible);
    return seen ? EVERY : SELDOM;
  }

  private async fetch(url: string, known: Known): Promise<void> {
    known.asking = true;
    known.due = Date.now() + this.every();
    const asked = Date.now();
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
