// Plain text whose lines flow (RFC 3676): a space at the end of a line says that the paragraph goes on in the next one.

const width = 72;
const signatureMark = "-- ";
/** Signs of quoting as people write them: "> > x" is quoted twice, like ">> x". */
const quoteMarks = /^(?:> ?)+/u;

/** Whether and how the text of a part flows, by its Content-Type. */
export function flowOf(contentType: string | null | undefined): { readonly delSp: boolean } | undefined {
  const type = contentType?.toLowerCase() ?? "";
  if (!/^\s*text\/plain\s*;/u.test(type) || !/;\s*format\s*=\s*"?flowed\b/u.test(type)) return undefined;
  return { delSp: /;\s*delsp\s*=\s*"?yes\b/u.test(type) };
}

/** A paragraph a line, quoted with "> " (RFC 3676 §4.4, §4.5). */
export function unflow(text: string, delSp: boolean): string {
  const out: string[] = [];
  let open: { readonly depth: number; text: string } | undefined;
  const end = (): void => {
    if (open !== undefined) out.push(written(open.depth, open.text.replace(/ +$/u, "")));
    open = undefined;
  };
  for (const line of text.replace(/\r\n?/gu, "\n").split("\n")) {
    const depth = /^>*/u.exec(line)![0].length;
    const content = line.slice(line[depth] === " " ? depth + 1 : depth);
    const isMark = content === signatureMark;
    // What is quoted otherwise, and the mark of the signature, begin anew whatever the line before says (§4.3, §4.5).
    if (open !== undefined && (open.depth !== depth || isMark)) end();
    if (isMark || !content.endsWith(" ")) {
      out.push(written(depth, (open?.text ?? "") + content));
      open = undefined;
    } else open = { depth, text: (open?.text ?? "") + (delSp ? content.slice(0, -1) : content) };
  }
  end();
  return out.join("\n");
}

function written(depth: number, text: string): string {
  // A sign that only looks like one of quoting keeps the space that says so.
  if (depth === 0) return text.startsWith(">") ? ` ${text}` : text;
  return text === "" ? ">".repeat(depth) : `${">".repeat(depth)} ${text}`;
}

/** Lines that flow, of a text with a paragraph a line. */
export function flow(text: string): string {
  return text.replace(/\r\n?/gu, "\n").split("\n").flatMap(flowLine).join("\n");
}

function flowLine(line: string): readonly string[] {
  const marks = quoteMarks.exec(line)?.[0] ?? "";
  const depth = marks.replace(/ /gu, "").length;
  const content = line.slice(marks.length);
  // A space at its end would let the line flow into the next one; only the mark of the signature has one.
  const lines = content === signatureMark ? [content] : wrap(content.replace(/ +$/u, ""), Math.max(20, width - depth));
  return lines.map((one) => (depth > 0 ? (one === "" ? ">".repeat(depth) : `${">".repeat(depth)} ${one}`) : /^(?: |>|From )/u.test(one) ? ` ${one}` : one));
}

/** Breaks behind spaces, which stay. */
function wrap(text: string, most: number): readonly string[] {
  if (text.length <= most) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.match(/\S+ *| +/gu) ?? []) {
    // Alone on a line, the mark of a signature would be one.
    if (line !== "" && line !== signatureMark && line.endsWith(" ") && line.length + word.trimEnd().length > most) {
      lines.push(line);
      line = "";
    }
    line += word;
  }
  return [...lines, line];
}
