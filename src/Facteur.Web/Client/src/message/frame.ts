import { foldQuote } from "./htmlQuotes";
import { sanitize, type HeldImage } from "./sanitize";
import { hiddenTarget } from "./targets";

/** Of the element: less than what the document's own policy lets through. Never scripts (docs/decisions/0021). */
export const frameSandbox = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
export const frameAddress = "/mail/body";

export interface Filled {
  readonly remote: readonly HeldImage[];
  readonly inline: readonly { readonly cid: string; readonly image: HTMLImageElement }[];
  readonly hasColours: boolean;
}

export interface FrameTexts {
  readonly quoted: string;
  /** "leads to {host}" */
  readonly leadsTo: (host: string) => string;
}

type FrameWindow = Window & typeof globalThis;

/** The window of a frame of ours that has loaded; undefined when it holds anything else (an error page, or nothing). */
export function windowOf(frame: HTMLIFrameElement): FrameWindow | undefined {
  try {
    const found = frame.contentWindow as FrameWindow | null;
    return found?.location.pathname === frameAddress && rootOf(found) !== null ? found : undefined;
  } catch {
    return undefined; // of another origin
  }
}

export function rootOf(frame: Window): HTMLElement | null {
  return frame.document.getElementById("facteur-body");
}

/** Puts messages into an empty frame. */
export function fillFrame(frame: FrameWindow, parts: readonly string[], texts: FrameTexts): Filled {
  const root = rootOf(frame)!;
  const [remote, inline]: [HeldImage[], { cid: string; image: HTMLImageElement }[]] = [[], []];
  let [css, hasColours] = ["", false];
  root.replaceChildren();
  for (const html of parts) {
    const clean = sanitize(html, frame);
    // The nodes move as they are: nothing is written and read again.
    root.append(frame.document.adoptNode(clean.nodes));
    css += clean.css;
    remote.push(...clean.remote);
    inline.push(...clean.inline);
    hasColours ||= clean.hasColours;
  }
  markTargets(root, texts);
  for (const part of [...root.children]) foldQuote(part, texts.quoted);
  for (const element of root.querySelectorAll("[id]")) element.removeAttribute("id");
  if (css !== "") {
    const style = frame.document.createElement("style");
    style.textContent = css;
    root.prepend(style);
  }
  return { remote, inline, hasColours };
}

/** Writes the true host behind links whose text names another. */
function markTargets(root: HTMLElement, texts: FrameTexts): void {
  for (const link of root.querySelectorAll<HTMLAnchorElement>("a[href]")) {
    const host = hiddenTarget(link.textContent ?? "", link.href);
    if (host === undefined) continue;
    const mark = root.ownerDocument.createElement("span");
    mark.className = "facteur-target";
    mark.textContent = texts.leadsTo(host);
    link.after(mark);
  }
}

/** How the frame shows itself on a dark page. */
export function darken(frame: Window, isDark: boolean, hasColours: boolean): void {
  const { dataset } = frame.document.documentElement;
  if (!isDark) delete dataset["dark"];
  else dataset["dark"] = hasColours ? "turned" : "own";
}

const [minHeight, maxHeight, maxSteps] = [24, 100_000, 60];

/** Gives the frame the height of its content from now on, and shrinks what is too wide for it; answers what ends that. */
export function follow(element: HTMLIFrameElement, frame: Window): () => void {
  const root = rootOf(frame)!;
  // A message whose content grows with its frame would grow for ever.
  let [steps, last] = [0, 0];
  const measure = (): void => {
    fit(root, element.clientWidth);
    const height = Math.ceil(root.getBoundingClientRect().height);
    if (height === last || (height > last && ++steps > maxSteps)) return;
    last = height;
    element.style.height = `${Math.min(Math.max(height, minHeight), maxHeight)}px`;
  };
  const observer = new ResizeObserver(measure);
  observer.observe(root);
  observer.observe(element);
  measure();
  return () => observer.disconnect();
}

const smallest = 0.5;

/** Newsletters are made for 600 pixels and more: on a telephone they are shown smaller rather than cut. */
function fit(root: HTMLElement, width: number): void {
  if (width === 0) return;
  const before = root.style.zoom;
  root.style.zoom = "";
  const wanted = root.scrollWidth;
  const next = wanted > width + 1 ? String(Math.max(smallest, Math.floor((width / wanted) * 100) / 100)) : "";
  root.style.zoom = next;
  if (next !== before) root.style.transformOrigin = "";
}
