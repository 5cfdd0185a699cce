/** What all screens are made of. */
import { signal, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "./api";
import { shown } from "./hidden";
import type { Live } from "./live";
import { clock, lasting, moment, ago } from "./time";
import { tick } from "./live";
import { called, t } from "./words";

/** A text from outside: a node of text and nothing else, whatever direction it is written in. */
export function Said({ text }: { text: string }): JSX.Element {
  return <bdi>{shown(text)}</bdi>;
}

/** A moment, and how long ago; nothing for none. */
export function Moment({ at, none }: { at: string; none?: string }): JSX.Element {
  void tick.value;
  if (!at) return <span class="faint">{none ?? "–"}</span>;
  return <time dateTime={at} title={`${at}`}>{moment(at)} <span class="faint">{ago(at)}</span></time>;
}

export function Age({ ms }: { ms: number }): JSX.Element {
  return ms > 0 ? <>{lasting(ms)}</> : <span class="faint">–</span>;
}

/** What is told to a screen reader when something happens that nobody asked for. */
const news = signal("");
export function announce(text: string): void {
  news.value = "";
  queueMicrotask(() => { news.value = text; });
}
export function Announcer(): JSX.Element {
  return <div class="unseen" role="status" aria-live="polite">{news.value}</div>;
}

const GLYPHS: Record<string, string> = {
  stopped: "■", silent: "✕", clock: "◷", stuck: "▲", recovering: "↺", busy: "◐", paused: "❚❚", opening: "…", flowing: "●",
};
/** A state in words, with a shape: never by colour alone. */
export function State({ name, label }: { name: string; label: string }): JSX.Element {
  return <span class={`state is-${name}`}><span class="glyph" aria-hidden="true">{GLYPHS[name] ?? "?"}</span>{label}</span>;
}

export function reason(problem: Problem): string {
  if (problem.code === "unreadable") return t("The answer cannot be read ({what}).", { what: problem.detail });
  if (problem.status === 0) return t("The daemon does not answer.");
  if (problem.title) return problem.title;
  return t("The daemon has answered {status}.", { status: problem.status });
}

/**
 * The states of whatever is fetched: loading, refused, failed, stale, and the data. What was fetched before stays
 * on the page and says from when it is.
 */
export function Fetched<T>({ live, children }: { live: Live<T>; children: (data: T) => ComponentChildren }): JSX.Element {
  const { data, problem } = live;
  if (data === undefined && !problem) {
    return <p class="hint loading" role="status">{t("Loading …")}</p>;
  }
  if (problem?.status === 403) {
    return <div class="note warn" role="alert"><p>{t("Your role may not see this.")}</p><p class="faint">{problem.title}</p></div>;
  }
  if (data === undefined && problem) {
    return (
      <div class="note bad" role="alert">
        <p>{reason(problem)}</p>
        <p class="faint">{t("There may be something here all the same. It is asked for again by itself.")}</p>
      </div>
    );
  }
  return (
    <>
      {problem && (
        <p class="note warn" role="status">
          {t("What you see is from {time}.", { time: clock(live.at) })} {reason(problem)}
        </p>
      )}
      {children(data as T)}
    </>
  );
}

export interface Choice { value: string; label: string; count: number; state?: string }
/** Filters as buttons with counts; the chosen one is pressed. */
export function Chips({ choices, chosen, choose, label }: {
  choices: Choice[]; chosen: string; choose: (value: string) => void; label: string;
}): JSX.Element {
  return (
    <div class="chips" role="group" aria-label={label}>
      {choices.map((one) => (
        <button key={one.value} type="button" class={`chip ${one.state ? `is-${one.state}` : ""}`}
                aria-pressed={chosen === one.value} onClick={() => choose(chosen === one.value ? "" : one.value)}>
          {one.state && <span class="glyph" aria-hidden="true">{GLYPHS[one.state]}</span>}
          {one.label} <b>{one.count}</b>
        </button>
      ))}
    </div>
  );
}

/** `/` comes here. */
export function Search({ value, change, label }: {
  value: string; change: (text: string) => void; label: string;
}): JSX.Element {
  return (
    <label class="search">
      <span class="unseen">{label}</span>
      <input type="search" data-search value={value} placeholder={label} autocomplete="off" spellcheck={false}
             onInput={(event) => change(event.currentTarget.value)} />
    </label>
  );
}

export interface Column { id: string; title: string; numeric?: boolean; sortable?: boolean; wide?: boolean }
export function Heads({ columns, sort, change }: {
  columns: Column[]; sort: string; change: (sort: string) => void;
}): JSX.Element {
  const by = sort.replace(/^-/, ""), falling = sort.startsWith("-");
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column.id} scope="col" class={`${column.numeric ? "num" : ""} ${column.wide ? "wide" : ""}`}
              aria-sort={by === column.id ? (falling ? "descending" : "ascending") : undefined}>
            {column.sortable === false ? column.title : (
              <button type="button" class="head"
                      onClick={() => change(by !== column.id ? `-${column.id}` : falling ? column.id : "")}>
                {column.title}
                <span aria-hidden="true">{by === column.id ? (falling ? " ▾" : " ▴") : ""}</span>
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** A table that may be wider than its screen scrolls alone, also by keyboard. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return <div class="scroll" role="region" aria-label={label} tabIndex={0}>{children}</div>;
}

/**
 * Keeps the order of rows while somebody points at them or has the focus in them: what is under the pointer
 * stays there. New rows come at the end until then. `wanted` names the order and the filter.
 */
export function useSteady(keys: string[], held: boolean, wanted: string): string[] {
  const last = useRef<string[]>([]), was = useRef(wanted);
  // Another order that was asked for comes at once.
  if (!held || was.current !== wanted) last.current = keys;
  else {
    const there = new Set(keys), kept = last.current.filter((one) => there.has(one)), known = new Set(kept);
    last.current = [...kept, ...keys.filter((one) => !known.has(one))];
  }
  was.current = wanted;
  return last.current;
}

export function useHeld(): { held: boolean; hold: Record<string, () => void> } {
  const pointed = useSignal(false), focused = useSignal(false);
  return {
    held: pointed.value || focused.value,
    hold: {
      onMouseEnter: () => { pointed.value = true; }, onMouseLeave: () => { pointed.value = false; },
      onFocusIn: () => { focused.value = true; }, onFocusOut: () => { focused.value = false; },
    },
  };
}

/** A dialog that says what will follow before it does it. It closes by Escape, and what was typed then is gone. */
export function Dialog({ title, close, children }: {
  title: string; close: () => void; children: ComponentChildren;
}): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    ref.current?.showModal();
    return () => before?.focus();
  }, []);
  return (
    <dialog ref={ref} aria-labelledby="dialog-title" onCancel={(event) => { event.preventDefault(); close(); }}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}

/** A line of a description. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return <div class="fact"><dt>{name}</dt><dd>{children}</dd></div>;
}

/** A small curve of a number over the time that the page has watched; its words say the same. */
export function Spark({ points, label }: { points: number[]; label: string }): JSX.Element {
  if (points.length < 2) return <span class="faint">–</span>;
  const most = Math.max(...points, 1), step = 100 / (points.length - 1);
  const path = points.map((n, i) => `${i ? "L" : "M"}${(i * step).toFixed(1)} ${(22 - (n / most) * 20).toFixed(1)}`).join("");
  return (
    <svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={path} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

export const role = (name: string): string => called("role", name);
