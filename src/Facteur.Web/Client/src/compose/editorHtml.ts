// HTML on its way into the editor and out of it. Nothing that a stranger wrote gets into the page but through the sanitiser; nothing in the editor asks any host
// for anything: addresses of images elsewhere are put aside while one writes, and stand again in what is sent.
import type { Config } from "dompurify";
import { keptDeclarations } from "./keptStyles";
import { purify, styleName } from "./purifier";

const tags = (
  "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q s "
  + "samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var"
).split(" ");
const attributes = [..."align alt bgcolor border cellpadding cellspacing cite class color colspan data-cid data-remote dir face height href id lang rowspan size src start title type valign width".split(" "), styleName];

const addresses = new Set(["href", "src", "cite", "data-remote"]);

const config = {
  // What is no address is not held against those that are allowed.
  ALLOWED_TAGS: tags, ALLOWED_ATTR: attributes, ADD_URI_SAFE_ATTR: attributes.filter((name) => !addresses.has(name)), ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false, ALLOW_UNKNOWN_PROTOCOLS: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|cid:|data:image\/|\/)/iu,
  FORBID_CONTENTS: ["script", "style", "x-script", "x-style", "head", "title", "template", "noscript", "iframe", "object", "embed", "svg", "math", "textarea", "select", "audio", "video"],
  RETURN_DOM_FRAGMENT: true, SANITIZE_DOM: true,
} as const satisfies Config;

/** Where the editor finds the image of a Content-ID; null while it is not there. */
export type ImageOf = (cid: string) => string | null;

const rasterData = /^data:image\/(?:png|jpe?g|gif|webp|avif|bmp);base64,[a-z0-9+/=\s]*$/iu;
/** Marks that the editor sets around the selection in its undo states. */
const bookmark = /^squire-selection-(?:start|end)$/u;
const ownClass = /^facteur_(?:quote|signature)$/u;

let probe: CSSStyleSheet | null = null;

/** Nodes for the editor. */
export function cleanFragment(html: string, imageOf: ImageOf): DocumentFragment {
  const fragment = purify(html, config as unknown as Config);
  for (const element of fragment.querySelectorAll<HTMLElement>("*")) cleanElement(element, imageOf);
  return document.importNode(fragment, true);
}

/** The HTML of a message as it may stand in an answer: what is sent of it, with cid: addresses and those of images elsewhere. */
export function cleanHtml(html: string): string {
  const holder = document.createElement("div");
  holder.append(cleanFragment(html, () => null));
  return serialise(holder);
}

/** What is sent of the editor's content. */
export function serialise(root: Element): string {
  const copy = inert().importNode(root, true);
  for (const input of copy.querySelectorAll("input")) input.remove();
  for (const element of copy.querySelectorAll<HTMLElement>("[id], [data-cid], [data-remote]")) {
    element.removeAttribute("id");
    const [cid, remote] = [element.dataset["cid"], element.dataset["remote"]];
    if (cid !== undefined) element.setAttribute("src", `cid:${encodeURIComponent(cid).replace(/%40/gu, "@")}`);
    else if (remote !== undefined) element.setAttribute("src", remote);
    element.removeAttribute("data-cid");
    element.removeAttribute("data-remote");
  }
  return copy.innerHTML.replace(/\u200b/gu, "");
}

/** A document in which images are not loaded. */
function inert(): Document {
  return document.implementation.createHTMLDocument("");
}

function cleanElement(element: HTMLElement, imageOf: ImageOf): void {
  cleanStyle(element);
  const isMark = element.localName === "input" && element.getAttribute("type") === "hidden" && bookmark.test(element.id);
  if (element.localName === "input" && !isMark) {
    element.remove();
    return;
  }
  if (!isMark) element.removeAttribute("id");
  const classes = [...element.classList].filter((name) => ownClass.test(name));
  if (classes.length > 0) element.className = classes.join(" ");
  else element.removeAttribute("class");
  if (element.localName === "img") cleanImage(element as HTMLImageElement, imageOf);
  else for (const name of ["src", "data-cid", "data-remote"]) element.removeAttribute(name);
  if (element.localName === "a" && !/^(?:https?|mailto|tel):/iu.test(element.getAttribute("href") ?? "")) element.removeAttribute("href");
}

function cleanImage(image: HTMLImageElement, imageOf: ImageOf): void {
  const source = image.getAttribute("src")?.trim() ?? "";
  const cid = /^cid:/iu.test(source) ? decode(source.slice("cid:".length)) : image.dataset["cid"];
  const remote = /^https?:/iu.test(source) ? source : image.dataset["remote"];
  image.removeAttribute("src");
  if (cid !== undefined) {
    image.dataset["cid"] = cid;
    delete image.dataset["remote"];
    const shown = imageOf(cid);
    if (shown !== null) image.setAttribute("src", shown);
  } else if (rasterData.test(source)) image.setAttribute("src", source);
  else if (remote !== undefined && /^https?:/iu.test(remote)) image.dataset["remote"] = remote;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Styles go by the way that our policy allows: property by property, and only those that messages may have. */
function cleanStyle(element: HTMLElement): void {
  const text = element.getAttribute(styleName);
  if (text === null) return;
  probe ??= new CSSStyleSheet();
  probe.replaceSync(`x{${text.slice(0, 10_000)}}`);
  const rule = probe.cssRules.item(0) as CSSStyleRule | null;
  element.removeAttribute(styleName);
  if (rule !== null) for (const { name, value } of keptDeclarations(rule.style)) element.style.setProperty(name, value);
}
