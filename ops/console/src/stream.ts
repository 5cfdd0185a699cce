/**
 * Hears that something has changed, from the stream of events (GET /v1/events): not what, for whoever watches
 * an address asks for it again. Where there is no stream (a proxy that holds answers back, too many of them,
 * a user who may not), nothing is lost: the poller asks as often as without it.
 */

const AGAIN = 2000, REFUSED = 30_000, SILENCE = 40_000;  // the daemon says something every 15 s

export class Stream {
  stands = false;
  private key = "";
  private stop: AbortController | undefined;
  private due = 0;

  /** `fell`: it stood and does so no more. */
  constructor(private changed: () => void, private fell: () => void) {}

  /** Opens it unless it is open; call often. */
  keep(key: string): void {
    if (key !== this.key) this.close();
    if (this.stop || Date.now() < this.due) return;
    this.key = key;
    this.stop = new AbortController();
    void this.follow(this.stop);
  }

  close(): void {
    this.stop?.abort();
    this.stop = undefined;
    this.stands = false;
    this.due = 0;
  }

  private async follow(stop: AbortController): Promise<void> {
    let pause = AGAIN;
    try {
      const headers = { "X-Jiexu-Key": this.key, Accept: "text/event-stream" };
      const response = await fetch("/v1/events", { headers, cache: "no-store", signal: stop.signal });
      if (response.status !== 200 || !response.body) pause = REFUSED;
      else await this.read(response.body.getReader(), stop);
    } catch {
      // It broke off, or was silent for too long.
    }
    if (this.stop !== stop) return;  // closed; perhaps another one is open
    stop.abort();
    this.stop = undefined;
    this.due = Date.now() + pause;
    if (!this.stands) return;
    this.stands = false;
    this.fell();
  }

  private async read(reader: ReadableStreamDefaultReader<Uint8Array>, stop: AbortController): Promise<void> {
    const text = new TextDecoder();
    let line = "";
    for (;;) {
      const silent = setTimeout(() => stop.abort(), SILENCE);
      const { done, value } = await reader.read().finally(() => clearTimeout(silent));
      if (done || this.stop !== stop) return;
      // What changed while it was being opened was not told.
      if (!this.stands) this.changed();
      this.stands = true;
      const lines = (line + text.decode(value, { stream: true })).split("\n");
      line = lines.pop() ?? "";
      if (lines.some((one) => one.startsWith("event:"))) this.changed();
    }
  }
}
