/** What is to be done in open cases, by its day. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { readWork, type Problem, type WorkPage, type WorkRow } from "../api";
import { useLive } from "../live";
import { Fetched, reason, Said, Scroll, Search, useHeld, useSteady } from "../parts";
import { address, asked, refine } from "../place";
import { ask } from "../session";
import { called, t, type Sentence } from "../words";

const PAGE = 100;
const FILTERS: [string, string, Sentence][] = [
  ["mine", "1", "mine"], ["ours", "1", "ours to do"], ["side", "IN", "people who come"], ["side", "OUT", "people who leave"],
];

/** What is searched for may be a person's name: it is nowhere in the page's address. */
function target(text: string, after: string): string {
  const query = new URLSearchParams({ limit: String(PAGE) });
  for (const name of ["mine", "ours", "side"]) if (asked(name)) query.set(name, asked(name));
  if (text) query.set("text", text);
  if (after) query.set("after", after);
  return `/v1/work?${query.toString()}`;
}

function Due({ row }: { row: WorkRow }): JSX.Element {
  if (!row.duty) return <span class="faint">–</span>;
  if (!row.dueOn) return <>{t("calendar not published")}</>;
  return (
    <>
      <time dateTime={row.dueOn}>{row.dueOn}</time>{" "}
      {row.passed && <b class={row.ours ? "is-stopped" : "faint"}>{t("overdue")}</b>}
      {row.heldSince && <span class="faint"> {t("stands still")}</span>}
      {row.expectedOn && <span class="faint"> {t("expected {day}", { day: row.expectedOn })}</span>}
    </>
  );
}

const keyOf = (row: WorkRow): string => `${row.caseId} ${row.duty} ${row.dueOn}`;

function Rows({ page, more }: { page: WorkPage; more: (() => void) | null }): JSX.Element {
  const { held, hold } = useHeld();
  const order = useSteady(page.rows.map(keyOf), held, ""), byKey = new Map(page.rows.map((row) => [keyOf(row), row]));
  const rows = order.flatMap((one) => byKey.get(one) ?? []);
  if (!rows.length) return <p class="note" role="status">{t("There is nothing to do here.")}</p>;
  return (
    <div {...hold}>
      <Scroll label={t("Work list")}>
        <table class="rows">
          <caption class="unseen">{t("Work list")}</caption>
          <thead><tr>
            <th scope="col">{t("Due")}</th><th scope="col">{t("Who")}</th><th scope="col">{t("Must")}</th><th scope="col">{t("Person")}</th>
            <th scope="col">{t("Letter")}</th><th scope="col">{t("With")}</th><th scope="col">{t("Relationship")}</th>
            <th scope="col">{t("Money")}</th><th scope="col">{t("Who has it")}</th>
          </tr></thead>
          <tbody>
            {rows.map((row) => (
              <tr data-row key={keyOf(row)}>
                <td data-name={t("Due")}><Due row={row} /></td>
                <td data-name={t("Who")}>{row.duty ? (row.ours ? t("we") : t("they")) : "–"}</td>
                <td data-name={t("Must")}>{row.duty ? called("duty", row.duty) : "–"}</td>
                <td data-name={t("Person")}><Said text={row.person} /></td>
                <th scope="row"><a href={address(`/cases/${row.caseId}`)}><span class="code">{row.letter || row.caseId.slice(0, 12)}</span></a></th>
                <td class="code" data-name={t("With")}>{row.peer}</td>
                <td data-name={t("Relationship")}>{called("state", row.relationship)}{row.proposals > 0 && <small> {t("{n} wait for approval", { n: row.proposals })}</small>}</td>
                <td data-name={t("Money")}>{called("funds", row.funds)}</td>
                <td data-name={t("Who has it")}>{row.assignee || <span class="faint">–</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="hint">
        {more ? t("{n} rows are shown, and there are more.", { n: rows.length }) : t("{n} rows.", { n: rows.length })}
        {more && <> <button type="button" onClick={more}>{t("Show more")}</button></>}
      </p>
    </div>
  );
}

function Listing({ first, text }: { first: string; text: string }): JSX.Element {
  const live = useLive(first, readWork), further = useSignal<WorkPage | null>(null), wrong = useSignal<Problem | null>(null);
  useEffect(() => { further.value = null; }, [first]);
  async function more(after: string): Promise<void> {
    const answer = await ask("GET", target(text, after));
    wrong.value = answer.problem;
    if (answer.problem) return;
    const page = readWork(JSON.parse(answer.body));
    further.value = { ...page, rows: [...(further.value?.rows ?? []), ...page.rows] };
  }
  return (
    <Fetched live={live}>
      {(page) => {
        const next = further.value ? further.value.next : page.next, there = new Set(page.rows.map(keyOf));
        const rows = [...page.rows, ...(further.value?.rows ?? []).filter((row) => !there.has(keyOf(row)))];
        return (
          <>
            <Rows page={{ ...page, rows, next }} more={next ? () => void more(next) : null} />
            {wrong.value && <p class="note bad" role="alert">{reason(wrong.value)}</p>}
          </>
        );
      }}
    </Fetched>
  );
}

export function Work(): JSX.Element {
  const typed = useSignal(""), text = useSignal("");
  const first = target(text.value, "");
  return (
    <>
      <div class="tools">
        <div class="chips" role="group" aria-label={t("Filter")}>
          {FILTERS.map(([name, value, title]) => (
            <button key={title} type="button" class="chip" aria-pressed={asked(name) === value}
                    onClick={() => refine(name, asked(name) === value ? "" : value)}>{t(title)}</button>
          ))}
        </div>
        <form onSubmit={(event) => { event.preventDefault(); text.value = typed.value.trim(); }}>
          <Search value={typed.value} change={(value) => { typed.value = value; if (!value) text.value = ""; }}
                  label={t("Letter number or name, then Enter")} />
        </form>
      </div>
      <Listing key={first} first={first} text={text.value} />
    </>
  );
}
