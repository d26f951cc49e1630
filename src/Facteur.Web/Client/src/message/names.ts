import type { EmailAddress } from "../jmap/types";
import { isMixedDomain, toAscii, toUnicode } from "./domains";

// Characters that change the order of others, or that nobody sees.
const invisible = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|\p{Cf}/gu;
const reordering = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** A name as it may be shown: one line, nothing that hides or turns what stands beside it. */
export function plainName(text: string): string {
  return text.replace(/\s+/gu, " ").replace(invisible, "").trim().slice(0, 200);
}

/** Whether a text would be shown in another order than it is written. */
export function isReordered(text: string): boolean {
  return reordering.test(text);
}

/** What to call somebody: the name, or the address without one. */
export function nameOf(address: EmailAddress): string {
  return plainName(address.name ?? "") || plainName(address.email);
}

export function domainOfAddress(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1).toLowerCase().replace(/\.$/u, "");
}

/** Domains are equal without case; what stands before the @ mostly is, and never differs in who reads it (RFC 5321 §2.4). */
export function isSameAddress(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** An address as it may be shown: its domain in the letters that were meant only when they cannot be taken for others. */
export function shownAddress(email: string): string {
  const plain = plainName(email);
  const at = plain.lastIndexOf("@");
  return at < 0 ? plain : plain.slice(0, at + 1) + shownDomain(plain.slice(at + 1));
}

function shownDomain(domain: string): string {
  const unicode = toUnicode(domain);
  return isMixedDomain(unicode) ? toAscii(domain) : unicode;
}
