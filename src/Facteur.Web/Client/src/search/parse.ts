import { signal, type ReadonlySignal } from "@preact/signals";
import { language } from "../i18n";
import type { MailStore } from "../store/mailStore";
import { remember, type Chip, type Completion } from "./completion";

export interface Hint {
  readonly type: "unknownOperator" | "missingValue" | "badValue" | "ambiguousDate" | "distanceIgnored" | "tooLong";
  readonly start: number;
  readonly length: number;
  readonly suggestion: string | null;
}

/** How the server reads a search (docs/jmap.md). */
export interface Parsed {
  readonly canonical: string | null;
  readonly leavesOutJunkAndTrash: boolean;
  readonly chips: readonly Chip[];
  readonly hints: readonly Hint[];
  readonly completions: readonly Completion[];
}

const shown = signal<{ readonly text: string; readonly parsed: Parsed } | undefined>(undefined);

/** How the search that is shown is read, once that is known. */
export const shownSearch: ReadonlySignal<{ readonly text: string; readonly parsed: Parsed } | undefined> = shown;

export function ask(store: MailStore, text: string, cursor?: number): Promise<Parsed> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return store.client.call<Parsed>("Search/parse", { query: text, timeZone, language, ...(cursor === undefined ? {} : { cursor }) });
}

let asked: { readonly text: string; readonly answer: Promise<void> } | undefined;

/** Asks how the search in the address is read: once, and of several the last counts, whichever is answered first. */
export function askShown(store: MailStore, text: string): Promise<void> {
  if (asked?.text === text) return asked.answer;
  shown.value = undefined;
  const asking = { text, answer: ask(store, text).then((parsed) => { if (asked === asking) shown.value = { text, parsed }; }) };
  asked = asking;
  // Asked again the next time.
  asking.answer.catch(() => { if (asked === asking) asked = undefined; });
  return asking.answer;
}

const recentKey = (store: MailStore) => `facteur.searches.${store.client.accountId}`;

/** Searches of this account in this browser, newest first. */
export function recentSearches(store: MailStore): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(recentKey(store)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export function keepSearch(store: MailStore, text: string): void {
  try {
    localStorage.setItem(recentKey(store), JSON.stringify(remember(recentSearches(store), text)));
  } catch {
    // A browser that keeps nothing remembers no searches.
  }
}
