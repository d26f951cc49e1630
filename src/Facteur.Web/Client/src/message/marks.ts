// Where words stand in a text, without regard to case and accents, as the server's search finds them.
import { fold } from "../i18n/fold";

export interface Span {
  readonly from: number;
  readonly to: number;
}

const maxSpans = 1_000;
const maxCharacters = 500_000;
const ascii = /^[\u0000-\u007f]*$/u;

/** Places of the words, in order and without overlap. */
export function spansOf(text: string, words: readonly string[]): readonly Span[] {
  if (words.length === 0 || text.length > maxCharacters) return [];
  const { folded, at } = foldWithPlaces(text);
  const spans: Span[] = [];
  for (const word of words) {
    const wanted = fold(word);
    if (wanted === "") continue;
    for (let found = folded.indexOf(wanted); found >= 0 && spans.length < maxSpans; found = folded.indexOf(wanted, found + wanted.length)) spans.push({ from: at(found), to: at(found + wanted.length) });
  }
  return joined(spans.sort((a, b) => a.from - b.from || a.to - b.to));
}

function joined(spans: readonly Span[]): readonly Span[] {
  const out: Span[] = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (last !== undefined && span.from < last.to) out[out.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else if (span.to > span.from) out.push(span);
  }
  return out;
}

/** The folded text, and where in the text each of its characters comes from. */
function foldWithPlaces(text: string): { readonly folded: string; readonly at: (place: number) => number } {
  if (ascii.test(text)) return { folded: text.toLowerCase(), at: (place) => place };
  let folded = "";
  const places: number[] = [];
  let from = 0;
  for (const letter of text) {
    const piece = ascii.test(letter) ? letter.toLowerCase() : fold(letter);
    for (let i = 0; i < piece.length; i++) places.push(from);
    folded += piece;
    from += letter.length;
  }
  // The end of what was found takes the marks that follow its last letter with it.
  places.push(text.length);
  return { folded, at: (place) => places[place] ?? text.length };
}

/** Marks words in a tree of nodes; text nodes are cut, nothing is read as HTML. Answers what takes the marks away. */
export function markIn(root: HTMLElement, words: readonly string[]): () => void {
  const document = root.ownerDocument;
  const marks: HTMLElement[] = [];
  if (words.length > 0)
    for (const node of textNodes(root)) {
      if (marks.length >= maxSpans) break;
      // From the last to the first: places before stay.
      for (const { from, to } of [...spansOf(node.data, words)].reverse()) {
        const found = node.splitText(from);
        found.splitText(to - from);
        const mark = document.createElement("mark");
        found.replaceWith(mark);
        mark.append(found);
        marks.push(mark);
      }
    }
  return () => {
    for (const mark of marks) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent?.normalize();
    }
  };
}

function textNodes(root: HTMLElement): readonly Text[] {
  const walker = root.ownerDocument.createTreeWalker(root, 4 /* NodeFilter.SHOW_TEXT */);
  const nodes: Text[] = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) if (!["STYLE", "SCRIPT", "TITLE"].includes(node.parentElement?.tagName.toUpperCase() ?? "")) nodes.push(node as Text);
  return nodes;
}
