/** What a peer's row says, and which is worst. "stuck" is the daemon's alarm on a peer that flows all the same. */
import type { Alarm, Peer } from "../api";
import { called, t } from "../words";

export const WORST_FIRST = ["stopped", "silent", "clock", "stuck", "recovering", "busy", "paused", "opening", "flowing"];

export function stateOf(peer: Peer, alarms: Alarm[]): string {
  const stuck = peer.state === "flowing" && alarms.some((one) => one.peer === peer.agency && one.kind === "unreceipted");
  return stuck ? "stuck" : peer.state;
}

export const stateName = (state: string): string => (state === "stuck" ? t("stuck") : called("peer", state));

const rank = (state: string): number => {
  const at = WORST_FIRST.indexOf(state);
  return at < 0 ? 0 : at;  // one that this page does not know is looked at first
};

export function worse(a: { state: string; peer: Peer }, b: { state: string; peer: Peer }): number {
  return rank(a.state) - rank(b.state) || b.peer.oldestMs - a.peer.oldestMs || b.peer.queued - a.peer.queued ||
    a.peer.agency.localeCompare(b.peer.agency);
}
