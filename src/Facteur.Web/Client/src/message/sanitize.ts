import createDOMPurify, { type Config } from "dompurify";
import { webAddress } from "./linkify";
import { keptDeclarations, keptRules } from "./styles";

/** The HTML of a message, made harmless: nodes, not text, so that nothing parses it a second time. */
export interface CleanBody {
  readonly nodes: DocumentFragment;
  /** Rules of its style sheets. */
  readonly css: string;
  /** Images that wait for somebody to ask for them. */
  readonly remote: readonly HeldImage[];
  /** Images that are parts of the message, by Content-ID. */
  readonly inline: readonly { readonly cid: string; readonly image: HTMLImageElement }[];
  /** Whether it sets colours of its own: then dark mode has to turn them. */
  readonly hasColours: boolean;
}

export interface HeldImage {
  readonly url: string;
  show(address: string): void;
}

const tags = (
  "html head body style a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn dir div dl dt em figcaption figure font footer "
  + "h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark menu nav ol p pre q rp rt ruby s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr"
).split(" ");
const attributes = (
  "align alt bgcolor background border cellpadding cellspacing class color cols colspan datetime dir face height href hspace id lang nowrap reversed rowspan rules scope size span src start style summary title type valign vspace width"
).split(" ");

const config = {
  ALLOWED_TAGS: tags, ALLOWED_ATTR: attributes, ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false, ALLOW_UNKNOWN_PROTOCOLS: false,
  // Only these hold addresses; of the others any value is text.
  ADD_URI_SAFE_ATTR: attributes.filter((name) => !["href", "src", "background"].includes(name)),
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|cid:|data:image\/|\/\/)/iu,
  WHOLE_DOCUMENT: true, RETURN_DOM: true, FORCE_BODY: false, SANITIZE_DOM: true,
  // Text in these is no text for people.
  FORBID_CONTENTS: ["script", "template", "noscript", "noembed", "noframes", "iframe", "object", "embed", "svg", "math", "title", "textarea", "select", "xmp", "plaintext", "audio", "video"],
} as const satisfies Config;

const rasterData = /^data:image\/(?:png|jpe?g|gif|webp|avif|bmp);base64,[a-z0-9+/=\s]*$/iu;
const keptSchemes = /^(?:mailto|tel):/iu;
const maxHeld = 500;

type FrameWindow = Window & typeof globalThis;

/** Sanitises for a frame, with that frame's parser: its policy lets inline styles stand, ours does not. */
export function sanitize(html: string, frame: FrameWindow): CleanBody {
  const purifier = createDOMPurify(frame);
  const root = purifier.sanitize(html, config as unknown as Config & { RETURN_DOM: true }) as unknown as HTMLElement;
  const work = new Cleaning(frame);
  const body = root.querySelector("body") ?? root;
  work.clean(root);
  const nodes = frame.document.createDocumentFragment();
  const holder = frame.document.createElement("div");
  work.takeBodyLook(body, holder);
  holder.append(...body.childNodes);
  nodes.append(holder);
  return { nodes, css: work.css, remote: work.remote, inline: work.inline, hasColours: work.hasColours };
}

/** One message's nodes, gone over after the sanitiser. */
class Cleaning {
  css = "";
  hasColours = false;
  readonly remote: HeldImage[] = [];
  readonly inline: { cid: string; image: HTMLImageElement }[] = [];
  private readonly probe: CSSStyleSheet;

  constructor(private readonly frame: FrameWindow) {
    this.probe = new frame.CSSStyleSheet();
  }

  clean(root: HTMLElement): void {
    for (const style of root.querySelectorAll("style")) {
      this.css += this.rulesOf(style.textContent ?? "");
      style.remove();
    }
    for (const element of [root, ...root.querySelectorAll<HTMLElement>("*")]) this.cleanElement(element);
  }

