/** Messages that were of no use: grouped by cause and agency; and one of them, with what was sent. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { readPeers, readQuarantine, readQuarantined, type Problem, type Quarantined, type QuarantinePage } from "../api";
import { useLive } from "../live";
import { Chips, Fact, Fetched, Moment, reason, Said, Scroll } from "../parts";
import { address, asked, refine } from "../place";
import { ask } from "../session";
import { called, said, t } from "../words";

const PAGE = 200;

function groups(entries: Quarantined[], of: (one: Quarantined) => string): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const one of entries) counts.set(of(one), (counts.get(of(one)) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
}

const kindOf = (entry: Quarantined): string => called("message", entry.kind.replaceAll("_", "-"));

function Why({ entry }: { entry: Quarantined }): JSX.Element {
  return (
    <>
      <Said text={said(entry.cause)} /> {entry.rule && <Said text={said(entry.rule)} />}
      {entry.text && <span class="faint"> (<Said text={said(entry.text)} />)</span>}
      {entry.more > 0 && <> {t("and {n} more of its frame", { n: entry.more })}</>}
    </>
  );
}

function Table({ page, more, names }: {
  page: QuarantinePage; more: (() => void) | null; names: Map<string, string>;
}): JSX.Element {
  const code = asked("code"), peer = asked("peer");
  const found = page.entries.filter((one) => (!code || one.code === code) && (!peer || one.peer === peer));
  const known = (agency: string): string => names.get(agency) || agency;
  if (!page.entries.length) return <p class="note good">{t("Nothing is in quarantine.")}</p>;
  return (
    <>
      <div class="tools">
        <Chips label={t("Cause")} chosen={code} choose={(value) => refine("code", value)}
               choices={groups(page.entries, (one) => one.code).map((one) => ({ ...one, label: called("fault", one.value) }))} />
        <Chips label={t("Agency")} chosen={peer} choose={(value) => refine("peer", value)}
               choices={groups(page.entries, (one) => one.peer).map((one) => ({ ...one, label: known(one.value) }))} />
      </div>
      {!found.length && <p class="note" role="status">{t("None fits the filter.")} <a href={address("/quarantine")}>{t("Show all")}</a></p>}
      {found.length > 0 && (
        <Scroll label={t("Quarantine")}>
          <table class="rows">
            <caption class="unseen">{t("Quarantine")}</caption>
            <thead><tr>
              <th scope="col">{t("Message")}</th><th scope="col">{t("Agency")}</th><th scope="col">{t("Set aside")}</th>
              <th scope="col">{t("Kind")}</th><th scope="col" class="wide">{t("Why")}</th>
            </tr></thead>
            <tbody>
              {found.map((one) => (
                <tr data-row key={one.place}>
                  <th scope="row"><a href={address(`/quarantine/${encodeURIComponent(one.place)}`)}>{one.epoch}/{one.seq}</a></th>
                  <td data-name={t("Agency")}><Said text={known(one.peer)} /></td>
                  <td data-name={t("Set aside")}><Moment at={one.at} /></td>
                  <td data-name={t("Kind")}>{one.kind ? <Said text={kindOf(one)} /> : <span class="faint">{t("not known")}</span>}</td>
                  <td class="whole"><Why entry={one} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <p class="hint">
        {more ? t("{n} messages are shown, and there are more.", { n: found.length }) : t("{n} messages.", { n: found.length })}
        {more && <> <button type="button" onClick={more}>{t("Show more")}</button></>}
      </p>
    </>
  );
}

export function Quarantine(): JSX.Element {
  const live = useLive(`/v1/quarantine?limit=${PAGE}`, readQuarantine);
  const peers = useLive("/v1/peers", readPeers);
  const further = useSignal<QuarantinePage>({ entries: [], next: "" }), wrong = useSignal<Problem | null>(null);
  async function more(after: string): Promise<void> {
    const answer = await ask("GET", `/v1/quarantine?limit=${PAGE}&after=${encodeURIComponent(after)}`);
    wrong.value = answer.problem;
    if (answer.problem) return;
    const page = readQuarantine(JSON.parse(answer.body));
    further.value = { entries: [...further.value.entries, ...page.entries], next: page.next };
  }
  const names = new Map((peers.data ?? []).map((peer) => [peer.agency, peer.name]));
  return (
    <Fetched live={live}>
      {(first) => {
        const next = further.value.entries.length ? further.value.next : first.next;
        const there = new Set(first.entries.map((one) => one.place));
        const entries = [...first.entries, ...further.value.entries.filter((one) => !there.has(one.place))];
        return (
          <>
            <Table page={{ entries, next }} names={names} more={next ? () => void more(next) : null} />
            {wrong.value && <p class="note bad" role="alert">{reason(wrong.value)}</p>}
          </>
        );
      }}
    </Fetched>
  );
}

/** "00000000  4a 69 …  Ji": sixteen bytes a line. */
function hexdump(hex: string): string {
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += 32) {
    const bytes = hex.slice(at, at + 32).match(/../g) ?? [];
    const plain = bytes.map((byte) => {
      const code = parseInt(byte, 16);
      return code > 31 && code < 127 ? String.fromCharCode(code) : ".";
    }).join("");
    lines.push(`${(at / 2).toString(16).padStart(6, "0")}  ${bytes.join(" ").padEnd(47)}  ${plain}`);
  }
  return lines.join("\n");
}

