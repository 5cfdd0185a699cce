/** One case, to be read: where it stands, what is due and by whom, what can be done next, what has been. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { readCase, readTimeline, type CaseView, type Entry } from "../api";
import { useLive } from "../live";
import { Fact, Fetched, Moment, Said, Scroll } from "../parts";
import { address } from "../place";
import { yuan } from "../time";
import { called, said, t } from "../words";

/** The first six digits say a place and the last four a person; between them is the day of birth. */
const maskedNumber = (number: string): string =>
  number.length < 8 ? "****" : `${number.slice(0, 3)}${"*".repeat(number.length - 5)}${number.slice(-2)}`;

function Person({ view }: { view: CaseView }): JSX.Element {
  const whole = useSignal(false);
  if (!view.document) return <Said text={view.person} />;
  return (
    <>
      <Said text={view.person} /> <span class="code">{whole.value ? view.document : maskedNumber(view.document)}</span>{" "}
      <button type="button" class="quiet" aria-pressed={whole.value} onClick={() => { whole.value = !whole.value; }}>
        {whole.value ? t("hide") : t("show")}</button>
    </>
  );
}

function Deadlines({ view }: { view: CaseView }): JSX.Element {
  if (!view.deadlines.length) return <p class="hint">{t("No term runs.")}</p>;
  return (
    <table>
      <caption class="unseen">{t("Terms")}</caption>
      <thead><tr><th scope="col">{t("Must")}</th><th scope="col">{t("Who")}</th><th scope="col">{t("Due")}</th></tr></thead>
      <tbody>
        {view.deadlines.map((one) => (
          <tr key={one.kind}>
            <th scope="row">{called("duty", one.kind)}</th>
            <td>{one.ours ? t("we") : t("they")}</td>
            <td>{one.dueOn || t("calendar not published")}{" "}
              {one.passed && <b class={one.ours ? "is-stopped" : "faint"}>{t("overdue")}</b>}
              {one.heldSince && <span class="faint"> {t("stands still")}</span>}
              {one.expectedOn && <span class="faint"> {t("expected {day}", { day: one.expectedOn })}</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Next({ view }: { view: CaseView }): JSX.Element {
  if (view.closed) return <p>{t("The case is closed.")}</p>;
  if (!view.actions.length) return <p>{t("Nothing to do here now: the other agency or the bank is next.")}</p>;
  return (
    <ul class="plain">
      {view.actions.map((one) => (
        <li key={one.action} class={one.held ? "faint" : ""}>
          {called("event", one.action)}{one.held && <> – {said(one.heldBecause)}</>}
        </li>
      ))}
    </ul>
  );
}

function Timeline({ entries }: { entries: Entry[] }): JSX.Element {
  return (
    <Scroll label={t("What has been")}>
      <table class="rows">
        <caption class="unseen">{t("What has been")}</caption>
        <thead><tr><th scope="col" class="num">{t("No.")}</th><th scope="col">{t("When")}</th><th scope="col">{t("What")}</th>
          <th scope="col">{t("Who")}</th><th scope="col">{t("Relationship")}</th><th scope="col">{t("Money")}</th></tr></thead>
        <tbody>
          {[...entries].reverse().map((one) => (
            <tr key={one.n}>
              <td class="num" data-name={t("No.")}>{one.n}</td><td data-name={t("When")}><Moment at={one.at} /></td>
              <th scope="row">{called("event", one.event)}{one.note && <div class="why"><Said text={one.note} /></div>}</th>
              <td data-name={t("Who")}><Said text={one.actor} /></td>
              <td data-name={t("Relationship")}>{called("state", one.relationship)}</td><td data-name={t("Money")}>{called("funds", one.funds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Whole({ view }: { view: CaseView }): JSX.Element {
  return (
    <div class="cards">
      <section class="card">
        <h2>{t("Where it stands")}</h2>
        <dl>
          <Fact name={t("Person")}><Person view={view} /></Fact>
          <Fact name={t("Side")}>{called("side", view.side)}</Fact>
          <Fact name={t("With")}><a href={address(`/peers/${encodeURIComponent(view.peer)}`)} class="code">{view.peer}</a></Fact>
          <Fact name={t("Relationship")}>{called("state", view.relationship)}</Fact>
          <Fact name={t("Money")}>{called("funds", view.funds)}</Fact>
          <Fact name={t("Amount by the form, yuan")}>{yuan(view.dueFen)}</Fact>
          {view.overlay !== "NONE" && <Fact name={t("Hangs over it")}>{view.overlay.split(",").map((one) => called("overlay", one)).join("; ")}</Fact>}
          <Fact name={t("Who has it")}>{view.assignee || <span class="faint">–</span>}</Fact>
          <Fact name={t("Begun")}><Moment at={view.createdAt} /></Fact>
          <Fact name={t("Last change")}><Moment at={view.updatedAt} /></Fact>
        </dl>
      </section>
      <section class="card"><h2>{t("Terms")}</h2><Deadlines view={view} /></section>
      <section class="card">
        <h2>{t("What can be done now")}</h2>
        <Next view={view} />
        {view.waiting > 0 && <p>{t("{n} wait for approval", { n: view.waiting })}</p>}
        <p class="hint">{t("This page only reads cases. To act: jiexu case show {id}", { id: view.letter || view.caseId })}</p>
      </section>
    </div>
  );
}

export function CasePage({ id }: { id: string }): JSX.Element {
  const path = `/v1/cases/${encodeURIComponent(id)}`;
  const view = useLive(path, readCase), entries = useLive(`${path}/timeline`, readTimeline);
  return (
    <>
      <p class="crumbs"><a href={address("/work")}>{t("Work list")}</a></p>
      <h1>{t("Case")} <small class="code">{view.data?.letter || id.slice(0, 12)}</small></h1>
      <Fetched live={view}>{(data) => <Whole view={data} />}</Fetched>
      <h2>{t("What has been")}</h2>
      <Fetched live={entries}>{(data) => <Timeline entries={data} />}</Fetched>
    </>
  );
}
