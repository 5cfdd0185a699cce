/** What stands around every screen: where one can go, whose console it is, how it does, and how fresh it is. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { readAlarms, readPeers } from "./api";
import { connected, heard, tick, useLive } from "./live";
import { announce, Announcer, Dialog, reason, role, Said } from "./parts";
import { address, place } from "./place";
import { ended, may, session, signOut } from "./session";
import { SignIn } from "./screens/signin";
import { theme, type Theme } from "./theme";
import { clock, lasting } from "./time";
import { choose, language, t, type Sentence } from "./words";

interface Entry { path: string; title: Sentence; count?: number; calls?: boolean }

/** The operator's work first for him, the cases first for everybody else. */
function entries(alarms: number, quarantined: number): Entry[] {
  const links: Entry[] = [
    { path: "/queues", title: "Queues" },
    { path: "/alarms", title: "Alarms", count: alarms, calls: true },
    { path: "/quarantine", title: "Quarantine", count: quarantined },
  ];
  const work: Entry = { path: "/work", title: "Work list" };
  if (!may("see-cases")) return links;
  return may("run") ? [...links, work] : [work, ...links];
}

function isHere(path: string): boolean {
  const now = place.value.path === "/" ? home() : place.value.path;
  return now === path || now.startsWith(`${path}/`) || (path === "/queues" && now.startsWith("/peers")) ||
    (path === "/work" && now.startsWith("/cases"));
}

export const home = (): string => (may("see-cases") && !may("run") ? "/work" : "/queues");

function Freshness(): JSX.Element {
  void tick.value;
  const live = connected.value;
  useEffect(() => {
    if (heard.value === 0) return;
    announce(live ? t("Connected again.") : t("The connection is lost."));
  }, [live]);
  if (heard.value === 0) return <span class="fresh">{t("connecting …")}</span>;
  if (live) {
    return <span class="fresh is-live"><span class="glyph" aria-hidden="true">●</span>{t("live")} · {t("{n} s", { n: (Math.max(0, Date.now() - heard.value) / 1000).toFixed(1) })}</span>;
  }
  return <span class="fresh is-lost"><span class="glyph" aria-hidden="true">✕</span>{t("not connected since {time}; what you see is from then", { time: clock(heard.value) })}</span>;
}

function Health({ alarms }: { alarms: number | undefined }): JSX.Element | null {
  if (alarms === undefined) return null;
  return alarms
    ? <a class="health is-stuck" href={address("/alarms")}><span class="glyph" aria-hidden="true">▲</span>{t("{n} alarms", { n: alarms })}</a>
    : <span class="health is-flowing"><span class="glyph" aria-hidden="true">●</span>{t("no alarm")}</span>;
}

function Keys({ close }: { close: () => void }): JSX.Element {
  const keys: [string, Sentence][] = [
    ["/", "Search"], ["j k", "Next and previous row"], ["Enter", "Open the row"], ["g", "To the first entry above"],
    ["?", "This list"], ["Esc", "Close"],
  ];
  return (
    <Dialog title={t("Keys")} close={close}>
      <dl class="keys">{keys.map(([name, does]) => <div key={name}><dt>{name.split(" ").map((one) => <kbd key={one}>{one}</kbd>)}</dt><dd>{t(does)}</dd></div>)}</dl>
      <p class="buttons"><button type="button" class="main" onClick={close}>{t("Close")}</button></p>
    </Dialog>
  );
}

/** Moves the focus along the links of rows. */
function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, now < 0 ? 0 : now + by))];
  const link = next?.querySelector<HTMLElement>("a, button");
  link?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function useKeys(help: () => void): void {
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      const at = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (at.matches("input, textarea, select")) {
        if (event.key === "Escape") at.blur();
        return;
      }
      const does: Record<string, () => void> = {
        "/": () => document.querySelector<HTMLElement>("[data-search]")?.focus(),
        j: () => step(1), k: () => step(-1), "?": help,
        g: () => document.querySelector<HTMLElement>("nav a")?.focus(),
      };
      const act = does[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    }
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

function Settings(): JSX.Element {
  const wrong = useSignal("");
  const user = session.value;
  return (
    <div class="settings">
      <label><span class="unseen">{t("Language")}</span>
        <select value={language.value} onChange={(event) => choose(event.currentTarget.value === "zh" ? "zh" : "en", true)}>
          <option value="zh" lang="zh">中文</option><option value="en" lang="en">English</option>
        </select>
      </label>
      <label><span class="unseen">{t("Theme")}</span>
        <select value={theme.value} onChange={(event) => { theme.value = event.currentTarget.value as Theme; }}>
          <option value="system">{t("as the system")}</option><option value="light">{t("light")}</option><option value="dark">{t("dark")}</option>
        </select>
      </label>
      {user && (
        <>
          <span class="who">{user.user}<span class="role"> · {user.roles.map(role).join(t(", "))}</span></span>
          <button type="button" class="quiet" onClick={() => void signOut().then((problem) => { wrong.value = problem ? reason(problem) : ""; })}>
            {t("Sign out")}</button>
        </>
      )}
      {wrong.value && <span class="is-stopped" role="alert">{wrong.value}</span>}
    </div>
  );
}

/** Some minutes before a session ends by itself. */
function Ending(): JSX.Element | null {
  const left = session.value ? Date.parse(session.value.until) - tick.value : 0;
  if (!session.value || ended.value || left > 10 * 60_000) return null;
  return <p class="note warn" role="status">{t("Your session ends in {age}. What you have typed stays when you sign in again.", { age: lasting(left) })}</p>;
}

export function Frame({ children }: { children: ComponentChildren }): JSX.Element {
  const user = session.value!, help = useSignal(false);
  useKeys(() => { help.value = true; });
  const alarms = useLive("/v1/alarms", readAlarms), peers = useLive("/v1/peers", readPeers);
  const quarantined = (peers.data ?? []).reduce((sum, peer) => sum + peer.quarantined, 0);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>{t("To the content")}</a>
      <header>
        <div class="agency"><strong><Said text={user.name || user.agency} /></strong> <small class="code">{user.agency}</small></div>
        <div class="signs"><Health alarms={alarms.data?.length} /><Freshness /></div>
        <Settings />
        <nav aria-label={t("Screens")}>
          {entries(alarms.data?.length ?? 0, quarantined).map((entry) => (
            <a key={entry.path} href={address(entry.path)} aria-current={isHere(entry.path) ? "page" : undefined}>
              {t(entry.title)}{entry.count ? <b class={entry.calls ? "count calls" : "count"}>{entry.count}</b> : null}
            </a>
          ))}
          <button type="button" class="quiet help" onClick={() => { help.value = true; }} aria-label={t("Keys")}>?</button>
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        <Ending />
        {children}
      </main>
      {ended.value && <div class="over" role="dialog" aria-modal="true" aria-labelledby="signin-title"><SignIn /></div>}
      {help.value && <Keys close={() => { help.value = false; }} />}
      <Announcer />
    </>
  );
}

/** The frame of somebody who is not known yet. */
export function Door(): JSX.Element {
  return (
    <>
      <header class="bare"><div class="agency"><strong>{t("Jiexu")}</strong></div><Settings /></header>
      <main id="main" tabIndex={-1}><SignIn /></main>
    </>
  );
}
