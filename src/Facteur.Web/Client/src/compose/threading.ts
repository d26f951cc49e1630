import type { Email, EmailAddress } from "../jmap/types";
import { addressKey, withoutDoubles } from "./addresses";

/** Fields that tie a message to the one it answers (RFC 5322 §3.6.4). */
export interface Threading {
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
}

/** Longer chains are cut in the middle: the first one tells the conversation, the last ones its branch. */
const maxReferences = 50;

export function threadingOf(parent: Pick<Email, "messageId" | "inReplyTo" | "references">): Threading {
  const own = parent.messageId ?? [];
  if (own.length === 0) return { inReplyTo: [], references: [] };
  // Without References, In-Reply-To serves when it names one message.
  const before = parent.references?.length ? parent.references : parent.inReplyTo?.length === 1 ? parent.inReplyTo : [];
  const all = [...new Set([...before.filter((id) => !own.includes(id)), ...own])];
  return { inReplyTo: own, references: all.length <= maxReferences ? all : [...all.slice(0, 1), ...all.slice(1 - maxReferences)] };
}

export interface Recipients {
  readonly to: readonly EmailAddress[];
  readonly cc: readonly EmailAddress[];
}

/** Who an answer is for. One's own message is answered to those it was for (RFC 5322 §3.6.3 says only what the fields mean). */
export function replyRecipients(parent: Pick<Email, "from" | "replyTo" | "to" | "cc">, own: readonly string[], all: boolean): Recipients {
  const mine = new Set(own.map(addressKey));
  const isMine = (address: EmailAddress): boolean => mine.has(addressKey(address.email));
  const from = parent.from ?? [];
  const isOwn = from.length > 0 && from.every(isMine);
  const sender = parent.replyTo?.length ? parent.replyTo : from;
  const to = withoutDoubles(isOwn ? nonEmpty(parent.to, from) : sender);
  if (!all) return { to, cc: [] };
  const others = isOwn ? (parent.cc ?? []) : [...(parent.to ?? []), ...(parent.cc ?? [])];
  return { to, cc: withoutDoubles(others.filter((one) => !isMine(one)), to) };
}

function nonEmpty(first: readonly EmailAddress[] | null, other: readonly EmailAddress[]): readonly EmailAddress[] {
  return first?.length ? first : other;
}

/** The identity to answer under: the one the message was for, most exact first; else the first of the account. */
export function identityFor<T extends { readonly id: string; readonly email: string }>(
  identities: readonly T[], parent: Pick<Email, "from" | "to" | "cc" | "bcc"> & { readonly deliveredTo?: readonly EmailAddress[] | null } | null): T | undefined {
  if (parent !== null)
    for (const list of [parent.to, parent.cc, parent.bcc, parent.deliveredTo ?? null, parent.from])
      for (const address of list ?? []) {
        const found = identities.find((one) => addressKey(one.email) === addressKey(address.email));
        if (found !== undefined) return found;
      }
  return identities[0];
}

/** Somebody who got the message as a blind copy and answers all tells the others that he has it. */
export function isBlindCopy(parent: Pick<Email, "from" | "to" | "cc">, own: readonly string[]): boolean {
  const mine = new Set(own.map(addressKey));
  const shown = [...(parent.from ?? []), ...(parent.to ?? []), ...(parent.cc ?? [])];
  return shown.length > 0 && !shown.some((one) => mine.has(addressKey(one.email)));
}
