import type { Run } from "../app/Runs";
import { fold } from "../i18n/fold";
import type { Chip } from "./completion";

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", "#39": "'" };

/** Reads a snippet (RFC 8621 §5: text in which only mark is a tag, and the signs of HTML are entities) as stretches of text; nothing of it is ever HTML here. */
export function readSnippet(snippet: string): readonly Run[] {
  const runs: Run[] = [];
  let isFound = false;
  for (const part of snippet.split(/(<\/?mark>)/u)) {
    if (part === "<mark>" || part === "</mark>") isFound = part === "<mark>";
    else if (part !== "") runs.push({ text: part.replace(/&(#?\w{1,6});/gu, (whole, name: string) => entities[name] ?? whole), isFound });
  }
  return runs;
}

/** Operators whose values are words of the message itself. */
const inText = new Set(["subject", "objet", "body", "corps"]);
const joins = new Set(["or", "ou", "and", "et"]);
const maxWords = 20;

/** What a search looks for in subject and text: words, and phrases between quotation marks; nothing of what it leaves out. */
export function wordsOf(chips: readonly Chip[]): readonly string[] {
  const words = new Set<string>();
  for (const { operator, value, isNegated } of chips) {
    if (isNegated || (operator !== null && !inText.has(fold(operator)))) continue;
    for (const [, sign = "", phrase, word = ""] of value.matchAll(/(-?)(?:"([^"]+)"|([^\s(){}"]+))/gu)) {
      const text = phrase ?? word;
      if (sign === "" && text.length > 1 && (phrase !== undefined || (!joins.has(text.toLowerCase()) && !text.includes(":")))) words.add(text.trim());
    }
  }
  return [...words].slice(0, maxWords);
}
