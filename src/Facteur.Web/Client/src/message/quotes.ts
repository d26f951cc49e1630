// Plain text as people quote it: lines that begin with ">" (RFC 3676 §4.5), and what stands before and after.

export interface Block {
  /** How many times quoted; 0 for the writer's own words. */
  readonly depth: number;
  readonly text: string;
}

export interface PlainMessage {
  readonly blocks: readonly Block[];
  /** From this block on, all is what was said before: quoted, with the line that says by whom. The number of blocks when nothing is. */
  readonly foldFrom: number;
  /** From this block on it is the signature (RFC 3676 §4.3), if there is one before the fold. */
  readonly signatureFrom: number;
}

const maxDepth = 8;
const originalMessage = /^-{2,}\s*(?:original message|message d['’]origine|message original|original-nachricht)\s*-{2,}$/iu;
const attribution = /(?:wrote|a écrit|schrieb|escribió|ha scritto)\s*:?\s*$/iu;
const forwarded = /^-{2,}\s*(?:forwarded message|message transféré|message réexpédié)\s*-{2,}|^(?:begin forwarded message|début du message réexpédié)/iu;

export function readPlain(text: string): PlainMessage {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let depth = -1;
  const end = (): void => {
    if (lines.length > 0) blocks.push({ depth, text: lines.join("\n") });
    lines = [];
  };
  for (const line of text.replace(/\r\n?/gu, "\n").replace(/\n+$/u, "").split("\n")) {
    const [level, rest] = quoteOf(line);
    const isBreak = level === 0 && (line === "-- " || originalMessage.test(line.trim()));
    if (level !== depth || isBreak) end();
    depth = level;
    lines.push(rest);
  }
  end();
  const split = splitAttribution(blocks);
  return { blocks: split, foldFrom: foldOf(split), signatureFrom: signatureOf(split) };
}

function quoteOf(line: string): readonly [level: number, rest: string] {
  let [level, at] = [0, 0];
  while (line[at] === ">" && level < maxDepth) {
    level++;
    at++;
    if (line[at] === " " && line[at + 1] === ">") at++;
  }
  return level === 0 ? [0, line] : [level, line.slice(line[at] === " " ? at + 1 : at)];
}

/** The line that says who wrote what follows becomes a block of its own. */
function splitAttribution(blocks: readonly Block[]): readonly Block[] {
  const split: Block[] = [];
  blocks.forEach((block, index) => {
    const next = blocks[index + 1];
    const lines = block.text.trimEnd().split("\n");
    if (block.depth > 0 || next === undefined || next.depth === 0 || !attribution.test(lines.at(-1) ?? "")) {
      split.push(block);
      return;
    }
    // It may have been wrapped: "Le lun. 3 nov. 2026 à 10:12, Claire <claire@…> a\nécrit :".
    let from = lines.length - 1;
    while (from > 0 && lines.length - from < 3 && lines[from - 1]!.trim() !== "") from--;
    if (from > 0) split.push({ depth: 0, text: lines.slice(0, from).join("\n").trimEnd() });
    split.push({ depth: 0, text: lines.slice(from).join("\n") });
  });
  return split;
}

/** Only what ends the message is folded: answers between the lines need what they answer. */
function foldOf(blocks: readonly Block[]): number {
  const original = blocks.findIndex((block) => block.depth === 0 && originalMessage.test(block.text.split("\n")[0]!.trim()));
  if (original > 0) return original;
  if (blocks.some((block) => block.depth === 0 && block.text.split("\n").some((line) => forwarded.test(line.trim())))) return blocks.length;
  let from = blocks.length;
  while (from > 0 && (blocks[from - 1]!.depth > 0 || blocks[from - 1]!.text.trim() === "")) from--;
  if (from === blocks.length || !blocks.slice(from).some((block) => block.depth > 0)) return blocks.length;
  if (from > 0 && attribution.test(blocks[from - 1]!.text)) from--;
  return blocks.slice(0, from).some((block) => block.text.trim() !== "") ? from : blocks.length;
}

function signatureOf(blocks: readonly Block[]): number {
  const found = blocks.findIndex((block) => block.depth === 0 && (block.text === "-- " || block.text.startsWith("-- \n")));
  return found < 0 ? blocks.length : found;
}
