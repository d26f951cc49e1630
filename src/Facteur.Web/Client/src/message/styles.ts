// Styles of messages, rebuilt from what the browser understood of them: values come out as it writes them, without escapes or comments,
// so that looking for what must not be there is sure to find it (S-16, S-17).

/** Asked of each address in a style; "" leaves it out. The frame's policy holds against what this does not see. */
export type HoldImage = (url: string) => void;

export interface Declaration {
  readonly name: string;
  readonly value: string;
  readonly isImportant: boolean;
}

const properties = new Set([
  "background", "background-color", "background-position", "background-position-x", "background-position-y", "background-repeat", "background-size", "background-clip", "background-origin",
  "border", "border-collapse", "border-spacing", "border-radius", "box-sizing", "box-shadow", "caption-side", "clear", "color", "column-gap", "cursor", "direction", "display", "empty-cells", "float",
  "font", "font-family", "font-size", "font-stretch", "font-style", "font-variant", "font-weight", "font-variant-caps", "gap", "height", "hyphens", "letter-spacing", "line-height",
  "list-style-type", "list-style-position", "margin", "max-height", "max-width", "min-height", "min-width", "opacity", "outline", "overflow", "overflow-x", "overflow-y", "overflow-wrap", "padding", "row-gap", "table-layout",
  "text-align", "text-decoration", "text-decoration-color", "text-decoration-line", "text-decoration-style", "text-indent", "text-overflow", "text-transform", "text-shadow", "text-underline-offset",
  "unicode-bidi", "vertical-align", "visibility", "white-space", "white-space-collapse", "text-wrap-mode", "width", "word-break", "word-spacing", "writing-mode", "mso-hide",
  "align-items", "align-content", "align-self", "justify-content", "justify-items", "flex", "flex-basis", "flex-direction", "flex-grow", "flex-shrink", "flex-wrap", "order", "object-fit", "object-position", "aspect-ratio",
]);
const families = /^(?:border|margin|padding|outline)-(?:[a-z-]+)$/u;
// Functions that name something else, and lengths that depend on the height of the frame, which follows its content.
const refused = /url|src\(|image|expression|var\(|env\(|attr\(|element\(|paint\(|cross-fade|javascript|data:|@|\\|<|[\d.](?:[sld]?v(?:h|b|max|min))\b/iu;
const address = /url\("((?:[^"\\]|\\.)*)"\)/gu;

/** The declarations that a message may have. */
export function keptDeclarations(style: CSSStyleDeclaration, hold: HoldImage): readonly Declaration[] {
  const kept: Declaration[] = [];
  for (let index = 0; index < style.length; index++) {
    const name = style.item(index);
    const value = style.getPropertyValue(name);
    if (name === "background-image") for (const match of value.matchAll(address)) hold(match[1]!.replace(/\\(.)/gu, "$1"));
    if (isKept(name, value)) kept.push({ name, value, isImportant: style.getPropertyPriority(name) === "important" });
  }
  return kept;
}

export function isKept(name: string, value: string): boolean {
  if (!properties.has(name) && !families.test(name)) return false;
  if (value === "" || value.length > 1_000 || refused.test(value)) return false;
  // What lies over other things could lie over what we say of the message.
  return !(name === "display" && /contents/u.test(value));
}

export function writeDeclarations(declarations: readonly Declaration[]): string {
  return declarations.map(({ name, value, isImportant }) => `${name}: ${value}${isImportant ? " !important" : ""};`).join(" ");
}

const maxRules = 5_000;

/** The rules of a style sheet that a message may have, as text; selectors only reach what is in the frame. */
export function keptRules(rules: CSSRuleList, hold: HoldImage, budget = { left: maxRules }): string {
  let text = "";
  for (const rule of rules) {
    if (budget.left-- <= 0) break;
    const name = rule.constructor.name;
    if (name === "CSSStyleRule") {
      const { selectorText, style } = rule as CSSStyleRule;
      const declarations = keptDeclarations(style, hold);
      if (declarations.length > 0 && !/[<\\]|facteur/iu.test(selectorText)) text += `${selectorText} { ${writeDeclarations(declarations)} }\n`;
    } else if (name === "CSSMediaRule") {
      const media = rule as CSSMediaRule;
      const inner = keptRules(media.cssRules, hold, budget);
      if (inner !== "" && !/[<\\{}]/u.test(media.conditionText)) text += `@media ${media.conditionText} {\n${inner}}\n`;
    }
  }
  return text;
}
