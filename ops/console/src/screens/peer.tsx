/** One agency: where both links with it stand and why, in numbers and words, and what an operator can do. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { readAlarms, readComparison, readPeer, type Comparison, type Json, type Peer, type Problem } from "../api";
import { depths, rate, remember } from "../history";
import { refresh, useLive } from "../live";
import { Age, announce, Dialog, Fact, Fetched, Moment, reason, Said, Spark, State } from "../parts";
import { address } from "../place";
import { ask, may } from "../session";
import { clock, minuteAfter, moment, skew, yuan } from "../time";
import { called, said, t } from "../words";
import { stateName, stateOf } from "./states";

const target = (agency: string): string => `/v1/peers/${encodeURIComponent(agency)}`;
const HOUR = 3_600_000, PING_MS = 5000;

/** What became of an act, told where it was asked for and to screen readers. */
type Outcome = { good: boolean; text: string } | null;

function failed(problem: Problem): Outcome {
  return { good: false, text: problem.detail ? `${reason(problem)} (${problem.detail})` : reason(problem) };
}

/** crypto.randomUUID() is not there over plain HTTP on another name than loopback's. */
const newKey = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Writes once, whatever is lost on the way: a repeat carries the same key and is answered as the first. */
async function act(path: string, body?: unknown): Promise<Problem | null> {
  const once = { "Idempotency-Key": newKey() };
  let answer = await ask("POST", path, body, once);
  for (let again = 0; again < 2 && (answer.status === 0 || answer.status === 429); ++again) {
    await new Promise((done) => setTimeout(done, 700));
    answer = await ask("POST", path, body, once);
  }
  refresh();
  return answer.problem;
}

/** The daemon counts by a clock of its own: one moment may be shown as two, a millisecond apart. */
const isNew = (now: string, before: string): boolean => Math.abs(Date.parse(now) - Date.parse(before || "0")) > 5;

async function ping(before: Peer, tell: (outcome: Outcome) => void): Promise<void> {
  const problem = await act(`${target(before.agency)}/ask`);
  if (problem) return tell(failed(problem));
  const until = Date.now() + PING_MS;
  let last = before;
  while (Date.now() < until) {
    const answer = await ask("GET", target(before.agency));
    if (answer.problem) return tell(failed(answer.problem));
    last = readPeer(JSON.parse(answer.body) as Json);
    if (last.lastAnswer && isNew(last.lastAnswer, before.lastAnswer)) {
      return tell({ good: true, text: said2("{agency} has answered in {ms} ms; its clock: {clock}", {
        agency: name(last), ms: last.answerMs, clock: last.clockKnown ? skew(last.skewMs) : t("not known") }) });
    }
    await new Promise((done) => setTimeout(done, 150));
  }
  tell({ good: false, text: t("{agency} has not answered for 5 s. {why}", {
    agency: name(last), why: last.cause ? said(last.cause) : stateName(last.state) }) });
}

/** A sentence of the daemon's catalogue with values. */
function said2(sentence: string, values: Record<string, string | number>): string {
  return said(sentence).replace(/\{(\w+)\}/g, (brace, key: string) => String(values[key] ?? brace));
}

const name = (peer: Peer): string => peer.name || peer.agency;

function Pause({ peer, close, done }: { peer: Peer; close: () => void; done: (outcome: Outcome) => void }): JSX.Element {
  const why = useSignal(""), until = useSignal(""), wrong = useSignal<string>(""), busy = useSignal(false);
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    busy.value = true;
    const body = { why: why.value, until: until.value && `${until.value}:00+08:00` };
    const problem = await act(`${target(peer.agency)}/pause`, body);
    busy.value = false;
    if (problem) wrong.value = failed(problem)?.text ?? "";
    else done({ good: true, text: t("Messages to {agency} wait from now on.", { agency: name(peer) }) });
  }
  return (
    <Dialog title={t("Pause {agency}?", { agency: name(peer) })} close={close}>
      <p>{t("Messages to it stay here and wait; what it sends is still taken. Nothing is lost. Terms of the law go on.")}</p>
      <form onSubmit={submit}>
        <label class="field">{t("Why")} <span class="faint">{t("for whoever looks at it")}</span>
          <input name="why" value={why.value} maxLength={66} autocomplete="off"
                 onInput={(event) => { why.value = event.currentTarget.value; }} />
        </label>
        <label class="field">{t("Until")} <span class="faint">{t("China Standard Time; empty: until somebody resumes it")}</span>
          <input name="until" type="datetime-local" value={until.value}
                 min={minuteAfter(60_000).replace(" ", "T")}
                 onInput={(event) => { until.value = event.currentTarget.value; }} />
        </label>
        <p class="quick">
          {[1, 4, 24].map((hours) => (
            <button key={hours} type="button" class="quiet"
                    onClick={() => { until.value = minuteAfter(hours * HOUR).replace(" ", "T"); }}>
              {t("for {n} h", { n: hours })}
            </button>
          ))}
        </p>
        {wrong.value && <p class="note bad" role="alert">{wrong.value}</p>}
        <p class="buttons">
          <button type="button" onClick={close}>{t("Leave it as it is")}</button>
          <button type="submit" class="danger" disabled={busy.value}>{t("Pause: {n} waiting stay here", { n: peer.queued })}</button>
        </p>
      </form>
    </Dialog>
  );
}

