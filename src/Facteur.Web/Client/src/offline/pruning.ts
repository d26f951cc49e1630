import type { EmailHeader, Id } from "../jmap/types";
import { listedAt } from "./finding";

const maxEmails = 2_000;
const maxBodies = 400;

/** The oldest time of which mail is kept. */
export function cutoff(now: Date, days: number): string {
  return new Date(now.getTime() - days * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
}

export interface Pruned {
  readonly gone: readonly Id[];
  readonly goneThreads: readonly Id[];
  /** From then on all is there. */
  readonly since: string;
}

/** What of the mail kept is too old or too much: whole threads, of which nothing is left that is new enough. */
export function prune(emails: readonly Pick<EmailHeader, "id" | "threadId" | "receivedAt" | "returnedAt">[], since: string, now: Date, days: number, max = maxEmails): Pruned {
  const newest = new Map<Id, string>();
  for (const email of emails) if ((newest.get(email.threadId) ?? "") < listedAt(email)) newest.set(email.threadId, listedAt(email));
  const counts = new Map<Id, number>();
  for (const { threadId } of emails) counts.set(threadId, (counts.get(threadId) ?? 0) + 1);
  const oldest = cutoff(now, days);
  let [kept, border] = [0, since > oldest ? since : oldest];
  const gone = new Set<Id>();
  for (const [threadId, at] of [...newest].sort((a, b) => (a[1] < b[1] ? 1 : -1))) {
    kept += counts.get(threadId)!;
    if (at >= border && kept <= max) continue;
    gone.add(threadId);
    // What is left out for its number ends where all is there.
    if (at >= border) border = after(at);
  }
  return { gone: emails.filter((one) => gone.has(one.threadId)).map((one) => one.id), goneThreads: [...gone], since: border };
}

/** Bodies of messages that are gone, and the oldest of too many. */
export function pruneBodies(bodies: readonly Id[], listed: ReadonlyMap<Id, string>, max = maxBodies): readonly Id[] {
  const there = bodies.filter((id) => listed.has(id)).sort((a, b) => (listed.get(a)! < listed.get(b)! ? 1 : -1));
  return [...bodies.filter((id) => !listed.has(id)), ...there.slice(max)];
}

/** A second later. */
export function after(utc: string): string {
  return new Date(Date.parse(utc) + 1_000).toISOString().replace(/\.\d+Z$/, "Z");
}
