import { verdictOf, type Authentication } from "./authentication";
import type { Suspicion } from "./suspicion";

/** What is said over a message; at most one, the first that applies (UX §4.2). The invitation has a card of its own and stands beside it. */
export type Banner =
  | { readonly kind: "suspicion"; readonly suspicion: Suspicion; readonly isSpam: boolean }
  | { readonly kind: "spam" }
  | { readonly kind: "forged"; readonly domain: string }
  | { readonly kind: "images"; readonly count: number }
  | { readonly kind: "unsubscribe" };

export interface BannerFacts {
  readonly isDraftOrSent: boolean;
  readonly suspicion: Suspicion | undefined;
  readonly isSpam: boolean;
  readonly authentication: Authentication | undefined;
  readonly heldImages: number;
  readonly canUnsubscribe: boolean;
}

export function bannerOf(facts: BannerFacts): Banner | undefined {
  if (!facts.isDraftOrSent) {
    if (facts.suspicion !== undefined) return { kind: "suspicion", suspicion: facts.suspicion, isSpam: facts.isSpam };
    if (facts.isSpam) return { kind: "spam" };
    const dmarc = facts.authentication?.dmarc;
    if (verdictOf(dmarc) === "fail") return { kind: "forged", domain: dmarc?.properties["header.from"] ?? "" };
  }
  if (facts.heldImages > 0) return { kind: "images", count: facts.heldImages };
  return facts.canUnsubscribe && !facts.isDraftOrSent ? { kind: "unsubscribe" } : undefined;
}

/** What a list offers to leave it by (RFC 2369 §3.2, RFC 8058). */
export interface Unsubscribing {
  /** The server may do it at once. */
  readonly oneClick: boolean;
  readonly web: string | undefined;
  readonly mail: { readonly to: string; readonly subject: string; readonly text: string } | undefined;
}

export function unsubscribingOf(urls: readonly string[] | null, post: string | null): Unsubscribing | undefined {
  const web = urls?.find((url) => /^https:\/\/[^\s]+$/iu.test(url));
  const mailto = urls?.find((url) => /^mailto:[^\s]+$/iu.test(url));
  const mail = mailto === undefined ? undefined : readMailto(mailto);
  if (web === undefined && mail === undefined) return undefined;
  return { oneClick: web !== undefined && /^\s*list-unsubscribe\s*=\s*one-click\s*$/iu.test(post ?? ""), web, mail };
}

/** A mailto: address (RFC 6068 §2): one recipient, subject and body; other fields of it are nobody's to set. */
export function readMailto(url: string): { readonly to: string; readonly subject: string; readonly text: string } | undefined {
  const match = /^mailto:([^?#]*)(?:\?([^#]*))?/iu.exec(url);
  if (match === null) return undefined;
  const fields = new Map((match[2] ?? "").split("&").map((part) => {
    const equals = part.indexOf("=");
    return [decode(part.slice(0, Math.max(0, equals))).toLowerCase(), decode(part.slice(equals + 1))] as const;
  }));
  const to = decode(match[1]!.split(",")[0]!) || (fields.get("to") ?? "").split(",")[0]!;
  return /^[^\s<>"]+@[^\s<>"@]+$/u.test(to) ? { to, subject: (fields.get("subject") ?? "").replace(/\s+/gu, " ").slice(0, 1_000), text: (fields.get("body") ?? "").slice(0, 100_000) } : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