/** Fields that say who somebody is; the daemon gives them whole, and the screen may be seen by others. */
const PERSONAL = /name|number|account|phone|address|holder|birth|document/i;

function masked(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => masked(one, key));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, masked(one, name)]));
  }
  return typeof value === "string" && value && PERSONAL.test(key) ? `${[...value][0]}***` : value;
}

function Message({ place }: { place: string }): JSX.Element {
  const live = useLive(`/v1/quarantine/${encodeURIComponent(place)}`, readQuarantined), whole = useSignal(false);
  useEffect(() => { whole.value = false; }, [place]);
  return (
    <Fetched live={live}>
      {({ entry, message, bytes, size }) => (
        <>
          <p class="lead"><Why entry={entry} /></p>
          <section class="card">
            <dl>
              <Fact name={t("Agency")}><a href={address(`/peers/${encodeURIComponent(entry.peer)}`)}>{entry.peer}</a></Fact>
              <Fact name={t("Message")}>{entry.epoch}/{entry.seq}</Fact>
              <Fact name={t("Set aside")}><Moment at={entry.at} /></Fact>
              <Fact name={t("Cause")}>{called("fault", entry.code)}</Fact>
              {entry.kind && <Fact name={t("Kind")}><Said text={kindOf(entry)} /></Fact>}
              {entry.caseId && <Fact name={t("Case")}><code>{entry.caseId}</code></Fact>}
            </dl>
          </section>
          <h2>{t("What it says")}</h2>
          {!message && <p class="hint">{t("It cannot be read; its bytes are below.")}</p>}
          {message && (
            <>
              <pre tabIndex={0} aria-label={t("What it says")}><Said text={JSON.stringify(whole.value ? JSON.parse(message) : masked(JSON.parse(message)), null, 2)} /></pre>
              <p><button type="button" class="quiet" aria-pressed={whole.value} onClick={() => { whole.value = !whole.value; }}>
                {whole.value ? t("Hide who it is about") : t("Show who it is about")}</button></p>
            </>
          )}
          {(whole.value || !message) && (
            <>
              <h2>{t("{n} bytes", { n: size })}</h2>
              <pre class="hex" tabIndex={0} aria-label={t("{n} bytes", { n: size })}>{hexdump(bytes)}</pre>
              {bytes.length < 2 * size && <p class="hint">{t("The first {n} of them. All: jiexu store dump", { n: bytes.length / 2 })}</p>}
            </>
          )}
        </>
      )}
    </Fetched>
  );
}

export function QuarantinedPage({ place }: { place: string }): JSX.Element {
  return (
    <>
      <p class="crumbs"><a href={address("/quarantine")}>{t("Quarantine")}</a></p>
      <h1>{t("A message in quarantine")}</h1>
      <Message place={place} />
    </>
  );
}
