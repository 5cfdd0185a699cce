/** Times are those of China, whatever the browser's zone; ages are by the daemon's clock. */
import { t } from "./words";

const HOUR = 3_600_000;

/** How far the daemon's clock is ahead of the browser's, as its answers say. */
let ahead = 0;
export function hearClock(date: string | null, now: number): void {
  const said = date ? Date.parse(date) : NaN;
  // The field has whole seconds: less than two apart is the same.
  if (!Number.isNaN(said)) ahead = Math.abs(said - now) < 2000 ? 0 : said - now;
}
export const daemonNow = (): number => Date.now() + ahead;

function china(at: number): string {
  return new Date(at + 8 * HOUR).toISOString();
}

export const clock = (at: number): string => china(at).slice(11, 19);

/** "08:08:36" of today, else with the day. */
export function moment(rfc: string): string {
  const at = Date.parse(rfc);
  if (Number.isNaN(at)) return "";
  const said = china(at), today = china(daemonNow()).slice(0, 10);
  return said.slice(0, 10) === today ? said.slice(11, 19) : `${said.slice(0, 10)} ${said.slice(11, 16)}`;
}

/** "2026-11-30 18:00" some time from now, as the API takes it. */
export const minuteAfter = (ms: number): string => china(daemonNow() + ms).slice(0, 16).replace("T", " ");

export function lasting(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return t("{n} s", { n: s });
  if (s < 3600) return t("{n} min", { n: Math.floor(s / 60) });
  if (s < 48 * 3600) return t("{n} h", { n: Math.floor(s / 3600) });
  return t("{n} d", { n: Math.floor(s / 86400) });
}

/** How long ago a moment is, or how far ahead; "" for none. */
export function ago(rfc: string): string {
  const away = daemonNow() - Date.parse(rfc);
  if (Number.isNaN(away)) return "";
  return away > -1000 ? t("{age} ago", { age: lasting(away) }) : t("in {age}", { age: lasting(-away) });
}

/** "+0.3 s": another clock less ours. */
export function skew(ms: number): string {
  const tenths = Math.round(ms / 100);
  return t("{n} s", { n: `${tenths < 0 ? "-" : "+"}${(Math.abs(tenths) / 10).toFixed(1)}` });
}

/** Fen as yuan, without a double on the way. */
export function yuan(fen: string): string {
  const minus = fen.startsWith("-"), digits = fen.replace("-", "").padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${minus ? "-" : ""}${whole}.${digits.slice(-2)}`;
}
