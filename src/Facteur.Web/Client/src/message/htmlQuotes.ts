// What a reply repeats of the message it answers, in the ways in which programs mark it.

const marks = [
  ".gmail_quote", ".gmail_extra", ".yahoo_quoted", ".protonmail_quote", ".moz-cite-prefix", "blockquote[type=cite]", "#divRplyFwdMsg", "#appendonsend", ".facteur_quote", "blockquote.clean_bq", "#OLK_SRC_BODY_SECTION", ".zmail_extra", ".tutanota_quote",
].join(",");
const forwarded = /^[\s\-_*]*(?:forwarded message|message transféré|begin forwarded message|début du message (?:réexpédié|transféré)|weitergeleitete nachricht)/iu;

/** Folds the quoted end of a message into <details>; answers whether there was one. `root` is a fragment that is ours already. */
export function foldQuote(root: Element, label: string): boolean {
  const start = [...root.querySelectorAll(marks)].find((one) => hasTextBefore(root, one));
  if (start === undefined) return false;
  if (forwarded.test(start.textContent ?? "")) return false;
  // An answer below or between what is quoted needs it in sight.
  const top = topOf(root, start);
  const after = textAfter(root, lastOfQuote(start));
  if (after.length > 300) return false;
  const details = root.ownerDocument.createElement("details");
  const summary = root.ownerDocument.createElement("summary");
  details.className = "facteur-quote";
  summary.textContent = "•••";
  summary.title = label;
  summary.setAttribute("aria-label", label);
  details.append(summary);
  top.before(details);
  for (let node: ChildNode | null = top; node !== null;) {
    const next: ChildNode | null = node.nextSibling;
    details.append(node);
    node = next;
  }
  return true;
}

/** The quote's outermost element that begins with it: folding starts there, so that frames around it go as well. */
function topOf(root: Element, start: Element): Element {
  let top = start;
  while (top.parentElement !== null && top.parentElement !== root && !hasTextBefore(top.parentElement, top)) top = top.parentElement;
  return top;
}

/** A mark may stand before what is quoted instead of around it (Thunderbird, Outlook). */
function lastOfQuote(start: Element): Element {
  if (start.matches(".moz-cite-prefix")) return start.nextElementSibling ?? start;
  if (start.matches("#divRplyFwdMsg, #appendonsend")) return start.parentElement?.lastElementChild ?? start;
  return start;
}

function hasTextBefore(root: Element, element: Element): boolean {
  const range = root.ownerDocument.createRange();
  range.setStart(root, 0);
  range.setEndBefore(element);
  return range.toString().trim() !== "" || range.cloneContents().querySelector("img") !== null;
}

function textAfter(root: Element, element: Element): string {
  const range = root.ownerDocument.createRange();
  range.setStartAfter(element);
  range.setEnd(root, root.childNodes.length);
  return range.toString().trim();
}
