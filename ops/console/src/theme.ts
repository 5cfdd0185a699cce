/** Light, dark, or as the system is: a class, because the oldest browsers have no light-dark(). */
import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const kept = localStorage.getItem("jx-theme");
export const theme = signal<Theme>(kept === "light" || kept === "dark" ? kept : "system");
const dark = matchMedia("(prefers-color-scheme: dark)");

function apply(): void {
  const now = theme.value === "system" ? (dark.matches ? "dark" : "light") : theme.value;
  document.documentElement.dataset["theme"] = now;
}
dark.addEventListener("change", apply);
effect(() => {
  localStorage.setItem("jx-theme", theme.value);
  apply();
});