function Resume({ peer, close, done }: { peer: Peer; close: () => void; done: (outcome: Outcome) => void }): JSX.Element {
  const wrong = useSignal(""), busy = useSignal(false);
  async function submit(): Promise<void> {
    busy.value = true;
    const problem = await act(`${target(peer.agency)}/resume`);
    busy.value = false;
    if (problem) wrong.value = failed(problem)?.text ?? "";
    else done({ good: true, text: t("Messages to {agency} go out again.", { agency: name(peer) }) });
  }
  return (
    <Dialog title={t("Resume {agency}?", { agency: name(peer) })} close={close}>
      <p>{t("{n} messages that wait for it go out now, oldest first.", { n: peer.queued })}</p>
      {peer.pausedBy && <p>{t("Paused by {user}.", { user: peer.pausedBy })} {peer.pauseWhy && <Said text={peer.pauseWhy} />}</p>}
      {wrong.value && <p class="note bad" role="alert">{wrong.value}</p>}
      <p class="buttons">
        <button type="button" onClick={close}>{t("Leave it as it is")}</button>
        <button type="button" class="main" disabled={busy.value} onClick={submit}>{t("Resume")}</button>
      </p>
    </Dialog>
  );
}

function Acts({ peer }: { peer: Peer }): JSX.Element {
  const open = useSignal<"" | "pause" | "resume">(""), outcome = useSignal<Outcome>(null), asking = useSignal(false);
  const can = may("run"), paused = peer.state === "paused";
  function tell(told: Outcome): void {
    outcome.value = told;
    open.value = "";
    if (told) announce(told.text);
  }
  async function asks(how: "ping" | "retry"): Promise<void> {
    asking.value = true;
    outcome.value = null;
    if (how === "ping") await ping(peer, tell);
    else {
      const problem = await act(`${target(peer.agency)}/ask`);
      tell(problem ? failed(problem) : { good: true, text: t("{agency} has been asked.", { agency: name(peer) }) });
    }
    asking.value = false;
  }
  const why = can ? undefined : t("This needs the right {right}.", { right: called("right", "run") });
  return (
    <section class="acts" aria-label={t("What can be done")}>
      <div class="act">
        <button type="button" disabled={!can || asking.value} onClick={() => asks("ping")}>{t("Ping")}</button>
        <span>{asking.value ? t("Asking …") : t("asks its engine through ours, and says how long the answer took")}</span>
      </div>
      <div class="act">
        <button type="button" disabled={!can || asking.value} onClick={() => asks("retry")}>{t("Try again now")}</button>
        <span>{peer.nextTry ? t("instead of at {time}", { time: moment(peer.nextTry) }) : t("instead of at the next try")}</span>
      </div>
      <div class="act">
        {paused
          ? <button type="button" class="main" disabled={!can} onClick={() => { open.value = "resume"; }}>{t("Resume …")}</button>
          : <button type="button" disabled={!can} onClick={() => { open.value = "pause"; }}>{t("Pause …")}</button>}
        <span>{paused ? t("{n} messages that wait for it go out", { n: peer.queued }) : t("messages to it wait here; nothing is lost")}</span>
      </div>
      {why && <p class="hint">{why}</p>}
      {outcome.value && <p class={`note ${outcome.value.good ? "good" : "bad"}`}>{outcome.value.text}</p>}
      {open.value === "pause" && <Pause peer={peer} close={() => { open.value = ""; }} done={tell} />}
      {open.value === "resume" && <Resume peer={peer} close={() => { open.value = ""; }} done={tell} />}
    </section>
  );
}

function Head({ text }: { text: string }): JSX.Element {
  return text ? <code class="head-hash">{text}</code> : <span class="faint">–</span>;
}

function Link({ title, epoch, last, receipted, head, rates, missing }: {
  title: string; epoch: number; last: number; receipted?: number; head: string; rates: number | undefined; missing: string;
}): JSX.Element {
  return (
    <section class="card">
      <h2>{title}</h2>
      {last === 0 && receipted === undefined ? <p class="hint">{missing}</p> : (
        <dl>
          <Fact name={t("Messages")}>{last}</Fact>
          {receipted !== undefined && <Fact name={t("of them receipted")}>{receipted}</Fact>}
          <Fact name={t("A minute")}>{rates ?? "–"}</Fact>
          <Fact name={t("Epoch")}>{epoch}</Fact>
          <Fact name={t("Head")}><Head text={head} /></Fact>
        </dl>
      )}
    </section>
  );
}

