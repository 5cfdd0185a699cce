/** Home of the operator: a row a peer, the worst first. */
import { useEffect } from "preact/hooks";
import type { JSX } from "preact";
import { readAlarms, readPeers, type Alarm, type Peer } from "../api";
import { csv } from "../hidden";
import { depths, rate, remember } from "../history";
import { useLive } from "../live";
import { Age, Chips, Fetched, Heads, Moment, Said, Scroll, Search, Spark, State, useHeld, useSteady, type Column } from "../parts";
import { address, asked, refine } from "../place";
import { clock } from "../time";
import { said, t } from "../words";
import { stateName, stateOf, WORST_FIRST, worse } from "./states";

interface Row { peer: Peer; state: string }

function fits(row: Row, text: string): boolean {
  const low = text.trim().toLowerCase();
  return !low || row.peer.agency.toLowerCase().includes(low) || row.peer.name.toLowerCase().includes(low);
}

const VALUES: Record<string, (row: Row) => number | string> = {
  agency: (row) => row.peer.name || row.peer.agency,
  state: (row) => -WORST_FIRST.indexOf(row.state),
  queued: (row) => row.peer.queued,
  oldest: (row) => row.peer.oldestMs,
  out: (row) => rate(row.peer.agency, "out") ?? -1,
  in: (row) => rate(row.peer.agency, "in") ?? -1,
  receipt: (row) => row.peer.lastReceipt,
  heard: (row) => row.peer.lastHeard,
};

function sorted(rows: Row[], sort: string): Row[] {
  const value = VALUES[sort.replace(/^-/, "")], sign = sort.startsWith("-") ? -1 : 1;
  if (!value) return [...rows].sort(worse);
  return [...rows].sort((a, b) => {
    const x = value(a), y = value(b);
    const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "zh");
    return sign * order || worse(a, b);
  });
}

function columns(): Column[] {
  return [
    { id: "agency", title: t("Agency") }, { id: "state", title: t("State") },
    { id: "queued", title: t("Waiting"), numeric: true }, { id: "oldest", title: t("Oldest"), numeric: true },
    { id: "trend", title: t("Queue"), sortable: false },
    { id: "out", title: t("Out/min"), numeric: true }, { id: "in", title: t("In/min"), numeric: true },
    { id: "receipt", title: t("Last receipt") }, { id: "heard", title: t("Last heard") },
  ];
}

