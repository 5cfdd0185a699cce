/** The page: signs in, then shows what the address says. */
import { effect } from "@preact/signals";
import { render, type JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Door, Frame, home } from "./frame";
import { follow, place, go } from "./place";
import { Alarms } from "./screens/alarms";
import { CasePage } from "./screens/case";
import { PeerPage } from "./screens/peer";
import { Quarantine, QuarantinedPage } from "./screens/quarantine";
import { Queues } from "./screens/queues";
import { Work } from "./screens/work";
import { begin, session } from "./session";
import "./theme";
import { choose, language, t, type Sentence } from "./words";

const SCREENS: Record<string, { title: Sentence; show: () => JSX.Element }> = {
  queues: { title: "Queues", show: () => <Queues /> },
  alarms: { title: "Alarms", show: () => <Alarms /> },
  quarantine: { title: "Quarantine", show: () => <Quarantine /> },
  work: { title: "Work list", show: () => <Work /> },
};
const ITEMS: Record<string, { title: Sentence; show: (item: string) => JSX.Element }> = {
  peers: { title: "Agency", show: (item) => <PeerPage key={item} agency={item} /> },
  quarantine: { title: "A message in quarantine", show: (item) => <QuarantinedPage key={item} place={item} /> },
  cases: { title: "Case", show: (item) => <CasePage key={item} id={item} /> },
};

function Screen(): JSX.Element {
  const path = place.value.path === "/" ? home() : place.value.path;
  const [, page = "", item] = path.split("/").map(decodeURIComponent);
  const screen = item === undefined ? SCREENS[page] : undefined, one = item ? ITEMS[page] : undefined;
  const title = screen?.title ?? one?.title ?? "There is no such page.";
  useEffect(() => { document.title = `${t(title)} · ${session.value?.name || session.value?.agency || ""}`; });
  if (one && item) return one.show(item);
  if (screen) return <><h1>{t(screen.title)}</h1>{screen.show()}</>;
  return <><h1>{t("There is no such page.")}</h1><p><button type="button" onClick={() => go("/")}>{t("To the first page")}</button></p></>;
}

function Page(): JSX.Element {
  if (session.value === undefined) return <main><p class="hint loading" role="status">{t("Loading …")}</p></main>;
  return session.value ? <Frame><Screen /></Frame> : <Door />;
}

choose(language.value, false);
document.addEventListener("click", follow);
effect(() => { if (session.value === null) document.title = t("Jiexu"); });
render(<Page />, document.getElementById("app")!);
void begin();