function Daily({ agency }: { agency: string }): JSX.Element {
  const state = useSignal<Comparison | Problem | null>(null);
  useEffect(() => {
    let here = true;
    void ask("GET", `/v1/ledger/comparisons/${encodeURIComponent(agency)}`).then((answer) => {
      if (here) state.value = answer.problem ?? readComparison(JSON.parse(answer.body));
    });
    return () => { here = false; };
  }, [agency]);
  const now = state.value;
  return (
    <section class="card">
      <h2>{t("Daily comparison of books")}</h2>
      {!now && <p class="hint">{t("Loading …")}</p>}
      {now && "status" in now && <p class="hint">{reason(now)}</p>}
      {now && "day" in now && (
        <dl>
          <Fact name={t("Day")}>{now.day}</Fact>
          <Fact name={t("Outcome")}>{called("comparison", now.outcome)}</Fact>
          {now.differences > 0 && <Fact name={t("Differences")}>{now.differences}</Fact>}
        </dl>
      )}
    </section>
  );
}

function Standing({ peer }: { peer: Peer }): JSX.Element {
  const past = depths(peer.agency);
  return (
    <section class="card">
      <h2>{t("Where it stands")}</h2>
      <dl>
        <Fact name={t("Since")}><Moment at={peer.since} /></Fact>
        {peer.pausedBy && <Fact name={t("Paused by")}>{peer.pausedBy}</Fact>}
        {peer.pauseWhy && <Fact name={t("Why")}><Said text={peer.pauseWhy} /></Fact>}
        {peer.pausedBy && <Fact name={t("Until")}><Moment at={peer.pauseUntil} none={t("until somebody resumes it")} /></Fact>}
        {peer.nextTry && <Fact name={t("We ask again")}><Moment at={peer.nextTry} /></Fact>}
        <Fact name={t("Waiting")}>{peer.queued}{peer.queued > 0 && <>, {t("the oldest for")} <Age ms={peer.oldestMs} /></>}</Fact>
        {past.points.length > 1 && (
          <Fact name={t("Queue since {time}", { time: clock(past.since) })}>
            <Spark points={past.points} label={t("Waiting since {time}: now {n}, most {most}",
              { time: clock(past.since), n: peer.queued, most: Math.max(0, ...past.points) })} />
          </Fact>
        )}
        <Fact name={t("Last receipt")}><Moment at={peer.lastReceipt} /></Fact>
        <Fact name={t("Last heard")}><Moment at={peer.lastHeard} /></Fact>
        <Fact name={t("Last answer")}><Moment at={peer.lastAnswer} />{peer.lastAnswer && <>, {t("{n} ms", { n: peer.answerMs })}</>}</Fact>
        <Fact name={t("Its clock")}>{peer.clockKnown ? skew(peer.skewMs) : t("not known")}</Fact>
        <Fact name={t("It lets us have in flight")}>{t("{n} KiB", { n: Math.round(peer.windowBytes / 1024) })}</Fact>
        <Fact name={t("Quarantine")}>
          {peer.quarantined ? <a href={address(`/quarantine?peer=${encodeURIComponent(peer.agency)}`)}>{peer.quarantined}</a> : 0}
        </Fact>
      </dl>
    </section>
  );
}

function Whole({ peer, state }: { peer: Peer; state: string }): JSX.Element {
  return (
    <>
      <p class="lead"><State name={state} label={stateName(state)} /> {peer.cause && <Said text={said(peer.cause)} />}</p>
      <Acts peer={peer} />
      <div class="cards">
        <Standing peer={peer} />
        <Link title={t("Ours to it")} epoch={peer.outEpoch} last={peer.outLast} receipted={peer.outReceipted}
              head={peer.outHead} rates={rate(peer.agency, "out")} missing={t("Nothing has been sent yet.")} />
        <Link title={t("Its to us")} epoch={peer.inEpoch} last={peer.inLast} head={peer.inHead}
              rates={rate(peer.agency, "in")} missing={t("Nothing has come yet.")} />
        <section class="card">
          <h2>{t("Money, in yuan")}</h2>
          <dl>
            <Fact name={t("Ordered from our bank for it")}>{yuan(peer.sentFen)}</Fact>
            <Fact name={t("Received from it")}>{yuan(peer.receivedFen)}</Fact>
            <Fact name={t("Of that credited to persons")}>{yuan(peer.creditedFen)}</Fact>
          </dl>
        </section>
        <Daily agency={peer.agency} />
      </div>
    </>
  );
}

export function PeerPage({ agency }: { agency: string }): JSX.Element {
  const live = useLive(target(agency), (body) => readPeer(body as Json));
  const alarms = useLive("/v1/alarms", readAlarms);
  const title = useRef("");
  if (live.data) title.current = name(live.data);
  useEffect(() => {
    if (live.data) remember([live.data], live.at);
  }, [live.at]);
  return (
    <>
      <p class="crumbs"><a href={address("/queues")}>{t("Queues")}</a></p>
      <h1><Said text={title.current || agency} /> <small class="code">{agency}</small></h1>
      <Fetched live={live}>{(peer) => <Whole peer={peer} state={stateOf(peer, alarms.data ?? [])} />}</Fetched>
    </>
  );
}