function save(rows: Row[]): void {
  const head = [t("Agency"), t("Code"), t("State"), t("Why"), t("Waiting"), t("Oldest, ms"), t("Last receipt"), t("Last heard")];
  const body = rows.map(({ peer, state }) => [peer.name, peer.agency, stateName(state), said(peer.cause), String(peer.queued),
    String(peer.oldestMs), peer.lastReceipt, peer.lastHeard]);
  const url = URL.createObjectURL(new Blob([csv([head, ...body])], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `queues-${clock(Date.now()).replaceAll(":", "")}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function Why({ peer, state }: Row): JSX.Element | null {
  if (state === "paused") {
    return (
      <div class="why">
        {t("by {user}", { user: peer.pausedBy })} · {" "}
        {peer.pauseUntil ? <>{t("until")} <Moment at={peer.pauseUntil} /></> : t("until somebody resumes it")}
        {peer.pauseWhy && <> · <Said text={peer.pauseWhy} /></>}
      </div>
    );
  }
  if (state === "stuck") return <div class="why">{said("its oldest message without a receipt is older than 60 s")}</div>;
  if (!peer.cause) return null;
  return (
    <div class="why">
      <Said text={said(peer.cause)} />
      {peer.nextTry && <> · {t("next try")} <Moment at={peer.nextTry} /></>}
    </div>
  );
}

const number = (n: number | undefined): JSX.Element => (n === undefined ? <span class="faint">–</span> : <>{n}</>);

function Line({ row }: { row: Row }): JSX.Element {
  const { peer, state } = row, past = depths(peer.agency);
  return (
    <tr data-row class={`is-${state}`}>
      <th scope="row">
        <a href={address(`/peers/${encodeURIComponent(peer.agency)}`)}>
          <Said text={peer.name || peer.agency} /> <small class="code">{peer.agency}</small>
        </a>
      </th>
      <td>
        <State name={state} label={stateName(state)} /> <small><Moment at={peer.since} none="" /></small>
        <Why {...row} />
      </td>
      <td class="num" data-name={t("Waiting")}>{peer.queued}</td>
      <td class="num" data-name={t("Oldest")}><Age ms={peer.oldestMs} /></td>
      <td><Spark points={past.points} label={t("Waiting since {time}: now {n}, most {most}",
        { time: clock(past.since), n: peer.queued, most: Math.max(0, ...past.points) })} /></td>
      <td class="num" data-name={t("Out/min")}>{number(rate(peer.agency, "out"))}</td>
      <td class="num" data-name={t("In/min")}>{number(rate(peer.agency, "in"))}</td>
      <td data-name={t("Last receipt")}><Moment at={peer.lastReceipt} /></td>
      <td data-name={t("Last heard")}><Moment at={peer.lastHeard} /></td>
    </tr>
  );
}

function Table({ peers, alarms }: { peers: Peer[]; alarms: Alarm[] }): JSX.Element {
  const { held, hold } = useHeld();
  const all: Row[] = peers.map((peer) => ({ peer, state: stateOf(peer, alarms) }));
  const state = asked("state"), text = asked("q"), sort = asked("sort");
  const found = all.filter((row) => (!state || row.state === state) && fits(row, text));
  const keys = useSteady(sorted(found, sort).map((row) => row.peer.agency), held, `${state} ${text} ${sort}`);
  const byKey = new Map(found.map((row) => [row.peer.agency, row]));
  const rows = keys.flatMap((one) => byKey.get(one) ?? []);
  const choices = WORST_FIRST.map((name) => ({ value: name, label: stateName(name), state: name,
    count: all.filter((row) => row.state === name).length })).filter((one) => one.count || one.value === state);
  return (
    <>
      <div class="tools">
        <Chips label={t("State")} choices={choices} chosen={state} choose={(value) => refine("state", value)} />
        <Search value={text} change={(value) => refine("q", value, "typing")} label={t("Agency or code")} />
        <button type="button" class="quiet" onClick={() => save(rows)}>{t("Save as CSV")}</button>
      </div>
      {!all.length && <p class="note">{t("The directory has no other agency yet. Add one: jiexu directory add FILE")}</p>}
      {all.length > 0 && !rows.length && (
        <p class="note" role="status">{t("None of {n} agencies fits the filter.", { n: all.length })}{" "}
          <a href={address("/")}>{t("Show all")}</a></p>
      )}
      {rows.length > 0 && (
        <div {...hold}>
          <Scroll label={t("Queues")}>
            <table class="rows queues">
              <caption class="unseen">{t("Queues")}</caption>
              <Heads columns={columns()} sort={sort} change={(value) => refine("sort", value)} />
              <tbody>{rows.map((row) => <Line key={row.peer.agency} row={row} />)}</tbody>
            </table>
          </Scroll>
          <p class="hint">{t("{n} of {all} agencies.", { n: rows.length, all: all.length })}{" "}
            {t("Curves and rates are of what this page has seen since it was opened.")}</p>
        </div>
      )}
    </>
  );
}

export function Queues(): JSX.Element {
  const peers = useLive("/v1/peers", readPeers), alarms = useLive("/v1/alarms", readAlarms);
  useEffect(() => {
    if (peers.data) remember(peers.data, peers.at);
  }, [peers.at]);
  return <Fetched live={peers}>{(data) => <Table peers={data} alarms={alarms.data ?? []} />}</Fetched>;
}
