import type { EmailAddress } from "../jmap/types";
import { isSameAddress, nameOf } from "../message/names";

/** Names of recipients in one line: "me, Claire, 3 others". */
export function recipientNames(addresses: readonly EmailAddress[], own: readonly EmailAddress[], words: { readonly me: string; readonly others: (count: number) => string }): string {
  const shown = addresses.slice(0, 3).map((one) => (own.some((mine) => isSameAddress(mine.email, one.email)) ? words.me : nameOf(one)));
  if (addresses.length > shown.length) shown.push(words.others(addresses.length - shown.length));
  return shown.join(", ");
}

/** Of a message, those it was sent to: in To, Cc and, of one's own, Bcc. */
export function recipientsOf(email: { readonly to: readonly EmailAddress[] | null; readonly cc: readonly EmailAddress[] | null; readonly bcc: readonly EmailAddress[] | null }): readonly EmailAddress[] {
  return [...(email.to ?? []), ...(email.cc ?? []), ...(email.bcc ?? [])];
}

/** Which messages are open when a conversation is: those not read, and the last one that is no draft. */
export function openAtFirst(emails: readonly { readonly id: string; readonly keywords: Readonly<Record<string, true>> }[]): ReadonlySet<string> {
  const sent = emails.filter((email) => email.keywords["$draft"] !== true);
  const last = sent.at(-1) ?? emails.at(-1);
  return new Set([...sent.filter((email) => email.keywords["$seen"] !== true), ...(last ? [last] : [])].map((email) => email.id));
}
