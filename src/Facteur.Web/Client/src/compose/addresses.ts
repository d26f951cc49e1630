// Addresses as people type and paste them: lists of RFC 5322 §3.4, and what programs put on the clipboard instead of them.
import type { EmailAddress } from "../jmap/types";

const maxLocalOctets = 64; // RFC 5321 §4.5.3.1.1
const maxDomainOctets = 253; // RFC 1035 §3.1, without the root's dot

/** What cannot stand in a dot-atom (RFC 5322 §3.2.3); letters of all scripts may (RFC 6531 §3.3). */
const notAtom = /[\s()<>[\]:;@\\,".\u0000-\u001f\u007f]/u;

/** Splits a list at commas, semicolons and line ends that stand outside quotes, comments and angle brackets; groups are opened. */
export function parseAddresses(text: string): EmailAddress[] {
  return joinNames(pieces(text)).flatMap(readPiece);
}

/** The address of one piece, or the piece itself as an address that is not one: what somebody wrote is never dropped. */
function readPiece(piece: string): EmailAddress[] {
  const bracket = /^(.*?)<([^<>]*)>\s*(?:\([^()]*\))?$/su.exec(piece);
  if (bracket !== null) return [{ name: cleanName(bracket[1] ?? ""), email: cleanEmail(bracket[2] ?? "") }];
  const comment = /^(\S+@\S+)\s*\(([^()]*)\)$/u.exec(piece);
  if (comment !== null) return [{ name: cleanName(comment[2] ?? ""), email: cleanEmail(comment[1] ?? "") }];
  const words = piece.split(/\s+/u);
  // "a@b.fr c@d.fr": a list without commas. "Jean Dupont jean@x.fr": a name before its address.
  if (words.length > 1 && words.every((word) => word.includes("@"))) return words.map((word) => ({ name: null, email: cleanEmail(word) }));
  const last = words.at(-1) ?? "";
  if (words.length > 1 && isAddress(cleanEmail(last)) && !piece.includes('"')) return [{ name: cleanName(words.slice(0, -1).join(" ")), email: cleanEmail(last) }];
  return [{ name: null, email: cleanEmail(piece) }];
}

function pieces(text: string): string[] {
  const found: string[] = [];
  let [piece, quoted, escaped, comment, angle] = ["", false, false, 0, false];
  const end = (): void => {
    if (piece.trim() !== "") found.push(piece.trim());
    piece = "";
    angle = false;
  };
  for (const c of text.replace(/[\uff0c\u3001]/gu, ",").replace(/\uff1b/gu, ";")) {
    if (escaped) escaped = false;
    else if (c === "\\" && (quoted || comment > 0)) escaped = true;
    else if (c === '"' && comment === 0) quoted = !quoted;
    else if (!quoted && c === "(") comment++;
    else if (!quoted && c === ")" && comment > 0) comment--;
    else if (!quoted && comment === 0) {
      if (c === "<") angle = true;
      if (c === ">") angle = false;
      if (c === "\n" || c === "\r" || (!angle && (c === "," || c === ";"))) {
        end();
        continue;
      }
      // The name of a group (RFC 5322 §3.4); "mailto:" is none.
      if (c === ":" && !angle && !piece.includes("@") && !/mailto$/iu.test(piece.trim())) {
        piece = "";
        continue;
      }
    }
    piece += c;
  }
  end();
  return found;
}

/** "Dupont, Jean <jean@x.fr>" is one address whose name nobody put into quotes. */
function joinNames(list: readonly string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < list.length; i++) {
    const [piece, next] = [list[i] ?? "", list[i + 1]];
    if (next !== undefined && /^[^@<>"]+$/u.test(piece) && /^[^@<>"]+<[^<>]+>$/u.test(next)) {
      joined.push(`${piece}, ${next}`);
      i++;
    } else joined.push(piece);
  }
  return joined;
}

function cleanName(raw: string): string | null {
  const name = raw.trim().replace(/^"(.*)"$/su, "$1").replace(/\\(.)/gu, "$1").replace(/\s+/gu, " ").trim();
  return name === "" ? null : name;
}

function cleanEmail(raw: string): string {
  return raw.trim().replace(/^mailto:/iu, "").replace(/\?.*$/u, "").replace(/^<|>$/gu, "").trim();
}

/** Whether mail can be for it at all: a local part and a domain of at least two labels, international ones included. */
export function isAddress(email: string): boolean {
  const at = email.lastIndexOf("@");
  return at > 0 && isLocalPart(email.slice(0, at)) && asciiDomain(email.slice(at + 1)) !== null;
}

function isLocalPart(local: string): boolean {
  if (new TextEncoder().encode(local).length > maxLocalOctets) return false;
  if (/^"(?:[^"\\\u0000-\u001f\u007f]|\\[^\u0000-\u001f\u007f])*"$/u.test(local)) return true;
  return local.split(".").every((atom) => atom !== "" && !notAtom.test(atom));
}

/** A domain as it goes over the wire (RFC 5891), or null for what is none. */
export function asciiDomain(domain: string): string | null {
  if (/^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[\da-f:.]+)\]$/iu.test(domain)) return domain.toLowerCase();
  if (/[\s/\\@:?#%[\]<>^|_]/u.test(domain)) return null;
  let ascii: string;
  try {
    ascii = new URL(`http://${domain}/`).hostname;
  } catch {
    return null;
  }
  const labels = ascii.split(".");
  const isName = labels.length >= 2 && labels.every((label) => /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/u.test(label)) && !/^\d+$/u.test(labels.at(-1) ?? "");
  return isName && ascii.length <= maxDomainOctets ? ascii : null;
}

/** The address as it is sent: an international domain in its ASCII form, which every host takes. */
export function wireEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const domain = at > 0 ? asciiDomain(email.slice(at + 1)) : null;
  return domain === null ? email : `${email.slice(0, at)}@${domain}`;
}

export function domainOf(email: string): string {
  return asciiDomain(email.slice(email.lastIndexOf("@") + 1)) ?? "";
}

/** What two ways of writing one address have in common. */
export function addressKey(email: string): string {
  return wireEmail(email.trim()).toLowerCase();
}

export function withoutDoubles(addresses: readonly EmailAddress[], besides: readonly EmailAddress[] = []): EmailAddress[] {
  const known = new Set(besides.map((one) => addressKey(one.email)));
  return addresses.filter((one) => {
    const key = addressKey(one.email);
    return !known.has(key) && known.add(key);
  });
}

/** Writes an address so that it reads back as itself. */
export function formatAddress(address: EmailAddress): string {
  if (address.name === null || address.name === "") return address.email;
  const name = /[()<>[\]:;@\\,."]/u.test(address.name) ? `"${address.name.replace(/[\\"]/gu, "\\$&")}"` : address.name;
  return `${name} <${address.email}>`;
}
