// Addresses within plain text. No address is made of what does not begin with a scheme or "www.": names of files are no links.

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "web"; readonly text: string; readonly href: string }
  | { readonly kind: "mail"; readonly text: string; readonly address: string };

// Both alternatives begin with something fixed, and no part can be read in two ways: time grows with the text alone.
const candidate = /\b(?:https?:\/\/|www\.)[^\s<>"“”«»]+|[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/gu;
const trailing = /[.,;:!?'’…*_~\])}>]/u;

export function linkify(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(candidate)) {
    const found = trim(match[0]);
    const piece = pieceOf(found);
    if (piece === undefined) continue;
    if (match.index > at) pieces.push({ kind: "text", text: text.slice(at, match.index) });
    pieces.push(piece);
    at = match.index + found.length;
  }
  if (at < text.length) pieces.push({ kind: "text", text: text.slice(at) });
  return pieces;
}

function pieceOf(found: string): Piece | undefined {
  if (!/^(?:https?:\/\/|www\.)/iu.test(found)) return { kind: "mail", text: found, address: found };
  const href = webAddress(/^www\./iu.test(found) ? "https://" + found : found);
  return href === undefined ? undefined : { kind: "web", text: found, href };
}

/** An address of the web as it is followed; undefined for anything else. */
export function webAddress(text: string): string | undefined {
  try {
    const url = new URL(text);
    return (url.protocol === "https:" || url.protocol === "http:") && url.hostname !== "" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Without the punctuation of the sentence around it; a closing bracket stays when its opening one is inside. */
function trim(text: string): string {
  const open = new Map(["()", "[]", "{}"].map((pair) => [pair[1]!, count(text, pair[0]!) - count(text, pair[1]!)]));
  let end = text.length;
  for (; end > 0 && trailing.test(text[end - 1]!); end--) {
    const last = text[end - 1]!;
    const balance = open.get(last);
    if (balance === undefined) continue;
    if (balance >= 0) break;
    open.set(last, balance + 1);
  }
  return text.slice(0, end);
}

function count(text: string, letter: string): number {
  let found = 0;
  for (const one of text) if (one === letter) found++;
  return found;
}
