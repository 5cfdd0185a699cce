/**
 * What the page says. As in the command line, a sentence stands in the code in English, and its row here
 * has the Chinese; a sentence without a row does not compile. What data brings (states, causes, kinds of
 * alarms) is in the daemon's own catalogue. Values stand in braces.
 */
import { signal } from "@preact/signals";
import catalogue from "catalogue";
import { zh } from "./chinese";

export type Language = "zh" | "en";
export type Sentence = keyof typeof zh;
export type Values = Record<string, string | number>;

const kept = localStorage.getItem("jx-language");
export const language = signal<Language>(
  kept === "zh" || kept === "en" ? kept : navigator.language.startsWith("zh") ? "zh" : "en");
/** Whether somebody has chosen, or it is only what the browser or the agency has. */
export const chosen = { language: kept !== null };

export function choose(wanted: Language, byHand: boolean): void {
  language.value = wanted;
  document.documentElement.lang = wanted;
  if (!byHand) return;
  chosen.language = true;
  localStorage.setItem("jx-language", wanted);
}

// All tabs speak one language: they share one stream.
addEventListener("storage", (event) => {
  if (event.key === "jx-language" && (event.newValue === "zh" || event.newValue === "en")) choose(event.newValue, false);
});

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (brace, name: string) => String(values[name] ?? brace));
}

export function t(sentence: Sentence, values: Values = {}): string {
  return filled(language.value === "zh" ? zh[sentence] : sentence, values);
}

/** The name of what stands in a table or in JSON, such as ("peer", "silent"). */
export function called(family: string, name: string): string {
  const row = catalogue.names[`${family}.${name}`];
  return row ? row[language.value === "zh" ? 1 : 0] : name;
}

/** A sentence of the daemon's, which comes in English. */
export function said(sentence: string): string {
  return language.value === "zh" ? (catalogue.sentences[sentence] ?? sentence) : sentence;
}