  /** What the body of the message says of its colours goes to the element that stands for it. */
  takeBodyLook(body: HTMLElement, holder: HTMLElement): void {
    for (let i = 0; i < body.style.length; i++) {
      const name = body.style.item(i);
      if (!/^(?:margin|height|width|min-|max-|overflow|display|position)/u.test(name)) holder.style.setProperty(name, body.style.getPropertyValue(name));
    }
    const colour = body.getAttribute("bgcolor");
    if (colour !== null) holder.style.backgroundColor = colour;
    if (body.dir !== "") holder.dir = body.dir;
    if (body.className !== "") holder.className = body.className;
  }

  private cleanElement(element: HTMLElement): void {
    this.cleanStyle(element);
    if (element.hasAttribute("bgcolor") || element.hasAttribute("color")) this.hasColours = true;
    const background = element.getAttribute("background");
    if (background !== null) {
      element.removeAttribute("background");
      this.holdBackground(element, background);
    }
    const name = element.localName;
    if (name === "a") this.cleanLink(element as HTMLAnchorElement);
    else if (name === "img") this.cleanImage(element as HTMLImageElement);
    else if (element.hasAttribute("href") || element.hasAttribute("src")) for (const one of ["href", "src"]) element.removeAttribute(one);
    // Names of ours are not for messages.
    if (/facteur/iu.test(element.className)) element.removeAttribute("class");
  }

  private cleanStyle(element: HTMLElement): void {
    const text = element.getAttribute("style");
    if (text === null) return;
    this.probe.replaceSync(`x{${text.slice(0, 10_000)}}`);
    const rule = this.probe.cssRules.item(0) as CSSStyleRule | null;
    element.removeAttribute("style");
    for (const { name, value, isImportant } of rule === null ? [] : keptDeclarations(rule.style, (url) => this.holdBackground(element, url))) {
      element.style.setProperty(name, value, isImportant ? "important" : "");
      this.noteColour(name, value);
    }
  }

  private rulesOf(text: string): string {
    try {
      this.probe.replaceSync(text.slice(0, 500_000));
    } catch {
      return "";
    }
    // Images of style sheets decorate; they are not asked for.
    const css = keptRules(this.probe.cssRules, () => undefined);
    if (/(?:^|[\s{;])(?:background(?:-color)?|color)\s*:/u.test(css)) this.hasColours = true;
    return css;
  }

  private noteColour(name: string, value: string): void {
    if ((name === "color" || name === "background-color") && !/^(?:transparent|inherit|initial|unset|currentcolor|windowtext|canvastext)$/iu.test(value)) this.hasColours = true;
  }

  private cleanLink(link: HTMLAnchorElement): void {
    const href = link.getAttribute("href")?.trim() ?? "";
    const address = keptSchemes.test(href) ? href : webAddress(href.startsWith("//") ? "https:" + href : href);
    if (address === undefined) {
      link.removeAttribute("href");
      return;
    }
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }

  private cleanImage(image: HTMLImageElement): void {
    const source = image.getAttribute("src")?.trim() ?? "";
    if (rasterData.test(source)) return;
    image.removeAttribute("src");
    if (/^cid:/iu.test(source)) {
      this.inline.push({ cid: cidOf(source), image });
      return;
    }
    const url = webAddress(source.startsWith("//") ? "https:" + source : source);
    if (url === undefined || this.remote.length >= maxHeld) return;
    image.dataset["held"] = "";
    this.remote.push({
      url,
      show: (address) => {
        delete image.dataset["held"];
        image.src = address;
      },
    });
  }

  private holdBackground(element: HTMLElement, source: string): void {
    const url = webAddress(source.startsWith("//") ? "https:" + source : source);
    if (url === undefined || this.remote.length >= maxHeld) return;
    this.remote.push({
      url,
      show: (address) => {
        element.dataset["painted"] = "";
        element.style.backgroundImage = `url("${new URL(address, this.frame.location.href).href}")`;
      },
    });
  }
}

/** RFC 2392 §2: the Content-ID without its brackets, percent-encoded. */
export function cidOf(source: string): string {
  const text = source.slice("cid:".length);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
