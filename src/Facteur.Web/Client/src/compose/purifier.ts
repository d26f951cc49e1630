import createDOMPurify, { type Config } from "dompurify";

interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML(text: string): string; createScriptURL(text: string): string }): object;
}

let sanitize: ((html: string, config: Config) => unknown) | null = null;

/** @param config makes it answer a fragment. Inline styles are found in {@link styleName}. */
export function purify(html: string, config: Config): DocumentFragment {
  sanitize ??= purifier();
  const text = quiet(html);
  // Of a document without a body the sanitiser answers nothing at all.
  const fragment = (sanitize(text, config) as DocumentFragment | null) ?? document.createDocumentFragment();
  if (text.includes(mark)) unmark(fragment);
  return fragment;
}

function purifier(): (html: string, config: Config) => unknown {
  const purify = createDOMPurify(window);
  const policy = ownPolicy();
  return (html, config) => purify.sanitize(html, policy === undefined ? config : ({ ...config, TRUSTED_TYPES_POLICY: policy } as unknown as Config));
}

/** The one policy that our pages allow (Trusted Types). Only the sanitiser has it, which parses into a document of its own where nothing runs. */
function ownPolicy(): object | undefined {
  return (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes?.createPolicy("facteur-body", {
    createHTML: (text) => text,
    createScriptURL: () => {
      throw new TypeError("no scripts");
    },
  });
}

/** No character of any language; a name may begin with it. */
const mark = "\u{e0ff0}";

/** What an inline style is called while it is parsed; the sanitiser has to let it through. */
export const styleName = `${mark}style`;

/**
 * Parsing an inline style or handler, a style sheet or a base is a violation of the page's policy, even where nothing of it can take effect: they get other names before, wherever they may
 * stand, since only a parser knows what is text. A frameset would take the place of the body. This is for quiet, not for safety: whatever it misses the sanitiser takes away.
 */
export function quiet(html: string): string {
  return withoutSheets(html.replaceAll(mark, "")).replace(/<(\/?)(style|script|base|meta|link|frameset)(?=[\s/>]|$)/giu, "<$1x-$2").replace(/(?:style|on[a-z]{1,40})(?=[\s/]*=)/giu, `${mark}$&`);
}

/** Without style sheets and scripts that have an end, in one pass whatever the text. */
function withoutSheets(html: string): string {
  const begin = /<(style|script)(?=[\s/>])/giu;
  const kept: string[] = [];
  let from = 0;
  for (let found = begin.exec(html); found !== null; found = begin.exec(html)) {
    const end = new RegExp(`</${found[1]}[\\s/>]`, "giu");
    end.lastIndex = begin.lastIndex;
    const close = end.exec(html) === null ? -1 : html.indexOf(">", end.lastIndex - 1);
    if (close < 0) break;
    kept.push(html.slice(from, found.index));
    from = begin.lastIndex = close + 1;
  }
  return kept.join("") + html.slice(from);
}

/** Takes the marks out of what is text after all. */
function unmark(fragment: DocumentFragment): void {
  const nodes = document.createTreeWalker(fragment, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (nodes.nextNode() !== null) {
    const node = nodes.currentNode;
    if (node.nodeType === Node.ELEMENT_NODE) {
      for (const attribute of (node as Element).attributes) if (attribute.value.includes(mark)) attribute.value = attribute.value.replaceAll(mark, "");
    } else if (node.nodeValue?.includes(mark) === true) node.nodeValue = node.nodeValue.replaceAll(mark, "");
  }
}
