// Styles of what is answered, as the browser understood them. The frame that messages are shown in has its own, longer list.

export interface Declaration {
  readonly name: string;
  readonly value: string;
}

const properties = new Set([
  "background-color", "border-collapse", "border-spacing", "border-radius", "color", "direction", "font-family", "font-size", "font-style", "font-variant", "font-weight", "height", "letter-spacing",
  "line-height", "list-style-type", "max-width", "min-width", "text-align", "text-decoration", "text-decoration-line", "text-indent", "text-transform", "vertical-align", "white-space", "white-space-collapse",
  "text-wrap-mode", "width", "word-break", "overflow-wrap", "display",
]);
const families = /^(?:border|margin|padding)-[a-z-]+$/u;
const refused = /url|src\(|image|expression|var\(|env\(|attr\(|@|\\|<|[\d.](?:[sld]?v(?:h|w|b|i|max|min))\b/iu;

/** The declarations that may stand in a text that one writes. */
export function keptDeclarations(style: CSSStyleDeclaration): readonly Declaration[] {
  const kept: Declaration[] = [];
  for (let index = 0; index < style.length; index++) {
    const name = style.item(index);
    const value = style.getPropertyValue(name);
    if (isKept(name, value)) kept.push({ name, value });
  }
  return kept;
}

export function isKept(name: string, value: string): boolean {
  if (!properties.has(name) && !families.test(name)) return false;
  if (name === "display" && !/^(?:none|block|inline|inline-block|table|table-cell|table-row|list-item)$/u.test(value)) return false;
  return value !== "" && value.length <= 300 && !refused.test(value) && !(name.startsWith("margin-") && value.startsWith("-"));
}
