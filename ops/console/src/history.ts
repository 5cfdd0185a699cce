/**
 * What the page has seen of each peer since it was opened: the daemon keeps no history of queues yet. A point
 * every ten seconds for an hour; rates come from the last minute.
 */
import type { Peer } from "./api";

interface Point { at: number; queued: number; out: number; in: number }
const EVERY = 10_000, MOST = 360, MINUTE = 60_000;
const seen = new Map<string, Point[]>();
const newest = new Map<string, Point>();

export function remember(peers: Peer[], at: number): void {
  for (const peer of peers) {
    const points = seen.get(peer.agency) ?? [];
    const point = { at, queued: peer.queued, out: peer.outReceipted, in: peer.inLast };
    newest.set(peer.agency, point);
    const last = points[points.length - 1];
    if (last && at - last.at < EVERY) continue;
    points.push(point);
    if (points.length > MOST) points.shift();
    seen.set(peer.agency, points);
  }
}

export function depths(agency: string): { points: number[]; since: number } {
  const points = seen.get(agency) ?? [], now = newest.get(agency);
  const depth = points.map((point) => point.queued);
  return { points: now ? [...depth, now.queued] : depth, since: points[0]?.at ?? 0 };
}

/** Messages a minute; undefined until there is something to compare. A new epoch counts from its own. */
export function rate(agency: string, way: "out" | "in"): number | undefined {
  const points = seen.get(agency) ?? [], now = newest.get(agency);
  if (!now) return undefined;
  const from = points.find((point) => now.at - point.at <= MINUTE);
  if (!from || now.at - from.at < 5000) return undefined;
  return Math.max(0, Math.round(((now[way] - from[way]) * MINUTE) / (now.at - from.at)));
}
