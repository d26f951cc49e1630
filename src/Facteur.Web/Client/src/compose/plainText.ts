// Between plain text and the small HTML that people write. What is read here is a tree that was sanitised before, never markup.

/** As much of a DOM node as is read here, so that tests need no browser. */
export interface TextNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly nodeValue: string | null;
  readonly childNodes: ArrayLike<TextNode>;
  getAttribute?(name: string): string | null;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/gu, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
}

/** A line per block; runs of "> " become quotes. */
export function textToHtml(text: string): string {
  const out: string[] = [];
  let depth = 0;
  for (const line of text.replace(/\r\n?/gu, "\n").split("\n")) {
    const marks = /^(?:> ?)+/u.exec(line)?.[0] ?? "";
    const level = marks.replace(/ /gu, "").length;
    for (; depth < level; depth++) out.push("<blockquote>");
    for (; depth > level; depth--) out.push("</blockquote>");
    out.push(line.length === marks.length ? "<div><br></div>" : `<div>${spaces(escapeHtml(line.slice(marks.length)))}</div>`);
  }
  for (; depth > 0; depth--) out.push("</blockquote>");
  return out.join("");
}

function spaces(html: string): string {
  return html.replace(/\t/gu, "    ").replace(/ {2}/gu, " \u00a0").replace(/^ /u, "\u00a0");
}

const blocks = new Set(["P", "DIV", "UL", "OL", "LI", "BLOCKQUOTE", "PRE", "TABLE", "TR", "H1", "H2", "H3", "H4", "H5", "H6", "HR", "SECTION", "ARTICLE", "HEADER", "FOOTER", "CENTER", "DL", "DT", "DD", "TBODY", "THEAD"]);
const apart = new Set(["P", "UL", "OL", "TABLE", "H1", "H2", "H3", "H4", "H5", "H6"]);
const dropped = new Set(["STYLE", "SCRIPT", "HEAD", "TITLE", "TEMPLATE"]);
const maxDepth = 400;

/** The text of what somebody wrote: lists with marks, quotes with "> ", links with their address where the text does not say it. */
export function treeToText(root: TextNode): string {
  const out = new Lines();
  walk(root, out, "", false, 0);
  return out.finish();
}

class Lines {
  private readonly lines: string[] = [];
  private line = "";
  private open = false;

  add(text: string, prefix: string, isPre: boolean): void {
    for (const [index, part] of (isPre ? text.split("\n") : [text]).entries()) {
      if (index > 0) this.breakLine(prefix);
      if (!this.open) {
        if (!isPre && part.trim() === "" && !part.includes("\u00a0")) continue;
        this.line = prefix;
        this.open = true;
      }
      const atStart = this.line === prefix || this.line.endsWith(" ");
      this.line += isPre || !atStart ? part : part.replace(/^ /u, "");
    }
  }

  /** Ends the line there is, if any. */
  endBlock(): void {
    if (!this.open) return;
    this.lines.push(this.line.replace(/[ \u00a0]+$/u, (blank) => (this.line === "-- " ? blank : "")));
    this.line = "";
    this.open = false;
  }

  breakLine(prefix: string): void {
    if (!this.open) this.lines.push(prefix.trimEnd());
    else this.endBlock();
  }

  gap(prefix: string): void {
    this.endBlock();
    const last = this.lines.at(-1);
    if (last !== undefined && last.replace(/[> ]/gu, "") !== "") this.lines.push(prefix.trimEnd());
  }

  finish(): string {
    this.endBlock();
    while (this.lines.at(-1) === "") this.lines.pop();
    return this.lines.join("\n").replace(/\u00a0/gu, " ");
  }
}

function walk(node: TextNode, out: Lines, prefix: string, isPre: boolean, depth: number): void {
  if (depth > maxDepth) return;
  if (node.nodeType === 3) {
    const text = node.nodeValue ?? "";
    out.add(isPre ? text : text.replace(/[ \t\r\n]+/gu, " "), prefix, isPre);
    return;
  }
  const name = node.nodeName.toUpperCase();
  if (dropped.has(name)) return;
  if (name === "BR") return out.breakLine(prefix);
  if (name === "HR") {
    out.endBlock();
    return out.add("----------", prefix, false), out.endBlock();
  }
  if (name === "IMG") return out.add(imageText(node), prefix, false);
  const isBlock = blocks.has(name);
  if (apart.has(name)) out.gap(prefix);
  else if (isBlock) out.endBlock();
  children(node, name, out, name === "BLOCKQUOTE" ? `${prefix}> ` : prefix, isPre || name === "PRE", depth);
  if (name === "A") out.add(linkText(node), prefix, false);
  if (name === "TD" || name === "TH") out.add(" ", prefix, false);
  if (apart.has(name)) out.gap(prefix);
  else if (isBlock) out.endBlock();
}

function children(node: TextNode, name: string, out: Lines, prefix: string, isPre: boolean, depth: number): void {
  let number = 0;
  for (const child of Array.from(node.childNodes)) {
    if (child.nodeName.toUpperCase() === "LI" && (name === "UL" || name === "OL")) {
      out.endBlock();
      out.add(name === "UL" ? "- " : `${++number}. `, prefix, true);
      for (const inner of Array.from(child.childNodes)) walk(inner, out, inner.nodeName === "UL" || inner.nodeName === "OL" ? `${prefix}  ` : prefix, isPre, depth + 2);
      out.endBlock();
    } else walk(child, out, prefix, isPre, depth + 1);
  }
}

function imageText(node: TextNode): string {
  const alt = node.getAttribute?.("alt")?.trim() ?? "";
  return alt === "" ? "" : `[${alt}]`;
}

function linkText(node: TextNode): string {
  const target = node.getAttribute?.("href") ?? "";
  if (!/^https?:/iu.test(target)) return "";
  const shown = flatText(node, 0).trim();
  return shown === "" || target.replace(/\/$/u, "") === shown.replace(/\/$/u, "") || target.replace(/^https?:\/\/|\/$/giu, "") === shown.replace(/\/$/u, "") ? "" : ` <${target}>`;
}

function flatText(node: TextNode, depth: number): string {
  return node.nodeType === 3 ? (node.nodeValue ?? "") : depth > maxDepth ? "" : Array.from(node.childNodes, (child) => flatText(child, depth + 1)).join("");
}
