// What our own server found out about where a message is from (Authentication-Results, RFC 8601 §2.2).

export interface Statement {
  /** "spf", "dkim", "dmarc", "arc" and others, lower case. */
  readonly method: string;
  /** "pass", "fail", "none" and others, lower case. */
  readonly result: string;
  readonly reason: string;
  readonly properties: Readonly<Record<string, string>>;
}

export type Verdict = "pass" | "fail" | "none" | "unsure";

export interface Authentication {
  readonly spf: Statement | undefined;
  readonly dkim: readonly Statement[];
  readonly dmarc: Statement | undefined;
  readonly arc: Statement | undefined;
}

/** The results that are ours: of the first field with our name, since the server writes it above all others and takes forged ones away. */
export function authenticationOf(fields: readonly string[], service: string): Authentication | undefined {
  for (const field of fields) {
    const [head = "", ...rest] = splitStatements(unfold(field));
    const name = withoutComments(head).trim().split(/\s+/u)[0] ?? "";
    if (name.replace(/\.$/u, "").toLowerCase() !== service.toLowerCase()) continue;
    const statements = rest.map(readStatement).filter((one) => one !== undefined);
    return {
      spf: statements.find((one) => one.method === "spf"),
      dkim: statements.filter((one) => one.method === "dkim"),
      dmarc: statements.find((one) => one.method === "dmarc"),
      arc: statements.find((one) => one.method === "arc"),
    };
  }
  return undefined;
}

export function verdictOf(statement: Statement | undefined): Verdict {
  switch (statement?.result) {
    case "pass": return "pass";
    case "fail": case "hardfail": return "fail";
    case undefined: case "none": return "none";
    default: return "unsure";
  }
}

/** The domain that a statement is about. */
export function domainOf(statement: Statement): string {
  const { properties } = statement;
  return properties["header.d"] ?? properties["header.from"] ?? properties["smtp.mailfrom"] ?? properties["smtp.helo"] ?? "";
}

function unfold(field: string): string {
  return field.replace(/\r?\n[ \t]+/gu, " ").trim();
}

/** Parts between semicolons that stand neither in quotation marks nor in comments. */
function splitStatements(text: string): string[] {
  const parts = [""];
  walk(text, (piece, isPlain) => {
    if (isPlain && piece === ";") parts.push("");
    else parts[parts.length - 1] += piece;
  });
  return parts;
}

function withoutComments(text: string): string {
  let kept = "";
  walk(text, (piece, _isPlain, isComment) => {
    if (!isComment) kept += piece;
  });
  return kept;
}

/** Passes over a text a character at a time (an escaped one with its backslash) and says where it stands. */
function walk(text: string, visit: (piece: string, isPlain: boolean, isComment: boolean) => void): void {
  let [depth, isQuoted] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "\\" && (isQuoted || depth > 0) && i + 1 < text.length) {
      visit(c + text[++i]!, false, depth > 0);
      continue;
    }
    if (depth === 0 && c === '"') isQuoted = !isQuoted;
    else if (!isQuoted && c === "(") depth++;
    const isComment = depth > 0;
    if (!isQuoted && c === ")" && depth > 0) depth--;
    visit(c, !isQuoted && !isComment, isComment);
  }
}

function readStatement(text: string): Statement | undefined {
  const words: string[] = [""];
  walk(withoutComments(text).trim(), (piece, isPlain) => {
    if (isPlain && /\s/u.test(piece)) words.push("");
    else words[words.length - 1] += piece;
  });
  const pairs = words.filter((word) => word !== "").map((word) => {
    const equals = word.indexOf("=");
    return [word.slice(0, Math.max(equals, 0)).toLowerCase(), unquote(word.slice(equals + 1))] as const;
  });
  const [first, ...rest] = pairs;
  if (first === undefined || first[0] === "") return undefined;
  const properties: Record<string, string> = {};
  for (const [name, value] of rest) if (name !== "" && !Object.hasOwn(properties, name)) properties[name] = value;
  return { method: first[0].split("/")[0]!, result: first[1].toLowerCase(), reason: properties["reason"] ?? "", properties };
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.replace(/^"|"$/gu, "").replace(/\\(.)/gu, "$1") : value;
}
