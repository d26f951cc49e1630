// What is looked at before a message leaves. Some things stop it, of others people are asked whether they mean it.
import { domainOf, isAddress } from "./addresses";
import { allRecipients, attachedOctets, type DraftContent } from "./model";
import { promisedAttachment } from "./ownText";

export type Warning =
  | { readonly kind: "noRecipients" }
  /** A file did not get to the server, and will not by itself. */
  | { readonly kind: "uploadFailed" }
  | { readonly kind: "badAddress"; readonly addresses: readonly string[] }
  | { readonly kind: "tooLarge"; readonly octets: number; readonly max: number }
  | { readonly kind: "tooManyRecipients"; readonly count: number; readonly max: number }
  | { readonly kind: "missingAttachment"; readonly word: string }
  | { readonly kind: "noSubject" }
  | { readonly kind: "manyRecipients"; readonly count: number }
  | { readonly kind: "blindCopy" }
  | { readonly kind: "lookAlike"; readonly domain: string; readonly known: string };

const stopping = new Set<Warning["kind"]>(["noRecipients", "uploadFailed", "badAddress", "tooLarge", "tooManyRecipients"]);
const manyRecipients = 20;

export interface CheckContext {
  /** Octets of all attachments together. */
  readonly maxAttached: number;
  /** Domains that the account wrote to before; empty when that is not known. */
  readonly knownDomains: ReadonlySet<string>;
}

export function stops(warning: Warning): boolean {
  return stopping.has(warning.kind);
}

export function warningsFor(content: DraftContent, context: CheckContext): Warning[] {
  const found: Warning[] = [];
  const all = allRecipients(content);
  if (all.length === 0) found.push({ kind: "noRecipients" });
  const bad = all.filter((one) => !isAddress(one.email)).map((one) => one.email);
  if (bad.length > 0) found.push({ kind: "badAddress", addresses: bad });
  const octets = attachedOctets(content);
  if (octets > context.maxAttached) found.push({ kind: "tooLarge", octets, max: context.maxAttached });
  const answersAll = content.origin?.kind === "replyAll" && content.to.length + content.cc.length > 1;
  if (answersAll && content.origin?.wasBlind === true) found.push({ kind: "blindCopy" });
  if (content.origin?.kind === "replyAll" && all.length > manyRecipients) found.push({ kind: "manyRecipients", count: all.length });
  const promise = content.attachments.some((one) => one.cid === null) ? null : promisedAttachment(content.text);
  if (promise !== null) found.push({ kind: "missingAttachment", word: promise });
  if (content.subject.trim() === "") found.push({ kind: "noSubject" });
  for (const domain of newDomains(content, context.knownDomains)) {
    const known = lookAlike(domain, context.knownDomains);
    if (known !== null) found.push({ kind: "lookAlike", domain, known });
  }
  return found;
}

/** Domains that the account writes to for the first time. */
export function newDomains(content: DraftContent, known: ReadonlySet<string>): string[] {
  if (known.size === 0) return [];
  const domains = new Set(allRecipients(content).filter((one) => isAddress(one.email)).map((one) => domainOf(one.email)));
  return [...domains].filter((domain) => !known.has(domain));
}

/** A known domain that differs by one slip of the fingers. */
export function lookAlike(domain: string, known: ReadonlySet<string>): string | null {
  for (const one of known) if (one.length >= 6 && isOneSlip(domain, one)) return one;
  return null;
}

/** One letter more, less or other, or two in the wrong order. */
function isOneSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return (x.length <= 1 && y.length <= 1) || (x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0]);
}
