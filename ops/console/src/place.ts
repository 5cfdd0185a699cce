/**
 * Where in the page we are: path and query of the address, so that a link, a tab and the back button mean
 * what they say. Filters, sort and tab are in the query.
 */
import { signal } from "@preact/signals";

const BASE = "/console";

interface Place { path: string; query: URLSearchParams }

function here(): Place {
  const path = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : "";
  return { path: path.replace(/\/$/, "") || "/", query: new URLSearchParams(location.search) };
}

export const place = signal<Place>(here());
addEventListener("popstate", () => { place.value = here(); });

export const address = (path: string): string => BASE + (path === "/" ? "" : path);

export function go(path: string): void {
  history.pushState(null, "", address(path));
  place.value = here();
  scrollTo(0, 0);
}

/** Sets a part of the query; empty takes it away. Typing replaces the entry, a choice makes a new one. */
export function refine(name: string, value: string, how: "choice" | "typing" = "choice"): void {
  const query = new URLSearchParams(location.search);
  if (value) query.set(name, value);
  else query.delete(name);
  const text = query.toString();
  const url = location.pathname + (text ? `?${text}` : "");
  if (how === "typing") history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  place.value = here();
}

export const asked = (name: string): string => place.value.query.get(name) ?? "";

/** A plain click on a link of ours changes the page; every other click is the browser's. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = (event.target as Element).closest("a");
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (!link.pathname.startsWith(BASE) || link.hash) return;
  event.preventDefault();
  history.pushState(null, "", link.pathname + link.search);
  place.value = here();
  scrollTo(0, 0);
}
