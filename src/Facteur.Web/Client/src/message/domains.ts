// Domains that can be taken for others: letters of several scripts in one label, or of one script that look like those of another (S-18).

/** Cyrillic and Greek letters that look like Latin ones in most type faces. */
const latinLookalikes = new Set("аеорсухіјѕԁһԛԝӏԍьвнкмтгпиαοριυνκτεηχγ");

const scripts = {
  latin: /\p{Script=Latin}/u, cyrillic: /\p{Script=Cyrillic}/u, greek: /\p{Script=Greek}/u, armenian: /\p{Script=Armenian}/u,
  hebrew: /\p{Script=Hebrew}/u, arabic: /\p{Script=Arabic}/u, cherokee: /\p{Script=Cherokee}/u, georgian: /\p{Script=Georgian}/u,
  thai: /\p{Script=Thai}/u, hangul: /\p{Script=Hangul}/u, east: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}]/u,
} as const;

/** Han stands with Latin, kana and hangul in names that are meant (Unicode TR 39, "highly restrictive"). */
const companions: ReadonlySet<string> = new Set(["east", "hangul", "latin"]);

/** Whether a domain has a label that may be taken for another one. */
export function isMixedDomain(domain: string): boolean {
  return toUnicode(domain).split(".").some(isMixedLabel);
}

function isMixedLabel(label: string): boolean {
  if (/^[\x00-\x7f]*$/u.test(label)) return label.startsWith("xn--"); // one that cannot be read is none to trust
  const found = Object.entries(scripts).filter(([, script]) => script.test(label)).map(([name]) => name);
  if (found.length > 1 && !found.every((name) => companions.has(name))) return true;
  if (/\p{M}{2}|[\u2010-\u2fff\uff00-\uffef\ua789\u02d0]/u.test(label)) return true;
  return !found.includes("latin") && found.length === 1 && [...label].every((letter) => latinLookalikes.has(letter) || /[-0-9]/u.test(letter));
}

/** The domain in A-labels, as the DNS has it; itself when it is no domain. */
export function toAscii(domain: string): string {
  try {
    return new URL(`http://${domain}/`).hostname || domain;
  } catch {
    return domain;
  }
}

/** The domain with its A-labels decoded (RFC 5891 §5.4, RFC 3492 §6.2); labels that are none stay. */
export function toUnicode(domain: string): string {
  return domain.toLowerCase().split(".").map((label) => (label.startsWith("xn--") ? decode(label.slice(4)) ?? label : label)).join(".");
}

const [base, tMin, tMax, skew, damp, initialBias, initialN] = [36, 1, 26, 38, 700, 72, 128];

function decode(text: string): string | undefined {
  const output: number[] = [];
  const delimiter = text.lastIndexOf("-");
  for (let i = 0; i < delimiter; i++) output.push(text.charCodeAt(i));
  let [n, i, bias] = [initialN, 0, initialBias];
  for (let at = delimiter + 1; at < text.length;) {
    const before = i;
    for (let [weight, k] = [1, base]; ; k += base) {
      const digit = digitOf(text.charCodeAt(at++));
      if (digit === undefined) return undefined;
      i += digit * weight;
      const threshold = Math.min(Math.max(k - bias, tMin), tMax);
      if (digit < threshold) break;
      weight *= base - threshold;
      if (weight > 0x7fffffff || i > 0x7fffffff) return undefined;
    }
    bias = adapt(i - before, output.length + 1, before === 0);
    n += Math.floor(i / (output.length + 1));
    i %= output.length + 1;
    if (n > 0x10ffff || output.length > 63) return undefined;
    output.splice(i++, 0, n);
  }
  return String.fromCodePoint(...output);
}

function digitOf(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 22;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61;
  return undefined;
}

function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? damp : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((base - tMin) * tMax) >> 1; k += base) rest = Math.floor(rest / (base - tMin));
  return k + Math.floor(((base - tMin + 1) * rest) / (rest + skew));
}
