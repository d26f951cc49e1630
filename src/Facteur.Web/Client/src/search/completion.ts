import { fold } from "../i18n/fold";

/** What may stand in place of a word of a search (docs/jmap.md, Search/parse). */
export interface Completion {
  readonly start: number;
  readonly length: number;
  readonly text: string;
}

/** A part of a search as the server reads it. */
export interface Chip {
  readonly start: number;
  readonly length: number;
  readonly operator: string | null;
  readonly value: string;
  readonly isNegated: boolean;
  readonly isAlternative: boolean;
}

export interface Typed {
  readonly text: string;
  readonly cursor: number;
}

/** The word that the cursor stands in or behind: from the last space, parenthesis or brace outside quotation marks. */
export function wordAt({ text, cursor }: Typed): { readonly start: number; readonly word: string } {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < cursor; at++) {
    const sign = text[at]!;
    if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /[\s(){}]/.test(sign)) start = at + 1;
  }
  return { start, word: text.slice(start, cursor) };
}

/** Puts a completion in its place; behind a value that is whole follows a space, behind an operator its value is typed. */
export function complete(text: string, completion: Completion): Typed {
  const before = text.slice(0, completion.start) + completion.text;
  const rest = text.slice(completion.start + completion.length);
  const isOpen = completion.text.endsWith(":");
  const gap = isOpen || rest.startsWith(" ") ? "" : " ";
  return { text: before + gap + rest, cursor: before.length + (isOpen ? 0 : 1) };
}

/** Those of an earlier answer that still fit what has been typed since: shown until the next answer is there. */
export function narrow(completions: readonly Completion[], typed: Typed): readonly Completion[] {
  const { start, word } = wordAt(typed);
  const wanted = fold(word);
  if (wanted === "") return [];
  return completions.filter((one) => one.start >= start && one.start <= typed.cursor)
    .map((one) => ({ ...one, length: typed.cursor - one.start }))
    .filter((one) => fold(one.text).startsWith(fold(typed.text.slice(one.start, typed.cursor))) && one.text !== typed.text.slice(one.start, typed.cursor));
}

/** A search without one of its parts; null when nothing is left. The OR that bound it goes with it. */
export function withoutChip(text: string, chip: Pick<Chip, "start" | "length">): string | null {
  const left = `${text.slice(0, chip.start)} ${text.slice(chip.start + chip.length)}`
    .replace(/\s+/g, " ").replace(/^ ?(OR|OU) /u, "").replace(/ (OR|OU) ?$/u, "").replace(/ (OR|OU) (OR|OU) /u, " $1 ").trim();
  return left === "" ? null : left;
}

const maxRecent = 12;

/** The last searches, newest first, each once. */
export function remember(recent: readonly string[], text: string): readonly string[] {
  const wanted = text.trim();
  return wanted === "" ? recent : [wanted, ...recent.filter((one) => fold(one) !== fold(wanted))].slice(0, maxRecent);
}

/** Those that hold what is typed. */
export function recall(recent: readonly string[], typed: string, max: number): readonly string[] {
  const wanted = fold(typed.trim());
  return recent.filter((one) => fold(one).includes(wanted) && fold(one) !== wanted).slice(0, max);
}
